/** Predictions that need no storage: one direction for all branches, or the direction of the jump. */
import { BACKWARD } from "../branch-block.ts"
import type { BranchPredictor } from "../predictor.ts"

export interface StaticParameters {
  /** `backward-taken`: a loop's closing branch is taken, a branch forward is not. */
  readonly rule: "taken" | "not-taken" | "backward-taken"
}

export const alwaysTaken: StaticParameters = { rule: "taken" }
export const neverTaken: StaticParameters = { rule: "not-taken" }
export const backwardTaken: StaticParameters = { rule: "backward-taken" }

const answers = {
  taken: () => 1,
  "not-taken": () => 0,
  "backward-taken": (_pc: number, _pcHigh: number, decoded: number) => ((decoded & BACKWARD) === 0 ? 0 : 1),
} as const

/**
 * Source: J. E. Smith 1981, strategies 1 and 3. The direction of a jump is that of its recorded target, so `backward-taken` means
 * something only where a trace stores the taken target of branches that are not taken (SBBT and BT9 do).
 */
export const staticPredictor = ({ rule }: StaticParameters): BranchPredictor => ({
  tables: [],
  predict: answers[rule],
  train: () => {},
  track: () => {},
  writes: () => [],
})
