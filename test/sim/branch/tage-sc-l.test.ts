import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BranchBlock, CONDITIONAL, TAKEN } from "../../../sim/branch/branch-block.ts"
import { drive } from "../../../sim/branch/drive.ts"
import { type BranchPredictor, storageBits } from "../../../sim/branch/predictor.ts"
import { scaledTageScL, tageScL64KB, tageScL8KB } from "../../../sim/branch/tage-sc-l/designs.ts"
import { historyLengths } from "../../../sim/branch/tage-sc-l/history-lengths.ts"
import type { TageScLParameters } from "../../../sim/branch/tage-sc-l/parameters.ts"
import { tageScL } from "../../../sim/branch/tage-sc-l/tage-sc-l.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"

const stream = selfTestStream()

const missesOf = (parameters: TageScLParameters, block: BranchBlock): Uint8Array => {
  const missed = new Uint8Array(block.length)
  drive(tageScL(parameters), block, missed)
  return missed
}

/** Mispredictions where `ask` gives the answers of `predictor`. */
const driveAsking = (
  predictor: BranchPredictor,
  { length, pc, pcHigh, target, targetHigh, flags }: BranchBlock,
  ask: (pc: number, pcHigh: number) => number,
): number => {
  let missed = 0
  for (let i = 0; i < length; i++) {
    if ((flags[i] & CONDITIONAL) !== 0) {
      const taken = (flags[i] & TAKEN) >> 4
      missed += ask(pc[i], pcHigh[i]) ^ taken
      predictor.train(pc[i], pcHigh[i], taken)
    }
    predictor.track(pc[i], pcHigh[i], target[i], targetHigh[i], flags[i])
  }
  return missed
}

const sum = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0)

const designs = [
  { name: "64 KB", design: tageScL64KB, bits: 523_355, misses: [62, 416, 684, 1680, 4105] },
  { name: "8 KB", design: tageScL8KB, bits: 67_349, misses: [61, 484, 867, 3136, 9437] },
] as const

const withoutLoop = ({ tage, statisticalCorrector }: TageScLParameters): TageScLParameters =>
  statisticalCorrector === undefined ? { tage } : { tage, statisticalCorrector }

/** Source of counts and registers: reference/predictors.md 1.9, 2.7 and 6.1. */
describe.each(designs)("TAGE-SC-L of $name", ({ design, bits, misses }) => {
  it("mispredicts as often as the original on the self-test stream", () => {
    const missed = missesOf(design, stream)
    const after = (n: number): number => sum(missed.subarray(0, n))
    expect([1000, 8192, 16_384, 106_496, 400_000].map(after)).toEqual(misses)
  })

  it("stores as many bits as its designer counts", () => {
    expect(storageBits(tageScL(design).tables)).toBe(bits)
  })

  it("answers the same when asked twice, and being asked changes nothing", () => {
    const block = selfTestStream(20_000)
    const predictor = tageScL(design)
    let disagreements = 0
    const missed = driveAsking(predictor, block, (pc, pcHigh) => {
      const first = predictor.predict(pc, pcHigh, CONDITIONAL)
      predictor.predict(pc ^ 0x3c4, pcHigh, CONDITIONAL)
      const second = predictor.predict(pc, pcHigh, CONDITIONAL)
      disagreements += first ^ second
      return second
    })
    expect(disagreements).toBe(0)
    expect(missed).toBe(sum(missesOf(design, block)))
  })

  it("knows nothing of branches to come", () => {
    const whole = missesOf(design, selfTestStream(6000))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6000 }), (n) => {
        expect(missesOf(design, selfTestStream(n))).toEqual(whole.subarray(0, n))
      }),
      { numRuns: 8 },
    )
  })

  it("shares nothing with another instance", () => {
    const block = selfTestStream(20_000)
    const [a, b] = [tageScL(design), tageScL(design)]
    const missed = new Uint8Array(block.length)
    const first = drive(a, block, missed)
    expect(drive(b, block, missed)).toBe(first)
    expect(b.inspect()).toEqual(a.inspect())
  })

  it("counts writes of every table, and keeps the corrector's registers in their widths", () => {
    const predictor = tageScL(design)
    drive(predictor, stream, new Uint8Array(stream.length))
    const writes = predictor.writes()
    expect(writes.length).toBe(predictor.tables.length)
    // The base predictor's array of directions and that of hysteresis are written together.
    expect(writes[3]).toBe(writes[4])
    // The loop iteration register and the like move with every conditional branch, the path with every branch.
    expect(writes.at(-1)).toBe(375_604)
    expect(writes[6]).toBe(400_000)
    expect(Math.min(...writes)).toBeGreaterThan(0)
    const { choosers, loopUsefulness, loopIteration, threshold } = predictor.inspect()
    for (const counter of [choosers.high, choosers.medium, loopUsefulness]) {
      expect(counter).toBeGreaterThanOrEqual(-64)
      expect(counter).toBeLessThanOrEqual(63)
    }
    expect(threshold).toBeGreaterThanOrEqual(-2048)
    expect(threshold).toBeLessThanOrEqual(2047)
    expect(loopIteration).toBeLessThanOrEqual(255)
  })

  it("says what its parts said: the answer is the sum's direction or what came into the corrector", () => {
    const predictor = tageScL(design)
    const wrong: unknown[] = []
    let overruled = 0
    driveAsking(predictor, selfTestStream(20_000), (pc, pcHigh) => {
      const answer = predictor.predict(pc, pcHigh, CONDITIONAL)
      const { directions, sum: correction, provider, alternate } = predictor
      const consistent =
        directions.final === answer &&
        [directions.corrector, directions.afterLoop].includes(answer) &&
        [directions.provider, directions.alternate].includes(directions.tage) &&
        (correction >= 0 ? 1 : 0) === directions.corrector &&
        alternate <= provider
      if (!consistent) wrong.push({ pc, answer, directions, correction, provider, alternate })
      if (answer !== directions.afterLoop) overruled++
      return answer
    })
    expect(wrong).toEqual([])
    expect(overruled).toBeGreaterThan(0)
  })

  it("works without loop predictor, without corrector and at other sizes, each of its own storage", () => {
    const variants = [
      { tage: design.tage },
      withoutLoop(design),
      scaledTageScL(design, -1),
      scaledTageScL(design, 1),
    ]
    const sizes = variants.map((variant) => storageBits(tageScL(variant).tables))
    expect(new Set([...sizes, bits]).size).toBe(5)
    const worst = sum(missesOf(design, selfTestStream(50_000))) * 3
    for (const variant of variants) {
      const predictor = tageScL(variant)
      expect(drive(predictor, selfTestStream(50_000), new Uint8Array(50_000))).toBeLessThan(worst)
      expect(predictor.writes().length).toBe(predictor.tables.length)
    }
  })
})

