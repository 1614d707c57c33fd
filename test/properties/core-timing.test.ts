/** The stepped core against its closed-form bounds, over random loops on every core. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { coreProgram, type CoreProgram } from "../../sim/cpu/core/core-program.ts"
import { type LoopBound, loopBounds } from "../../sim/cpu/core/loop-bounds.ts"
import { loopTiming, stepLoop } from "../../sim/cpu/core/loop-timing.ts"
import { bodyOf, core, loopLines } from "../arbitraries/loop-body.ts"
import { runs } from "../arbitraries/runs.ts"

const numRuns = Math.ceil(runs / 5)

const greatest = (bounds: readonly LoopBound[], resource: LoopBound["resource"]): number =>
  Math.max(0, ...bounds.filter((b) => b.resource === resource).map(({ cycles }) => cycles))

/** The same core with more of everything that is counted. */
const wider = (program: CoreProgram): CoreProgram => ({
  ...program,
  macroOps: program.macroOps * 2,
  microOps: program.microOps * 2,
  window: program.window * 2,
})

describe("a stepped loop", () => {
  it("is no faster than any of its bounds", () => {
    fc.assert(
      fc.property(loopLines, core, (lines, machine) => {
        const { cyclesPerIteration, period, bounds } = loopTiming(bodyOf(lines), machine)
        // An average of so many iterations may be off by what is in flight at its ends.
        const slack = period === 0 ? 0.05 * bounds[0].cycles : 1e-9
        expect(cyclesPerIteration).toBeGreaterThanOrEqual(bounds[0].cycles - slack)
      }),
      { numRuns },
    )
  })

  it("is as fast as its greatest bound where one kind of operation is all there is, chained or not", () => {
    const count = fc.integer({ min: 1, max: 12 })
    const kinds = fc.constantFrom(
      (i: number) => `fmla v${i}.4s, v30.4s, v31.4s`,
      (i: number) => `ldr q${i}, [x0, #${16 * i}]`,
      (i: number) => `ldr d${i}, [x0, #${8 * i}]`,
      (i: number) => `add x${i}, x${i}, #1`,
      (i: number) => `str q${i}, [sp, #${16 * i}]`,
    )
    fc.assert(
      fc.property(count, kinds, core, (n, kind, machine) => {
        const lines = Array.from({ length: n }, (_, i) => kind(i))
        const { cyclesPerIteration, bounds } = loopTiming(bodyOf(lines), machine)
        expect(cyclesPerIteration).toBeCloseTo(bounds[0].cycles, 9)
      }),
      { numRuns },
    )
  })

  it("does the work of its pipes and front end before its last iteration ends, from the first cycle on", () => {
    fc.assert(
      fc.property(loopLines, core, fc.integer({ min: 2, max: 40 }), (lines, machine, iterations) => {
        const program = coreProgram(bodyOf(lines), machine)
        const { ends } = stepLoop(program, iterations)
        const bounds = loopBounds(program)
        // In order, an iteration ends when its last instruction issues, which may then take its pipes for some cycles.
        const tail = machine.order === "in-order" ? 1 : 0
        for (const resource of ["front end", "pipes"] as const) {
          const least = greatest(bounds, resource) * (iterations - tail)
          expect(ends[iterations - 1] + 1).toBeGreaterThanOrEqual(least - 1e-9)
        }
      }),
      { numRuns },
    )
  })

  it("takes twice as long when its body is written twice, to the cycle, and so do all its bounds", () => {
    fc.assert(
      fc.property(loopLines, core, (lines, machine) => {
        const once = loopTiming(bodyOf(lines), machine)
        const twice = loopTiming(bodyOf([...lines, ...lines]), machine)
        for (const resource of ["front end", "pipes", "latency chain"] as const)
          expect(greatest(twice.bounds, resource)).toBeCloseTo(2 * greatest(once.bounds, resource), 9)
        if (once.period === 0 || twice.period === 0) return
        expect(twice.cyclesPerIteration).toBeCloseTo(2 * once.cyclesPerIteration, 9)
      }),
      { numRuns },
    )
  })

  it("takes no pipe for more cycles than there are", () => {
    fc.assert(
      fc.property(loopLines, core, (lines, machine) => {
        for (const share of Object.values(loopTiming(bodyOf(lines), machine).utilisation)) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
        }
      }),
      { numRuns },
    )
  })

  /**
   * Oldest-first is a list schedule, and those have anomalies (Graham 1969): more width can cost some cycles. What holds is that
   * no bound rises and that the loop stays within twice the time.
   */
  it("has no higher bound on a core that is twice as wide, and is never twice as slow", () => {
    fc.assert(
      fc.property(loopLines, core, (lines, machine) => {
        const program = coreProgram(bodyOf(lines), machine)
        const more = wider(program)
        expect(loopBounds(more)[0].cycles).toBeLessThanOrEqual(loopBounds(program)[0].cycles)
        const [before, after] = [program, more].map((p) => stepLoop(p, 60).ends[59])
        expect(after).toBeLessThan(2 * before)
      }),
      { numRuns },
    )
  })
})
