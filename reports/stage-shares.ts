/** How the run's time splits over its stages. */
import { type Aggregate, tallyBy } from "./aggregate.ts"
import { permilles } from "./largest-remainder.ts"
import { operationsOf } from "./operation-counts.ts"

export interface StageShare {
  /** FF, BP, WU, prune …; "other" for time outside all stages. */
  readonly stage: string
  readonly cycles: number
  /** Tenths of a percent of the run; all stages sum to exactly 1000. */
  readonly permille: number
  /** Dense: multiplies and skips nothing; sparse: skips pruned operands; none: multiplies nothing. */
  readonly operations: "dense" | "sparse" | "none"
}

/** Time by stage, in order of first appearance. */
export const stageShares = (aggregate: Aggregate): readonly StageShare[] => {
  const tallies = tallyBy(aggregate, ["stage"])
  const shares = permilles(tallies.map((tally) => tally.cycles))
  return tallies.map((tally, index) => {
    const macs = operationsOf(aggregate, tally)
    return {
      stage: tally.stage === "" ? "other" : tally.stage,
      cycles: tally.cycles,
      permille: shares[index],
      operations:
        macs["dense-equivalent"] === 0
          ? "none"
          : macs["non-zero"] < macs["dense-equivalent"]
            ? "sparse"
            : "dense",
    }
  })
}
