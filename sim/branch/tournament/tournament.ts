/** A tournament: per-address and global two-level predictors, and counters that learn which of them to believe. */
import { CONDITIONAL, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface TournamentParameters {
  /** Outcomes in the global history, which alone selects the global counter and the choice. */
  readonly globalBits: number
  /** Outcomes in each local history. */
  readonly localBits: number
  /** Base-two logarithm of the number of local histories, chosen by the low bits of the address. */
  readonly registerBits: number
  /** First value of the counters of both predictors, 0 (strongly not taken) to 3. */
  readonly initialCounter: number
  /** First value of the choice, 0 (strongly local) to 3 (strongly global). */
  readonly initialChoice: number
}

/** 9:10:10 of the course CSE240A of UC San Diego. */
export const ucsdTournament: TournamentParameters = {
  globalBits: 9,
  localBits: 10,
  registerBits: 10,
  initialCounter: 1,
  initialChoice: 2,
}

const stepped = (counter: number, up: boolean): number =>
  up ? (counter < 3 ? counter + 1 : 3) : counter > 0 ? counter - 1 : 0

/** Source: McFarling 1993; the Alpha 21264's (Kessler 1999) is one with 12:10:10 and wider local counters. */
export const tournament = (parameters: TournamentParameters): BranchPredictor => {
  const { globalBits, localBits, registerBits, initialCounter, initialChoice } = parameters
  const histories = new Int32Array(2 ** registerBits)
  const local = new Uint8Array(2 ** localBits).fill(initialCounter)
  const global = new Uint8Array(2 ** globalBits).fill(initialCounter)
  const choice = new Uint8Array(2 ** globalBits).fill(initialChoice)
  const registerMask = 2 ** registerBits - 1
  const localMask = 2 ** localBits - 1
  const globalMask = 2 ** globalBits - 1
  let history = 0
  let pattern = 0
  let trained = 0
  let chosen = 0
  return {
    tables: [
      { name: "local histories", entries: histories.length, bitsPerEntry: localBits, readsPerPrediction: 1 },
      { name: "local counters", entries: local.length, bitsPerEntry: 2, readsPerPrediction: 1 },
      { name: "global counters", entries: global.length, bitsPerEntry: 2, readsPerPrediction: 1 },
      { name: "choice", entries: choice.length, bitsPerEntry: 2, readsPerPrediction: 1 },
      { name: "global history", entries: 1, bitsPerEntry: globalBits, readsPerPrediction: 0 },
    ],
    predict: (pc) => {
      pattern = histories[pc & registerMask]
      return (choice[history] >= 2 ? global[history] : local[pattern]) >> 1
    },
    train: (_pc, _pcHigh, taken) => {
      const globalRight = global[history] >> 1 === taken
      if (global[history] >> 1 !== local[pattern] >> 1) {
        choice[history] = stepped(choice[history], globalRight)
        chosen++
      }
      global[history] = stepped(global[history], taken === 1)
      local[pattern] = stepped(local[pattern], taken === 1)
      trained++
    },
    track: (pc, _pcHigh, _target, _targetHigh, flags) => {
      if ((flags & CONDITIONAL) === 0) return
      const taken = (flags & TAKEN) >> 4
      const register = pc & registerMask
      histories[register] = ((histories[register] << 1) | taken) & localMask
      history = ((history << 1) | taken) & globalMask
    },
    writes: () => [trained, trained, trained, chosen, trained],
  }
}
