/** Statistics of a trace against the same counts taken the slow way, with a map. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { AddressNumbers } from "../../../sim/branch/measure/address-numbers.ts"
import { classOf, TraceCounter } from "../../../sim/branch/measure/trace-statistics.ts"
import { blockOf, branchRecord, type BranchRecord } from "../../arbitraries/branch-records.ts"
import { runs } from "../../arbitraries/runs.ts"

/** A branch has one class: as in a program, it follows from its address. */
const program = fc.array(branchRecord, { maxLength: 60 }).map((records) =>
  records.map((record): BranchRecord => {
    const opcode = Number(record.pc % 12n)
    return { ...record, opcode, taken: record.taken || (opcode & 1) === 0 }
  }),
)

const statisticsOf = (records: readonly BranchRecord[], pieces = 1) => {
  const counter = new TraceCounter()
  const size = Math.ceil(records.length / pieces) || 1
  for (let i = 0; i < records.length; i += size) counter.count(blockOf(records.slice(i, i + size)))
  return counter.finish(5)
}

const groups = (records: readonly BranchRecord[]): readonly (readonly BranchRecord[])[] => {
  const byAddress = new Map<bigint, BranchRecord[]>()
  for (const record of records) byAddress.set(record.pc, [...(byAddress.get(record.pc) ?? []), record])
  return [...byAddress.values()]
}

describe("statistics of a trace", () => {
  it("count classes, directions and static branches as a map does", () => {
    fc.assert(
      fc.property(program, (records) => {
        const { classes, directions, conditional, taken, staticBranches, branches, countedInstructions } =
          statisticsOf(records)
        const own = records.filter(({ opcode }) => (opcode & 1) !== 0)
        expect({ branches, conditional, taken }).toEqual({
          branches: records.length,
          conditional: own.length,
          taken: own.filter((record) => record.taken).length,
        })
        expect(countedInstructions).toBe(records.reduce((sum, { gap }) => sum + gap, 0))
        expect(staticBranches).toBe(groups(records).length)
        expect(classes.reduce((sum, { executions }) => sum + executions, 0)).toBe(records.length)
        for (const { class: name, executions, taken, staticBranches } of classes) {
          const members = records.filter(({ opcode }) => classOf(opcode) === name)
          expect({ executions, taken, staticBranches }).toEqual({
            executions: members.length,
            taken: members.filter((record) => record.taken).length,
            staticBranches: groups(members).length,
          })
        }
        const kinds = groups(own).map((group) => new Set(group.map((record) => record.taken)))
        expect(directions).toEqual({
          always: kinds.filter((kind) => kind.size === 1 && kind.has(true)).length,
          never: kinds.filter((kind) => kind.size === 1 && kind.has(false)).length,
          both: kinds.filter((kind) => kind.size === 2).length,
        })
      }),
      { numRuns: runs },
    )
  })

  it("count distinct targets of indirect branches and returns", () => {
    fc.assert(
      fc.property(program, (records) => {
        const members = groups(records.filter(({ opcode }) => (opcode & 6) !== 0))
        const targets = members.map(
          (group) => new Set(group.filter(({ taken }) => taken).map(({ target }) => target)).size,
        )
        expect(statisticsOf(records).indirect).toEqual({
          executions: members.flat().length,
          staticBranches: members.length,
          targets: targets.reduce((a, b) => a + b, 0),
          mostTargets: Math.max(0, ...targets),
          oneTarget: targets.filter((n) => n === 1).length,
        })
      }),
      { numRuns: runs },
    )
  })

  it("do not depend on how the trace is cut into blocks", () => {
    fc.assert(
      fc.property(program, fc.integer({ min: 1, max: 9 }), (records, pieces) => {
        expect(statisticsOf(records, pieces)).toEqual(statisticsOf(records))
      }),
      { numRuns: runs },
    )
  })

  it("have the fewest branches that make up a share of the executions", () => {
    const one = { target: 0n, opcode: 1, taken: true, gap: 1 }
    const records = [90, 5, 4, 1].flatMap((times, pc) =>
      Array.from({ length: times }, () => ({ ...one, pc: BigInt(pc) })),
    )
    expect(statisticsOf(records).workingSet.map(({ staticBranches }) => staticBranches)).toEqual([
      1, 1, 3, 4, 4,
    ])
    expect(statisticsOf(records).hottest.map(({ executions }) => executions)).toEqual([90, 5, 4, 1])
  })
})

describe("numbers of addresses", () => {
  it("are dense, in order of appearance, and stay through growth", () => {
    const numbers = new AddressNumbers()
    const n = 20_000
    const all = (): readonly number[] =>
      Array.from({ length: n }, (_, i) => numbers.numberOf(Math.imul(i, 64), i % 3))
    const dense = Array.from({ length: n }, (_, i) => i)
    expect([all(), all()]).toEqual([dense, dense])
    expect(numbers.length).toBe(n)
    expect([numbers.lowOf(777), numbers.highOf(777)]).toEqual([777 * 64, 0])
  })
})
