import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  BranchTargetBuffer,
  RIGHT_TARGET,
  UNKNOWN_TARGET,
  WRONG_TARGET,
} from "../../../sim/branch/core/branch-target-buffer.ts"
import { accountOf, longestInterval, resolutionCycles } from "../../../sim/branch/core/interval-core.ts"
import { ReturnStack } from "../../../sim/branch/core/return-stack.ts"
import { TargetCache } from "../../../sim/branch/core/target-cache.ts"

const core = {
  width: 4,
  frontEndDepth: 10,
  decodeRedirect: 3,
  windowEntries: 256,
  parallelism: { scale: 1, exponent: 0.5 },
}

describe("branch target buffer", () => {
  it("knows a branch's last target, and that another one was not it", () => {
    const buffer = new BranchTargetBuffer({ entries: 64, ways: 4 })
    expect(buffer.taken(0x1000, 0, 0x2000, 0)).toBe(UNKNOWN_TARGET)
    expect(buffer.taken(0x1000, 0, 0x2000, 0)).toBe(RIGHT_TARGET)
    expect(buffer.taken(0x1000, 0, 0x3000, 0)).toBe(WRONG_TARGET)
    expect(buffer.taken(0x1000, 1, 0x3000, 0)).toBe(UNKNOWN_TARGET)
  })

  /** The stack property of LRU: a set of w ways holds exactly the last w distinct branches that map to it. */
  it("keeps exactly the last distinct branches of a set", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 6 }),
        (names, ways) => {
          const buffer = new BranchTargetBuffer({ entries: ways, ways })
          const recent: number[] = []
          for (const name of names) {
            const known = buffer.taken(name * 64, 0, 7, 0)
            expect(known).toBe(recent.slice(0, ways).includes(name) ? RIGHT_TARGET : UNKNOWN_TARGET)
            if (recent.includes(name)) recent.splice(recent.indexOf(name), 1)
            recent.unshift(name)
          }
        },
      ),
    )
  })
})

describe("return stack", () => {
  it("predicts every return of nested calls that fit, whatever the calls' addresses", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer(), fc.integer(), fc.integer({ min: 1, max: 15 })), { maxLength: 16 }),
        (calls) => {
          const stack = new ReturnStack(16)
          for (const [pc, high] of calls) stack.call(pc, high)
          for (const [pc, high, length] of calls.toReversed()) {
            const carry = (pc >>> 0) + length > 0xffffffff ? 1 : 0
            expect(stack.returns((pc + length) | 0, (high + carry) | 0)).toBe(true)
          }
          expect(stack.returns(0, 0)).toBe(false)
        },
      ),
    )
  })

  it("forgets the oldest call when there are more than it holds", () => {
    const stack = new ReturnStack(2)
    for (const pc of [100, 200, 300]) stack.call(pc, 0)
    expect([304, 204, 104].map((target) => stack.returns(target, 0))).toEqual([true, true, false])
  })

  it("is wrong for a return to somewhere else", () => {
    const stack = new ReturnStack(2)
    stack.call(100, 0)
    expect(stack.returns(100, 0)).toBe(false)
  })
})

describe("target cache", () => {
  it("tells the targets of a branch apart by the path to it, which the last target cannot", () => {
    const cache = new TargetCache(1024)
    let wrong = 0
    for (let i = 0; i < 200; i++) {
      const right = cache.predicts(0x4000, 0x5000 + 64 * (i % 3), 0, false)
      if (i >= 20 && !right) wrong++
    }
    expect(wrong).toBe(0)
  })

  it("of no entries leaves every branch to its last target", () => {
    const cache = new TargetCache(0)
    expect([true, false].map((right) => cache.predicts(1, 2, 3, right))).toEqual([true, false])
  })
})

describe("interval core", () => {
  it("resolves a branch later the more instructions came before it, up to the window", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: longestInterval - 1 }), (interval) => {
        const [now, next] = [interval, interval + 1].map((n) => resolutionCycles(core, n))
        expect(next).toBeGreaterThanOrEqual(now)
        expect(interval < core.windowEntries || next === now).toBe(true)
      }),
    )
  })

  /** The simple mode: with every interval the same, CPI = CPI of dispatch + misses × one penalty. */
  it("adds one penalty a miss to the time of dispatch", () => {
    const flushes = new Float64Array(3 * (longestInterval + 1))
    flushes[100] = 50
    const account = accountOf(core, { instructions: 5000, flushes, redirects: 7 })
    expect(account).toEqual({
      dispatch: 1250,
      mispredicted: 50 * (10 + 10),
      indirectTarget: 0,
      returnTarget: 0,
      decodeRedirect: 21,
    })
  })
})
