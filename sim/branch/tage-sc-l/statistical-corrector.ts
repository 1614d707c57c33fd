/**
 * The statistical corrector: sums counters that histories select, each for or against "taken", and overrules a direction
 * where the sum is far enough on the other side.
 */
import type { CorrectorHistories } from "./corrector-history.ts"
import { groupsSum, groupTables } from "./corrector-sum.ts"
import type { CorrectorParameters } from "./parameters.ts"
import type { TageState } from "./tage-lookup.ts"

export interface CorrectorState {
  /** The direction that came in, and the sum's own. */
  input: number
  direction: number
  /** The sum, 0 or more for taken, and what its magnitude is held against. */
  sum: number
  threshold: number
}

export interface StatisticalCorrector {
  readonly state: CorrectorState
  /** Adapts the threshold: eight times its common part, initially 280. */
  readonly global: { threshold: number }
  /** Whom to believe where they differ and TAGE is of medium or of high confidence. */
  readonly choosers: { medium: number; high: number }
  readonly written: { counters: number; weights: number; thresholds: number; choosers: number }
  correct(pc: number, input: number, tage: TageState): number
  train(pc: number, tage: TageState, taken: number): void
}

/** High, medium or low confidence of TAGE's direction, as bits; a counter one above weak is none of them. */
const HIGH = 1
const MEDIUM = 2
const LOW = 4
const confidenceOf = (strength: number): number =>
  strength === 7 ? HIGH : strength === 5 ? MEDIUM : strength === 1 ? LOW : 0

