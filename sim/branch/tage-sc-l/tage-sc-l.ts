/**
 * TAGE-SC-L: tagged components of geometric history lengths, a loop predictor, and a statistical corrector over both.
 * Source: Seznec 2016, "TAGE-SC-L branch predictors again"; bit for bit as in `reference/predictors.md` 1 and 2.
 */
import { BACKWARD, CONDITIONAL, INDIRECT, RETURN, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"
import { allocation } from "./allocation.ts"
import { basePredictor } from "./base-predictor.ts"
import { correctorHistory } from "./corrector-history.ts"
import { foldedHistory } from "./folded-history.ts"
import { activePairs } from "./geometry.ts"
import { loopPredictor } from "./loop-predictor.ts"
import type { TageScLParameters } from "./parameters.ts"
import type { PathHistory } from "./path-history.ts"
import { pseudoRandom } from "./pseudo-random.ts"
import { statisticalCorrector } from "./statistical-corrector.ts"
import { tageScLTables } from "./storage.ts"
import { taggedComponents } from "./tagged-components.ts"
import { tageLookup } from "./tage-lookup.ts"
import { tageTraining } from "./tage-training.ts"

/** What the last `predict` went through. */
export interface TageScL extends BranchPredictor {
  readonly state: () => unknown
}

export const tageScL = (parameters: TageScLParameters) => {
  const { tage } = parameters
  const pairs = activePairs(tage)
  const path: PathHistory = { bits: 0, position: 0 }
  const folded = foldedHistory(pairs, tage.low.pairs)
  const { insert, settle } = folded
  const tagged = taggedComponents(tage)
  const base = basePredictor(tage.baseBits)
  const tags = tageLookup(tage, pairs, tagged, base, folded, path)
  const saltPair = tage.hash === "refolded" ? pairs.findIndex(({ number }) => number === 7) : -1
  const random = pseudoRandom(path, saltPair < 0 ? () => 0 : () => tags.tagOf(saltPair))
  const allocations = allocation(tage, tagged, tags, random)
  const training = tageTraining(tage, tagged, base, tags, allocations, random)
  const loop = parameters.loop && loopPredictor(parameters.loop, random)
  const correctorParameters = parameters.statisticalCorrector
  const histories = correctorParameters && correctorHistory(correctorParameters, path)
  const corrector = correctorParameters && histories && statisticalCorrector(correctorParameters, histories)
  const pathMask = tage.pathBits === 32 ? -1 : 2 ** tage.pathBits - 1
  const last = { prediction: 0 }
  const tageState = tags.state

  return {
    tables: tageScLTables(parameters),
    predict: (pc: number, pcHigh: number): number => {
      settle()
      let direction = tags.lookup(pc, pcHigh)
      if (loop !== undefined) direction = loop.lookup(pc, direction)
      if (corrector !== undefined) direction = corrector.correct(pc, direction, tageState)
      last.prediction = direction
      return direction
    },
    train: (pc: number, _pcHigh: number, taken: number): void => {
      const final = last.prediction
      if (loop !== undefined) loop.train(tageState.direction, final, taken)
      if (corrector !== undefined) corrector.train(pc, tageState, taken)
      training.train(pc, final, taken)
    },
    track: (pc: number, _pcHigh: number, target: number, _targetHigh: number, flags: number): void => {
      const taken = (flags & TAKEN) >> 4
      const indirect = (flags & (INDIRECT | RETURN)) !== 0
      let directions = pc ^ (pc >>> 2) ^ taken
      let steps = pc ^ (pc >>> 2) ^ (pc >>> 4)
      let three = false
      if ((flags & CONDITIONAL) !== 0) {
        if (histories !== undefined) histories.track(pc, taken, (flags & BACKWARD) >> 5)
        if (indirect && taken === 1) {
          directions ^= target >>> 2
          steps ^= (target >>> 2) ^ (target >>> 4)
        }
      } else three = indirect
      let bits = (path.bits << 1) ^ (steps & 127)
      bits = (bits << 1) ^ ((steps >> 1) & 127)
      const two = ((directions & 1) << 1) | ((directions >> 1) & 1)
      if (three) {
        bits = (bits << 1) ^ ((steps >> 2) & 127)
        insert((two << 1) | ((directions >> 2) & 1), 3)
        path.position = (path.position - 3) | 0
      } else {
        insert(two, 2)
        path.position = (path.position - 2) | 0
      }
      path.bits = bits & pathMask
    },
    writes: (): readonly number[] => [],
    inspect: () => ({ path, folded, tageState, corrector, loop, histories, random, pairs }),
  }
}
