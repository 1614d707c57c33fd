/** One pass of a predictor over a block: immediate update, one branch at a time. */
import { type BranchBlock, CONDITIONAL, TAKEN } from "./branch-block.ts"
import type { BranchPredictor } from "./predictor.ts"

/**
 * Runs `predictor` over a block and returns its mispredictions. `missed[i]` becomes 1 where record i is a conditional
 * branch that was predicted wrong, else 0. A record is predicted iff it is conditional, whatever else it is.
 */
export const drive = (predictor: BranchPredictor, block: BranchBlock, missed: Uint8Array): number =>
  predictor.run === undefined ? driveSplit(predictor, block, missed) : predictor.run(block, missed)

/** `drive` by predict, train and track alone, which `run` must equal. */
export const driveSplit = (predictor: BranchPredictor, block: BranchBlock, missed: Uint8Array): number => {
  const { length, pc, pcHigh, target, targetHigh, flags } = block
  // Bundlers make variables of a module's constants; here they stay constant.
  const conditional = CONDITIONAL
  const decoded = ~TAKEN
  let misses = 0
  for (let i = 0; i < length; i++) {
    const low = pc[i]
    const high = pcHigh[i]
    const flag = flags[i]
    let miss = 0
    if ((flag & conditional) !== 0) {
      const taken = (flag >> 4) & 1
      miss = predictor.predict(low, high, flag & decoded) ^ taken
      predictor.train(low, high, taken)
      misses += miss
    }
    missed[i] = miss
    predictor.track(low, high, target[i], targetHigh[i], flag)
  }
  return misses
}
