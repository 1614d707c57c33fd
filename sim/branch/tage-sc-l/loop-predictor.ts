/** Recognises loops of constant iteration count and says when they end. */
import type { LoopParameters } from "./parameters.ts"
import type { PseudoRandom } from "./pseudo-random.ts"

export interface LoopPredictor {
  /** The direction with the loop predictor's word taken into account; `tage` is TAGE's. */
  lookup(pc: number, tage: number): number
  train(tage: number, final: number, taken: number): void
  /** Whether the last lookup hit an entry that is sure, and what it said. */
  readonly state: { valid: number; direction: number; entry: number; tag: number; set: number; skew: number }
  /** 7 bits, signed; the loop predictor is heeded where it is not negative. */
  readonly usefulness: { value: number }
  readonly written: { entries: number }
}

const ways = 4

/** Bits of an entry: past and current iteration counts, tag, confidence, age, direction. */
export const loopEntryBits = 10 + 10 + 10 + 4 + 4 + 1

export const loopPredictor = ({ setBits }: LoopParameters, { draw }: PseudoRandom): LoopPredictor => {
  const entries = ways << setBits
  const setMask = (1 << setBits) - 1
  const iterations = new Int16Array(entries)
  const current = new Int16Array(entries)
  const tags = new Int16Array(entries)
  const confidence = new Uint8Array(entries)
  const ages = new Uint8Array(entries)
  const directions = new Uint8Array(entries)
  const usefulness = { value: -1 }
  const written = { entries: 0 }
  const state = { valid: 0, direction: 0, entry: -1, tag: 0, set: 0, skew: 0 }

  const trainHit = (e: number, tage: number, taken: number): void => {
    written.entries++
    if (state.valid === 1) {
      if (state.direction !== taken) {
        iterations[e] = 0
        ages[e] = 0
        confidence[e] = 0
        current[e] = 0
        return
      }
      if (state.direction !== tage || (draw() & 7) === 0) {
        if (ages[e] < 15) ages[e]++
      }
    }
    const count = (current[e] + 1) & 1023
    current[e] = count
    if (count > iterations[e]) {
      confidence[e] = 0
      iterations[e] = 0
    }
    if (taken === directions[e]) return
    if (count === iterations[e]) {
      if (confidence[e] < 15) confidence[e]++
      if (iterations[e] < 3) {
        directions[e] = taken
        iterations[e] = 0
        ages[e] = 0
        confidence[e] = 0
      }
    } else {
      iterations[e] = iterations[e] === 0 ? count : 0
      confidence[e] = 0
    }
    current[e] = 0
  }

  const replace = (taken: number): void => {
    const way = draw() & 3
    if ((draw() & 3) !== 0) return
    const e = (state.set ^ (((state.skew >> way) & setMask) << 2)) + way
    written.entries++
    if (ages[e] > 0) {
      ages[e]--
      return
    }
    directions[e] = 1 - taken
    tags[e] = state.tag
    iterations[e] = 0
    ages[e] = 7
    confidence[e] = 0
    current[e] = 0
  }

  return {
    state,
    usefulness,
    written,
    lookup: (pc, tage) => {
      const set = ((pc ^ (pc >>> 2)) & setMask) << 2
      const above = pc >>> setBits
      const skew = above & setMask
      const tag = (above ^ ((above >>> 10) & 1023)) & 1023
      state.set = set
      state.skew = skew
      state.tag = tag
      for (let way = 0; way < ways; way++) {
        const e = (set ^ ((skew >> way) << 2)) + way
        if (tags[e] !== tag) continue
        state.entry = e
        const past = iterations[e]
        const sure = confidence[e] === 15 || confidence[e] * past > 128
        const direction = current[e] + 1 === past ? 1 - directions[e] : directions[e]
        state.direction = direction
        state.valid = sure ? 1 : 0
        return sure && usefulness.value >= 0 ? direction : tage
      }
      state.entry = -1
      state.valid = 0
      return tage
    },
    train: (tage, final, taken) => {
      if (state.valid === 1 && final !== state.direction) {
        if (state.direction === taken) {
          if (usefulness.value < 63) usefulness.value++
        } else if (usefulness.value > -64) usefulness.value--
      }
      if (state.entry >= 0) trainHit(state.entry, tage, taken)
      else if (final !== taken) replace(taken)
    },
  }
}
