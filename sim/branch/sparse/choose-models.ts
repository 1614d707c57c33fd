/**
 * Which models go into the memory: of every branch one size or none, so that the misses saved on validation are most for
 * the bits. A design of this package; how the paper selects branches is not known.
 */
import type { BranchFit, PathPoint, Validation } from "./fit-branch.ts"
import { budgetSlots, slotsOf, tagOf } from "./model-layout.ts"

/** When a model counts as better than the base predictor. */
export interface Criterion {
  /** Wins minus losses on validation, in standard deviations of a fair coin's. */
  readonly deviations: number
  /** Least share of the base's misses on validation that the model saves. */
  readonly leastShare: number
}

/** Wins minus losses in standard deviations of a coin flipped for every example where the two differ. */
export const significance = ({ wins, losses }: Validation): number =>
  wins + losses === 0 ? 0 : (wins - losses) / Math.sqrt(wins + losses)

export const passes = (validation: Validation, { deviations, leastShare }: Criterion): boolean =>
  significance(validation) >= deviations &&
  validation.wins - validation.losses >= leastShare * validation.baseMisses

/** Misses that a model would have saved over all executions of the branch in the stretch it was fitted to. */
export const savedMisses = (
  { branch }: BranchFit["examples"],
  { wins, losses, examples }: Validation,
): number => ((wins - losses) / examples) * branch.executions

export interface Chosen {
  readonly fit: BranchFit
  readonly point: PathPoint
}

interface Upgrade {
  readonly branch: number
  readonly point: PathPoint
  readonly slots: number
  readonly saved: number
}

/** The sizes of one branch worth paying for: the upper concave hull of misses saved over slots. */
const hull = (
  fit: BranchFit,
  branch: number,
  localWords: number,
  criterion: Criterion,
): readonly Upgrade[] => {
  const sizes = fit.path
    .filter(({ validation, model }) => model.terms.length > 0 && passes(validation, criterion))
    .map((point) => ({
      branch,
      point,
      slots: slotsOf(point.model, localWords),
      saved: savedMisses(fit.examples, point.validation),
    }))
    .toSorted((a, b) => a.slots - b.slots || b.saved - a.saved)
  const kept: Upgrade[] = []
  const gain = (from: Upgrade | undefined, to: Upgrade): number =>
    (to.saved - (from?.saved ?? 0)) / (to.slots - (from?.slots ?? 0))
  for (const size of sizes) {
    if (size.saved <= (kept.at(-1)?.saved ?? 0)) continue
    while (kept.length > 0 && gain(kept.at(-1), size) >= gain(kept.at(-2), kept[kept.length - 1])) kept.pop()
    kept.push(size)
  }
  return kept
}

/** Greedy by misses saved per slot added, until the memory is full. Of branches with one tag the better one stays. */
export const chooseModels = (
  fits: readonly BranchFit[],
  localWords: number,
  criterion: Criterion,
): readonly Chosen[] => {
  const hulls = fits.map((fit, branch) => hull(fit, branch, localWords, criterion))
  const best = (branch: number): number => hulls[branch].at(-1)?.saved ?? 0
  const tags = fits.map(({ examples: { branch } }) => tagOf(branch.pc, branch.pcHigh))
  const alone = hulls.map((sizes, b) =>
    tags.some(
      (tag, other) => tag === tags[b] && (best(other) > best(b) || (best(other) === best(b) && other < b)),
    )
      ? []
      : sizes,
  )
  const steps = alone
    .flatMap((sizes) =>
      sizes.map((size, s) => {
        const slots = size.slots - (s === 0 ? 0 : sizes[s - 1].slots)
        return { size, slots, density: (size.saved - (s === 0 ? 0 : sizes[s - 1].saved)) / slots }
      }),
    )
    .toSorted((a, b) => b.density - a.density || a.size.branch - b.size.branch || a.size.slots - b.size.slots)
  const chosen = new Map<number, PathPoint>()
  const full = new Set<number>()
  let left = budgetSlots - 1
  for (const { size, slots } of steps) {
    if (full.has(size.branch)) continue
    if (slots > left) {
      full.add(size.branch)
      continue
    }
    left -= slots
    chosen.set(size.branch, size.point)
  }
  return [...chosen].map(([branch, point]) => ({ fit: fits[branch], point }))
}
