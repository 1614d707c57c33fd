/** What every predictor of conditional branches keeps to, and what each kind must learn. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type BranchBlock, CONDITIONAL, TAKEN } from "../../sim/branch/branch-block.ts"
import { drive, driveSplit } from "../../sim/branch/drive.ts"
import { type BranchPredictor, storageBits } from "../../sim/branch/predictor.ts"
import { blockOf, branchRecords, oneSite } from "../arbitraries/branch-block.ts"
import { type BranchDesign, branchDesignNames, branchDesigns } from "../arbitraries/branch-designs.ts"
import { runs } from "../arbitraries/runs.ts"

/** A predictor is large to make and a stream long to run. */
const fewRuns = { numRuns: Math.ceil(runs / 50) }

const missesOf = (predictor: BranchPredictor, block: BranchBlock): readonly number[] => {
  const missed = new Uint8Array(block.length)
  const misses = drive(predictor, block, missed)
  expect(missed.reduce((sum, miss) => sum + miss, 0)).toBe(misses)
  return [...missed]
}

/** Drives by hand, asking `times` times before each outcome; every answer, in order. */
const answersOf = (predictor: BranchPredictor, block: BranchBlock, times: number): readonly number[][] => {
  const answers: number[][] = []
  for (let i = 0; i < block.length; i++) {
    const { pc, pcHigh, target, targetHigh, flags } = block
    if ((flags[i] & CONDITIONAL) !== 0) {
      const ask = (): number => predictor.predict(pc[i], pcHigh[i], flags[i] & ~TAKEN)
      answers.push(Array.from({ length: times }, ask))
      predictor.train(pc[i], pcHigh[i], (flags[i] & TAKEN) >> 4)
    }
    predictor.track(pc[i], pcHigh[i], target[i], targetHigh[i], flags[i])
  }
  return answers
}

const randomBits = (count: number, seed: number): readonly number[] => {
  let x = seed
  return Array.from({ length: count }, () => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 9) & 1
  })
}

describe.each(branchDesignNames)("%s", (design) => {
  const make: () => BranchPredictor = branchDesigns[design]

  it("answers 0 or 1, the same when asked again, and no later answer depends on being asked", () => {
    fc.assert(
      fc.property(branchRecords, (records) => {
        const block = blockOf(records)
        const once = answersOf(make(), block, 1)
        const twice = answersOf(make(), block, 2)
        expect(once.flat().every((answer) => answer === 0 || answer === 1)).toBe(true)
        expect(twice).toEqual(once.map(([answer]) => [answer, answer]))
      }),
      fewRuns,
    )
  })

  it("knows nothing of the future: a trace cut short is predicted as the whole one was", () => {
    fc.assert(
      fc.property(branchRecords, fc.nat(), (records, cut) => {
        const kept = cut % records.length
        const whole = missesOf(make(), blockOf(records))
        expect(missesOf(make(), blockOf(records.slice(0, kept)))).toEqual(whole.slice(0, kept))
      }),
      fewRuns,
    )
  })

  it("does not see where one block of a trace ends and the next begins", () => {
    fc.assert(
      fc.property(branchRecords, fc.nat(), (records, cut) => {
        const at = cut % records.length
        const inTwo = make()
        const first = missesOf(inTwo, blockOf(records.slice(0, at)))
        const second = missesOf(inTwo, blockOf(records.slice(at)))
        expect([...first, ...second]).toEqual(missesOf(make(), blockOf(records)))
      }),
      fewRuns,
    )
  })

  it("runs a block as its predict, train and track would, and is left the same", () => {
    fc.assert(
      fc.property(branchRecords, branchRecords, (records, later) => {
        const run = make()
        const split = make()
        const missed = new Uint8Array(records.length)
        driveSplit(split, blockOf(records), missed)
        expect(missesOf(run, blockOf(records))).toEqual([...missed])
        expect(run.writes()).toEqual(split.writes())
        expect(answersOf(run, blockOf(later), 1)).toEqual(answersOf(split, blockOf(later), 1))
      }),
      fewRuns,
    )
  })

  it("shares nothing with another instance", () => {
    fc.assert(
      fc.property(branchRecords, branchRecords, (records, others) => {
        const one = make()
        const other = make()
        missesOf(other, blockOf(others))
        const alone = missesOf(make(), blockOf(records))
        expect(missesOf(one, blockOf(records))).toEqual(alone)
        expect(missesOf(make(), blockOf(records))).toEqual(alone)
      }),
      fewRuns,
    )
  })

  it("misses about half of a fair coin's throws", () => {
    const count = 20_000
    for (const seed of [1, 77, 0x5eed]) {
      const misses = missesOf(make(), oneSite(randomBits(count, seed))).reduce((sum, miss) => sum + miss, 0)
      expect(Math.abs(misses - count / 2)).toBeLessThan(5 * Math.sqrt(count / 4))
    }
  })

  it("counts writes for every table, and none before it is trained", () => {
    const predictor = make()
    expect(predictor.writes()).toEqual(predictor.tables.map(() => 0))
    missesOf(predictor, oneSite(randomBits(500, 3)))
    expect(predictor.writes()).toHaveLength(predictor.tables.length)
    expect(predictor.writes().every((count) => Number.isInteger(count) && count >= 0)).toBe(true)
  })
})

