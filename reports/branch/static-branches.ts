/** Static branches that missed most, and which of them are hard to predict. */
import { type Aggregate, totalOf } from "../aggregate.ts"

export interface StaticBranch {
  /** As the trace writes it. */
  readonly address: string
  readonly executions: number
  readonly takenShare: number
  readonly misses: number
  /** Share of the executions that were predicted right, 0 to 1. */
  readonly accuracy: number
  /** Of all mispredictions measured, 0 to 1. */
  readonly shareOfMisses: number
  /** Of this branch and all that missed more. */
  readonly cumulativeShare: number
  readonly isHard: boolean
}

/**
 * A branch is hard to predict where, of 30 million instructions, it is executed at least 15,000 times and mispredicted at
 * least 1,000 times, with an accuracy below 99 %.
 *
 * Source: Lin and Tarsa, "Branch prediction is not a solved problem", IISWC 2019. Limits: they apply it to every slice of 30
 * million instructions and to TAGE-SC-L of 8 KB; here counts of the whole measured phase are scaled to such a slice, and
 * the predictor is the run's own.
 */
export const hardToPredict = {
  accuracyBelow: 0.99,
  leastExecutions: 15_000,
  leastMisses: 1000,
  perInstructions: 30e6,
} as const

export const isHardToPredict = (
  { executions, misses }: { readonly executions: number; readonly misses: number },
  instructions: number,
): boolean => {
  const { accuracyBelow, leastExecutions, leastMisses, perInstructions } = hardToPredict
  // Counts are compared, not ratios of them, so that a branch on the threshold is not lost to rounding.
  return (
    executions > 0 &&
    1 - misses / executions < accuracyBelow &&
    executions * perInstructions >= leastExecutions * instructions &&
    misses * perInstructions >= leastMisses * instructions
  )
}

const prefix = "static-branch."

/** Branches that the trace lists, by falling misses. `of` holds the measured phase's totals. */
export const staticBranches = (
  aggregate: Aggregate,
  of: { readonly instructions: number; readonly mispredictions: number },
): readonly StaticBranch[] => {
  const { counts } = totalOf(aggregate)
  const found = new Map<string, { executions: number; taken: number; misses: number }>()
  for (const [c, { component, action }] of aggregate.columns.entries()) {
    if (!component.startsWith(prefix)) continue
    const address = component.slice(prefix.length)
    const branch = found.get(address) ?? { executions: 0, taken: 0, misses: 0 }
    if (action === "executions" || action === "taken" || action === "misses") branch[action] += counts[c]
    found.set(address, branch)
  }
  let cumulative = 0
  return [...found]
    .toSorted((a, b) => b[1].misses - a[1].misses || (a[0] < b[0] ? -1 : 1))
    .map(([address, { executions, taken, misses }]) => {
      cumulative += misses
      const shareOf = (count: number): number => (of.mispredictions === 0 ? 0 : count / of.mispredictions)
      return {
        address,
        executions,
        takenShare: executions === 0 ? 0 : taken / executions,
        misses,
        accuracy: executions === 0 ? 1 : 1 - misses / executions,
        shareOfMisses: shareOf(misses),
        cumulativeShare: shareOf(cumulative),
        isHard: isHardToPredict({ executions, misses }, of.instructions),
      }
    })
}
