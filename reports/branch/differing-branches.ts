/** Static branches on which predictors disagree most. */
import type { StaticBranch } from "./static-branches.ts"

export interface KnownMisses {
  readonly misses: number
  /** The trace does not list this branch: it misses at most so often. */
  readonly isBound: boolean
}

export interface DifferingBranch {
  readonly address: string
  readonly executions: number
  readonly takenShare: number
  /** One for each predictor, in their order. */
  readonly misses: readonly KnownMisses[]
  /** Most listed misses less the fewest: at least so many misses lie between two predictors. */
  readonly difference: number
}

/**
 * Branches that any of the lists holds, by falling difference. A list holds the branches with most misses, so one that it
 * leaves out misses no more often than the last one that it holds.
 */
export const differingBranches = (
  lists: readonly (readonly StaticBranch[])[],
): readonly DifferingBranch[] => {
  const known = lists.map((list) => new Map(list.map((branch) => [branch.address, branch])))
  const bounds = lists.map((list) => list.at(-1)?.misses ?? 0)
  const all = new Map(lists.flat().map((branch) => [branch.address, branch]))
  return [...all.values()]
    .map(({ address, executions, takenShare }) => {
      const misses = known.map((list, i): KnownMisses => {
        const branch = list.get(address)
        return branch === undefined
          ? { misses: Math.min(bounds[i], executions), isBound: true }
          : { misses: branch.misses, isBound: false }
      })
      const listed = misses.filter(({ isBound }) => !isBound).map((one) => one.misses)
      const difference = Math.max(...listed) - Math.min(...misses.map((one) => one.misses))
      return { address, executions, takenShare, misses, difference: Math.max(0, difference) }
    })
    .filter(({ difference }) => difference > 0)
    .toSorted((a, b) => b.difference - a.difference || (a.address < b.address ? -1 : 1))
}