describe("a branch that is always taken", () => {
  /** Contexts that are new while a history of outcomes fills, at most one miss or two each. */
  const warmUp = 40

  it.each(branchDesignNames.filter((name) => name !== "never taken"))("is learnt by %s", (design) => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1 << 24 }), (site) => {
        const outcomes = Array.from({ length: 2000 }, () => 1)
        const missed = missesOf(branchDesigns[design](), oneSite(outcomes, 0x400000 + site))
        expect(missed.reduce((sum, miss) => sum + miss, 0)).toBeLessThanOrEqual(warmUp)
        expect(missed.slice(1000)).not.toContain(1)
      }),
      fewRuns,
    )
  })

  it("is always mispredicted by never taken", () => {
    expect(missesOf(branchDesigns["never taken"](), oneSite([1, 1, 1]))).toEqual([1, 1, 1])
  })
})

describe("a pattern no longer than the history", () => {
  const histories: readonly (readonly [BranchDesign, number])[] = [
    ["GAg", 15],
    ["GAs", 9],
    ["PAg", 14],
    ["PAs", 9],
    ["kit_gshare32KB", 17],
    ["ucsd_gshare13", 13],
  ]

  it.each(histories)("is learnt by %s, of %i outcomes, without a miss after warm-up", (design, history) => {
    const pattern = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: history })
    fc.assert(
      fc.property(pattern, (period) => {
        // The history fills, then every context is met often enough for a two-bit counter to cross over.
        const warmUp = history + 4 * period.length
        const outcomes = Array.from(
          { length: warmUp + 20 * period.length },
          (_, i) => period[i % period.length],
        )
        expect(missesOf(branchDesigns[design](), oneSite(outcomes)).slice(warmUp)).not.toContain(1)
      }),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it.each(histories)(
    "of one taken in one more than its history is learnt by %s, of two more not",
    (design, history) => {
      const count = 200 * history
      const missesAtEnd = (period: number): number => {
        const outcomes = Array.from({ length: count }, (_, i) => (i % period === 0 ? 1 : 0))
        return missesOf(branchDesigns[design](), oneSite(outcomes))
          .slice(count - 20 * period)
          .reduce((sum, miss) => sum + miss, 0)
      }
      expect(missesAtEnd(history + 1)).toBe(0)
      expect(missesAtEnd(history + 2)).toBeGreaterThanOrEqual(20)
    },
  )

  it("is kept apart from a random neighbour by a history for each address alone", () => {
    const coin = randomBits(4000, 5)
    const records = coin.flatMap((thrown, i) => [
      { pc: 0x401000, pcHigh: 0, target: 0x401100, opcode: 1, taken: thrown },
      { pc: 0x401004, pcHigh: 0, target: 0x401100, opcode: 1, taken: i % 8 === 0 ? 1 : 0 },
    ])
    const missesOfPattern = (design: BranchDesign): number =>
      missesOf(branchDesigns[design](), blockOf(records)).filter(
        (miss, i) => i > 4000 && i % 2 === 1 && miss === 1,
      ).length
    // Nine outcomes of both branches hold four or five of the pattern, which is too few of eight.
    expect(missesOfPattern("PAs")).toBe(0)
    expect(missesOfPattern("GAs")).toBeGreaterThan(100)
  })

  it("is too long for a counter alone", () => {
    const outcomes = Array.from({ length: 1000 }, (_, i) => (i >> 1) & 1)
    const missed = missesOf(branchDesigns.mbp_bimodal_64KB(), oneSite(outcomes))
    expect(missed.slice(500)).toContain(1)
  })
})

describe("storage", () => {
  /** Bit by bit, histories included: counters, tagged entries, registers. */
  const sums: readonly (readonly [BranchDesign, number])[] = [
    ["always taken", 0],
    ["mbp_bimodal_64KB", 2 ** 18 * 2],
    ["ucsd_bimodal13", 2 ** 13 * 2],
    ["GAg", 2 ** 15 * 2 + 15],
    ["GAs", 2 ** 15 * 2 + 9],
    ["PAg", 2 ** 14 * 2 + 2 ** 11 * 14],
    ["PAs", 2 ** 14 * 2 + 2 ** 11 * 9],
    ["kit_gshare32KB", 2 ** 17 * 2 + 32],
    ["ucsd_gshare13", 2 ** 13 * 2 + 13],
    ["mbp_gshare_64KB", 2 ** 18 * 2 + 25],
    ["ucsd_tournament", 1024 * 10 + 1024 * 2 + 512 * 2 + 512 * 2 + 9],
    ["mbp_2bcgskew_64KB", 2 * (2 ** 15 + 2 ** 16 + 2 ** 16 + 2 ** 15) + 27],
    ["mbp_hashed_perceptron_64KB", 16 * 4096 * 8 + 257 + 16],
    // Base; tags 7 7 8 8 9 11 11 12 12 12 13 13 with 3 + 2 bits, three times 17 + 3 + 3; choice; history.
    ["mbp_tage_64KB", 2 ** 14 * 2 + 1024 * (123 + 12 * 5) + 512 * 3 * 23 + 256 * 5 + 257],
    ["mbp_batage_64KB", 2 ** 14 * 6 + 1024 * (123 + 12 * 6) + 512 * 3 * 23 + 20 + 257],
  ]

  it.each(sums)("of %s is %i bits", (design, bits) => {
    expect(storageBits(branchDesigns[design]().tables)).toBe(bits)
  })

  it("of the multiperspective perceptron fills its budget but for what equal tables leave over", () => {
    const budget = 65_536 * 8 + 2048
    const bits = storageBits(branchDesigns.kit_mpp_64KB().tables)
    expect(bits).toBeLessThanOrEqual(budget)
    expect(bits).toBeGreaterThan(budget - 37 * 7)
  })
})
