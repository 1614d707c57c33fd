/**
 * TAGE-SC-L: tagged components of geometric history lengths, a loop predictor, and a statistical corrector over both.
 * Source: Seznec 2016, "TAGE-SC-L branch predictors again"; bit for bit as in `reference/predictors.md` 1 and 2.
 */
import { BACKWARD, CONDITIONAL, INDIRECT, RETURN, TAKEN } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"
import { allocation } from "./allocation.ts"
import { basePredictor } from "./base-predictor.ts"
import { correctorHistory } from "./corrector-history.ts"
import { activePairs } from "./geometry.ts"
import { loopPredictor } from "./loop-predictor.ts"
import type { TageScLParameters } from "./parameters.ts"
import { pairFolds } from "./pair-folds.ts"
import type { PathHistory } from "./path-history.ts"
import { pseudoRandom } from "./pseudo-random.ts"
import { statisticalCorrector } from "./statistical-corrector.ts"
import { counterTables, tageScLTables } from "./storage.ts"
import { taggedComponents } from "./tagged-components.ts"
import { tageLookup } from "./tage-lookup.ts"
import { tageTraining } from "./tage-training.ts"

export type Confidence = "high" | "medium" | "low" | "none"

/** Beside the prediction: what the parts said at the last `predict`. */
export interface TageScL extends BranchPredictor {
  /** Component that TAGE's direction comes from, counted from 1, and the one below it; 0 is the base predictor. */
  readonly provider: number
  readonly alternate: number
  /** Of TAGE's provider; "none" is a counter one step above weak. */
  readonly confidence: Confidence
  /** Directions: of provider and alternate, of TAGE, after the loop predictor, of the corrector's sum, and the answer. */
  readonly directions: {
    readonly provider: number
    readonly alternate: number
    readonly tage: number
    readonly afterLoop: number
    readonly corrector: number
    readonly final: number
  }
  /** The corrector's sum, 0 or more for taken, and the threshold for its magnitude; both 0 without a corrector. */
  readonly sum: number
  readonly threshold: number
  /** Registers, for tests against the original. */
  inspect(): TageScLRegisters
}

export interface TageScLRegisters {
  /** Minus the history bits inserted. */
  readonly position: number
  readonly path: number
  readonly random: number
  /** Eight times the common part of the corrector's threshold. */
  readonly threshold: number
  readonly loopUsefulness: number
  readonly choosers: { readonly high: number; readonly medium: number }
  readonly loopIteration: number
  /** The three folds by number of the pair. */
  readonly folds: ReadonlyMap<number, readonly [index: number, wide: number, narrow: number]>
}

const confidences: Readonly<Record<number, Confidence>> = { 1: "low", 3: "none", 5: "medium", 7: "high" }

export const tageScL = (parameters: TageScLParameters): TageScL => {
  const { tage } = parameters
  const pairs = activePairs(tage)
  const path: PathHistory = { bits: 0, position: 0 }
  const folds = pairFolds(pairs)
  const { push } = folds
  const tagged = taggedComponents(tage)
  const base = basePredictor(tage.baseBits)
  const tags = tageLookup(tage, pairs, tagged, base, folds, path)
  const saltPair = tage.hash === "refolded" ? pairs.findIndex(({ number }) => number === 7) : -1
  const random = pseudoRandom(path, saltPair < 0 ? () => 0 : () => tags.tagOf(saltPair))
  const allocations = allocation(tage, tagged, tags, random)
  const training = tageTraining(tage, tagged, base, tags, allocations, random)
  const loop = parameters.loop && loopPredictor(parameters.loop, random)
  const correctorParameters = parameters.statisticalCorrector
  const histories = correctorParameters && correctorHistory(correctorParameters, path)
  const corrector = correctorParameters && histories && statisticalCorrector(correctorParameters, histories)
  const pathMask = tage.pathBits === 32 ? -1 : 2 ** tage.pathBits - 1
  const last = { prediction: 0, afterLoop: 0, branches: 0, conditional: 0 }
  const tables = tageScLTables(parameters)
  const tageState = tags.state

  return {
    tables,
    predict: (pc: number, pcHigh: number): number => {
      let direction = tags.lookup(pc, pcHigh)
      if (loop !== undefined) direction = loop.lookup(pc, direction)
      last.afterLoop = direction
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
      last.branches++
      const taken = (flags & TAKEN) >> 4
      const indirect = (flags & (INDIRECT | RETURN)) !== 0
      let directions = pc ^ (pc >>> 2) ^ taken
      let steps = pc ^ (pc >>> 2) ^ (pc >>> 4)
      let three = false
      if ((flags & CONDITIONAL) !== 0) {
        last.conditional++
        if (histories !== undefined) histories.track(pc, taken, (flags & BACKWARD) >> 5)
        if (indirect && taken === 1) {
          directions ^= target >>> 2
          steps ^= (target >>> 2) ^ (target >>> 4)
        }
      } else three = indirect
      let bits = (path.bits << 1) ^ (steps & 127)
      bits = (bits << 1) ^ ((steps >> 1) & 127)
      if (three) {
        bits = (bits << 1) ^ ((steps >> 2) & 127)
        push(directions & 1)
        push((directions >> 1) & 1)
        push((directions >> 2) & 1)
        path.position = (path.position - 3) | 0
      } else {
        push(directions & 1)
        push((directions >> 1) & 1)
        path.position = (path.position - 2) | 0
      }
      path.bits = bits & pathMask
    },
    writes: () => {
      const tagged = training.written.entries + allocations.written.entries
      const short = training.written.low + allocations.written.low
      const written = [
        tagged - short,
        short,
        training.written.choosers,
        base.written.entries,
        base.written.entries,
        last.branches,
        last.branches,
        allocations.written.calls,
      ]
      if (loop !== undefined) written.push(loop.written.entries)
      if (corrector !== undefined && correctorParameters !== undefined) {
        const { counters, weights, thresholds, choosers } = corrector.written
        for (let i = 0; i < counterTables(correctorParameters); i++) written.push(counters)
        written.push(weights, thresholds, choosers, thresholds)
      }
      // What is left are the corrector's histories.
      while (written.length < tables.length) written.push(last.conditional)
      return written
    },
    get provider() {
      return tageState.provider
    },
    get alternate() {
      return tageState.alternate
    },
    get confidence() {
      return confidences[tageState.strength]
    },
    get directions() {
      return {
        provider: tageState.longest,
        alternate: tageState.alternative,
        tage: tageState.direction,
        afterLoop: last.afterLoop,
        corrector: corrector === undefined ? last.afterLoop : corrector.state.direction,
        final: last.prediction,
      }
    },
    get sum() {
      return corrector === undefined ? 0 : corrector.state.sum
    },
    get threshold() {
      return corrector === undefined ? 0 : corrector.state.threshold
    },
    inspect: () => {
      return {
        position: path.position,
        path: path.bits,
        random: random.register.value,
        threshold: corrector === undefined ? 0 : corrector.global.threshold,
        loopUsefulness: loop === undefined ? 0 : loop.usefulness.value,
        choosers: corrector === undefined ? { high: 0, medium: 0 } : { ...corrector.choosers },
        loopIteration: histories === undefined ? 0 : histories.iteration.value,
        folds: new Map(
          pairs.map(
            ({ number }, k) =>
              [number, [folds.indexFold(k), folds.wideFold(k), folds.narrowFold(k)]] as const,
          ),
        ),
      }
    },
  }
}
