/** Two-level adaptive prediction: outcomes of the past select a two-bit counter, one history for all or one for each branch. */
import { CONDITIONAL, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface TwoLevelParameters {
  /** Outcomes that a history register holds; with `setBits` at most 26. */
  readonly historyBits: number
  /** Base-two logarithm of the number of history registers, chosen by the low bits of the address; 0 is one for all. */
  readonly registerBits: number
  /** Base-two logarithm of the number of pattern tables, chosen by the low bits of the address; 0 is one for all. */
  readonly setBits: number
  /** Every counter's first value, 0 (strongly not taken) to 3. */
  readonly initialCounter: number
}

/*
 * The four schemes at about 8 KB. Names as in the paper: G or P, a global history or one per address; g or s, one pattern
 * table or one per set of addresses. Sizes and the first value of counters are this file's.
 */
export const gag: TwoLevelParameters = { historyBits: 15, registerBits: 0, setBits: 0, initialCounter: 2 }
export const gas: TwoLevelParameters = { historyBits: 9, registerBits: 0, setBits: 6, initialCounter: 2 }
export const pag: TwoLevelParameters = { historyBits: 14, registerBits: 11, setBits: 0, initialCounter: 2 }
export const pas: TwoLevelParameters = { historyBits: 9, registerBits: 11, setBits: 5, initialCounter: 2 }

/**
 * Source: Yeh and Patt 1992 ("Alternative implementations of two-level adaptive branch prediction") and 1993. Histories start empty;
 * registers are chosen by address without tags, so branches may share one.
 */
export const twoLevel = (parameters: TwoLevelParameters): BranchPredictor => {
  const { historyBits, registerBits, setBits, initialCounter } = parameters
  const histories = new Int32Array(2 ** registerBits)
  const counters = new Uint8Array(2 ** (historyBits + setBits)).fill(initialCounter)
  const registerMask = 2 ** registerBits - 1
  const setMask = 2 ** setBits - 1
  const historyMask = 2 ** historyBits - 1
  let index = 0
  let written = 0
  return {
    tables: [
      {
        name: "histories",
        entries: histories.length,
        bitsPerEntry: historyBits,
        readsPerPrediction: registerBits === 0 ? 0 : 1,
      },
      { name: "counters", entries: counters.length, bitsPerEntry: 2, readsPerPrediction: 1 },
    ],
    predict: (pc) => {
      index = ((pc & setMask) << historyBits) | histories[pc & registerMask]
      return counters[index] >> 1
    },
    train: (_pc, _pcHigh, taken) => {
      const counter = counters[index]
      if (taken === 1) {
        if (counter < 3) counters[index] = counter + 1
      } else if (counter > 0) counters[index] = counter - 1
      written++
    },
    track: (pc, _pcHigh, _target, _targetHigh, flags) => {
      if ((flags & CONDITIONAL) === 0) return
      const register = pc & registerMask
      histories[register] = ((histories[register] << 1) | ((flags & TAKEN) >> 4)) & historyMask
    },
    writes: () => [written, written],
  }
}
