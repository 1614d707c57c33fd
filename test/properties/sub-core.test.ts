/** The sub-core's closed forms against its stepper, over random programs, warps and latencies. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { programPeriod } from "../../sim/gpu/instruction/program-period.ts"
import { saturatingChains, steadyInterval } from "../../sim/gpu/instruction/steady-interval.ts"
import { stepSubCore } from "../../sim/gpu/instruction/step-sub-core.ts"
import type { PipelineCost } from "../../sim/gpu/instruction/warp-mma.ts"
import { chainProgram, type WarpProgram } from "../../sim/gpu/instruction/warp-program.ts"
import { runs } from "../arbitraries/runs.ts"
import { chainCount, chains, mainloop, pipelineTicks, warpCount } from "../arbitraries/warp-program.ts"

const issueInterval = 1
const issueTicks = fc.integer({ min: 1, max: 3 })

type Ticks = typeof pipelineTicks extends fc.Arbitrary<infer T> ? T : never

const costOf = ({ latency, interval, gap }: Ticks): PipelineCost => ({
  latency,
  interval,
  sameWarpInterval: Math.max(gap, interval),
  intervalBound: "rate",
})

/** Stepped ticks of an iteration of all warps for each instruction of one of them. */
const perInstruction = (ticks: Ticks, warps: number, count: number): number =>
  stepSubCore(chainProgram(count, ticks), { warps, issueInterval }).ticksPerIteration / count

describe("a sub-core that only issues matrix instructions", () => {
  it("runs as Little's law says, to the tick", () => {
    fc.assert(
      fc.property(pipelineTicks, warpCount, chainCount, (ticks, warps, count) => {
        const { cycles } = steadyInterval(costOf(ticks), { warps, chains: count })
        expect(perInstruction(ticks, warps, count)).toBeCloseTo(cycles * warps, 9)
      }),
      { numRuns: runs },
    )
  })

  it("gains nothing from more chains than saturate it", () => {
    fc.assert(
      fc.property(pipelineTicks, warpCount, fc.integer({ min: 1, max: 3 }), (ticks, warps, more) => {
        const enough = saturatingChains(costOf(ticks), warps)
        expect(perInstruction(ticks, warps, enough + more)).toBe(perInstruction(ticks, warps, enough))
      }),
      { numRuns: runs },
    )
  })

  it("is slower with one chain fewer than saturates it", () => {
    fc.assert(
      fc.property(pipelineTicks, warpCount, (ticks, warps) => {
        const enough = saturatingChains(costOf(ticks), warps)
        fc.pre(enough > 1)
        expect(perInstruction(ticks, warps, enough - 1)).toBeGreaterThan(perInstruction(ticks, warps, enough))
      }),
      { numRuns: runs },
    )
  })
})

describe("a sub-core that loads and multiplies", () => {
  it("takes exactly the least that its units and waits allow, where one warp runs or only equal chains do", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(chains, warpCount),
          mainloop.map((program): [WarpProgram, number] => [program, 1]),
        ),
        issueTicks,
        ([program, warps], issue) => {
          const subCore = { warps, issueInterval: issue }
          const { ticksPerIteration } = stepSubCore(program, subCore)
          expect(ticksPerIteration).toBeCloseTo(programPeriod(program, subCore).least, 9)
        },
      ),
      { numRuns: runs },
    )
  })

  it("stays between its bounds where warps meet, and the bounds meet for one warp", () => {
    fc.assert(
      fc.property(mainloop, warpCount, issueTicks, (program, warps, issue) => {
        const subCore = { warps, issueInterval: issue }
        const { least, most } = programPeriod(program, subCore)
        const { ticksPerIteration } = stepSubCore(program, subCore)
        expect(ticksPerIteration).toBeGreaterThanOrEqual(least - 1e-9)
        expect(ticksPerIteration).toBeLessThanOrEqual(most + 1e-9)
        const single = programPeriod(program, { warps: 1, issueInterval: issue })
        expect(single.most).toBe(single.least)
      }),
      { numRuns: runs },
    )
  })

  it("takes no less where its units are busy for longer", () => {
    fc.assert(
      fc.property(mainloop, warpCount, (program, warps) => {
        const slower = program.map((i) => ({ ...i, interval: i.interval + 1 }))
        const subCore = { warps, issueInterval }
        expect(programPeriod(slower, subCore).least).toBeGreaterThanOrEqual(
          programPeriod(program, subCore).least,
        )
      }),
      { numRuns: runs },
    )
  })
})