export const statisticalCorrector = (
  parameters: CorrectorParameters,
  { values, gather }: CorrectorHistories,
): StatisticalCorrector => {
  const { biasBits, groups, raising } = parameters
  const biasEntries = 2 ** biasBits
  const biasMask = biasEntries - 1
  const skewShift = biasBits - 2
  const groupCount = groups.length
  const tables = groupTables(groups, 3 * biasEntries)
  const { tableCounts } = tables
  const keyed = Int32Array.from(groups, ({ key }) => (key === "address" ? 0 : 1))
  const counters = new Int8Array(tables.end)
  for (const [g, { entryBits }] of groups.entries()) {
    for (const [i, bits] of entryBits.entries()) {
      const first = tables.firsts[3 * g + i]
      for (let entry = 0; entry < 2 ** bits; entry += 2) counters[first + entry] = -1
    }
  }
  const skewStart = biasEntries
  const bankStart = 2 * biasEntries
  for (let i = 0; i < biasEntries; i++) {
    counters[i] = [-32, 31, -1, 0][i % 4]
    counters[skewStart + i] = [-8, 7, -32, 31][i % 4]
    counters[bankStart + i] = [-32, 31, -1, 0][i % 4]
  }
  /** Eight a group, then eight of the bias tables. */
  const weights = new Int8Array(8 * (groupCount + 1)).fill(4)
  for (const [g, { initialWeight }] of groups.entries()) weights.fill(initialWeight, 8 * g, 8 * g + 8)
  const biasWeight = 8 * groupCount
  const raisers = Int32Array.from(raising, (name) =>
    name === "bias" ? biasWeight : 8 * groups.findIndex((group) => group.name === name),
  )
  const raiserCount = raisers.length
  const localThresholds = new Int8Array(64)
  const global = { threshold: 280 }
  const choosers = { medium: 0, high: 0 }
  const written = { counters: 0, weights: 0, thresholds: 0, choosers: 0 }
  const state: CorrectorState = { input: 0, direction: 0, sum: 0, threshold: 0 }
  /** Of the last `correct`; the bias tables come after the groups. */
  const indices = new Int32Array(3 * 8)
  const sums = new Int32Array(8)
  const biasAt = 3 * groupCount
  const sumOfGroups = groupsSum(groups, tables, counters, weights, values, { indices, sums })

  const stepCounter = (index: number, taken: number): void => {
    const counter = counters[index]
    if (taken === 1) {
      if (counter < 31) counters[index] = counter + 1
    } else if (counter > -32) counters[index] = counter - 1
  }

  const threshold = (pc: number): number => {
    const w = (pc ^ (pc >>> 2)) & 7
    let raised = 0
    for (let i = 0; i < raiserCount; i++) raised += weights[raisers[i] + w] >= 0 ? 12 : 0
    return (global.threshold >> 3) + localThresholds[(pc ^ (pc >>> 2)) & 63] + raised
  }

  const biasSum = (pc: number, input: number, tage: TageState, confidence: number): number => {
    const pcx = pc ^ (pc >>> 2)
    const high = confidence === HIGH ? 2 : 0
    const unsure = confidence === LOW && tage.longest !== tage.alternative ? 2 : 0
    const bank =
      input +
      high +
      (confidence === LOW ? 4 : 0) +
      (tage.alternate > 0 ? 8 : 0) +
      (((tage.provider + 1) >> 2) << 4) +
      (pcx << 7)
    const a = ((pcx << 2) + unsure + input) & biasMask
    const b = skewStart + ((((pc ^ (pc >>> skewShift)) << 2) + high + input) & biasMask)
    const c = bankStart + (bank & biasMask)
    indices[biasAt] = a
    indices[biasAt + 1] = b
    indices[biasAt + 2] = c
    return 2 * (counters[a] + counters[b] + counters[c]) + 3
  }

  const choose = (strength: number): number => {
    const { input, direction, threshold: theta } = state
    if (direction === input) return input
    const magnitude = Math.abs(state.sum)
    if (strength === 7) {
      if (magnitude < ((theta / 4) | 0)) return input
      if (magnitude < ((theta / 2) | 0)) return choosers.high < 0 ? direction : input
    } else if (strength === 5 && magnitude < ((theta / 4) | 0)) {
      return choosers.medium < 0 ? direction : input
    }
    return direction
  }

  const trainChoosers = (strength: number, taken: number): void => {
    const theta = state.threshold
    const magnitude = Math.abs(state.sum)
    const step = state.input === taken ? 1 : -1
    const quarter = (theta / 4) | 0
    if (strength === 7) {
      if (magnitude >= quarter && magnitude < ((theta / 2) | 0) && magnitude < theta) {
        choosers.high = Math.max(-64, Math.min(63, choosers.high + step))
        written.choosers++
      }
    } else if (strength === 5 && magnitude < quarter) {
      choosers.medium = Math.max(-64, Math.min(63, choosers.medium + step))
      written.choosers++
    }
  }

  const trainThresholds = (pc: number, taken: number): void => {
    const step = state.direction === taken ? -1 : 1
    const at = (pc ^ (pc >>> 2)) & 63
    global.threshold = Math.max(-2048, Math.min(2047, global.threshold + step))
    localThresholds[at] = Math.max(-128, Math.min(127, localThresholds[at] + step))
    written.thresholds++
  }

  const trainGroups = (pc: number, taken: number): void => {
    const { sum, input } = state
    for (let g = 0; g <= groupCount; g++) {
      const part = sums[g]
      const key = g < groupCount && keyed[g] === 1 ? (pc << 1) | input : pc
      const w = 8 * g + ((key ^ (key >>> 2)) & 7)
      const weight = weights[w]
      const rest = weight >= 0 ? sum - part : sum
      if (rest + part >= 0 !== rest >= 0) {
        if (part >= 0 === (taken === 1)) {
          if (weight < 31) weights[w] = weight + 1
        } else if (weight > -32) weights[w] = weight - 1
        written.weights++
      }
      const tables = g === groupCount ? 3 : tableCounts[g]
      for (let i = 0; i < tables; i++) stepCounter(indices[3 * g + i], taken)
    }
    written.counters++
  }

  return {
    state,
    global,
    choosers,
    written,
    correct: (pc, input, tage) => {
      const confidence = confidenceOf(tage.strength)
      gather(pc)
      const part = biasSum(pc, input, tage, confidence)
      const w = biasWeight + ((pc ^ (pc >>> 2)) & 7)
      sums[groupCount] = part
      const sum = sumOfGroups(pc, input) + (weights[w] >= 0 ? 2 * part : part)
      state.input = input
      state.sum = sum
      state.direction = sum >= 0 ? 1 : 0
      state.threshold = threshold(pc)
      return choose(tage.strength)
    },
    train: (pc, tage, taken) => {
      if (state.direction !== state.input) trainChoosers(tage.strength, taken)
      if (state.direction === taken && Math.abs(state.sum) >= state.threshold) return
      trainThresholds(pc, taken)
      trainGroups(pc, taken)
    },
  }
}
