/** Which patterns the array engine runs exactly, and with which masks; the others are refused, never approximated. */
import { UnsupportedError } from "../../../arch/errors.ts"
import type { PrunedOperand } from "../../training-method.ts"
import { formatNmPattern } from "../nm-pattern.ts"
import { formatPattern } from "./pattern-text.ts"
import type { SparsityPattern } from "./sparsity-pattern.ts"

/** Why masks of blocks cannot be made this way; undefined where they can. */
const obstacle = ({ tensor, mask }: PrunedOperand): string | undefined => {
  switch (mask) {
    case "fixed":
      return undefined
    case "magnitude":
      return tensor === "weight"
        ? undefined
        : `${tensor === "gradient" ? "gradients" : "activations"} are pruned while they stream in, and a block's score is known only after the last of its elements`
    case "transposable":
      return "a transposable mask is found in M × M blocks of single elements, and none is known that keeps whole blocks or columns along both axes"
    case "nested":
      return "a mask nested in that of FF must keep N of what FF kept along the other axis, where blocks and columns of the two axes do not line up"
    case "unbiased":
      return "the unbiased estimator is of N single elements of M, and none is known of blocks"
  }
}

/**
 * Refuses what an array of temporal N:M processing elements cannot do. Its selector takes any N of M, so it runs every pattern
 * whose rows all keep the same number: density-bound, V:N:M and hierarchical as the N:M patterns that they are special cases
 * of, with that pattern's groups delivered and no gain from the extra structure. A training step makes its masks on the
 * machine: `masks` says how, and blocks allow fewer ways than single elements. Rows of different N would drift apart in an
 * array that moves in step.
 *
 * @throws UnsupportedError
 */
export const checkRunnable = (pattern: SparsityPattern, masks: readonly PrunedOperand[]): void => {
  if (!("kind" in pattern) || pattern.kind === "bounded") return
  const text = formatPattern(pattern)
  if (pattern.kind === "row-wise") {
    throw new UnsupportedError({
      message: `${text}: rows with an N of their own need an array that packs rows, and array machines move all rows in step`,
      remedy: `Take N:M (for example 2:${Math.max(4, pattern.m)}), dbbN:M, vV:N:M or N0:M0xN1:M1.`,
    })
  }
  const reason = masks.map(obstacle).find((found) => found !== undefined)
  if (reason === undefined) return
  throw new UnsupportedError({
    message: `${text} in this training method: ${reason}`,
    remedy: `Take ${formatNmPattern(pattern)} or dbb${formatNmPattern(pattern)}, or a method that prunes weights by magnitude (sr-ste, bdwp, fst).`,
  })
}