const registers = [
  {
    design: tageScL64KB,
    n: 1000,
    expected: [
      -2043, 72_701_262, 1_336_449_977, 331, -1, 0, 0, 40, 782, 3899, 1849, 543, 2382, 553, 6, 2, 148, 126,
    ],
  },
  {
    design: tageScL64KB,
    n: 8192,
    expected: [-16_685, 127, -1_233_670_213, 414, 0, 0, 0, 0, 680, 34, 674, 484, 548, 1571, 0, 0, -200, 135],
  },
  {
    design: tageScL64KB,
    n: 106_496,
    expected: [
      -216_918, 89_478_486, -1_030_013_613, 9, 2, -8, -28, 50, 672, 42, 682, 487, 687, 1350, 15, 11, 137, 52,
    ],
  },
  {
    design: tageScL8KB,
    n: 1000,
    expected: [
      -2043, 2_085_967_182, 830_569_951, 339, -1, 0, 0, 40, 106_129, 6506, 1420, 27_885, 5267, 99, 9, 8, 196,
      45,
    ],
  },
  {
    design: tageScL8KB,
    n: 8192,
    expected: [
      -16_685, 127, 194_382_658, 582, 0, 0, 0, 0, 130_909, 5464, 1032, 6279, 2074, 1031, 0, 0, -96, 72,
    ],
  },
  {
    design: tageScL8KB,
    n: 106_496,
    expected: [
      -216_918, 1_431_655_766, 835_903_738, 447, 9, -2, -6, 50, 130_901, 5456, 1024, 112_913, 928, 1916, 18,
      15, 136, 47,
    ],
  },
]

describe("the registers of TAGE-SC-L", () => {
  it.each(registers)("are the original's after $n records (%#)", ({ design, n, expected }) => {
    const predictor = tageScL(design)
    drive(predictor, selfTestStream(n), new Uint8Array(n))
    const state = predictor.inspect()
    const last = Math.max(...state.folds.keys())
    const { choosers } = state
    const { provider, alternate, sum: correction, threshold } = predictor
    expect([
      state.position,
      state.path,
      state.random,
      state.threshold,
      state.loopUsefulness,
      choosers.medium,
      choosers.high,
      state.loopIteration,
      ...(state.folds.get(7) ?? []),
      ...(state.folds.get(last) ?? []),
      provider,
      alternate,
      correction,
      threshold,
    ]).toEqual(expected)
  })
})

describe("history lengths", () => {
  /** Source: reference/predictors.md 1.2 and 2.1. */
  it("are the geometric series of the two designs", () => {
    expect(historyLengths(18, 6, 3000)).toEqual([
      6, 9, 12, 18, 26, 37, 54, 78, 112, 161, 232, 335, 482, 695, 1002, 1444, 2081, 3000,
    ])
    expect(historyLengths(15, 4, 1000)).toEqual([
      4, 6, 9, 13, 19, 29, 43, 63, 94, 139, 206, 306, 454, 674, 1000,
    ])
  })
})
