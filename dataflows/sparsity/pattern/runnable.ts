/** Which patterns the array engine runs exactly; the others are refused, never approximated. */
import { UnsupportedError } from "../../../arch/errors.ts"
import { formatNmPattern } from "../nm-pattern.ts"
import { formatPattern } from "./pattern-text.ts"
import type { SparsityPattern } from "./sparsity-pattern.ts"

/**
 * Refuses what an array of temporal N:M processing elements cannot do. Its selector takes any N of M, so it runs every pattern
 * whose rows all keep the same number: density-bound, and in inference V:N:M and hierarchical as the N:M patterns that they
 * are special cases of, with that pattern's groups delivered and no gain from the extra structure. Training needs masks made
 * on the machine, whose sorter picks the N largest of M and knows no blocks. Rows of different N would drift apart in an
 * array that moves in step.
 *
 * @throws UnsupportedError
 */
export const checkRunnable = (pattern: SparsityPattern, use: "inference" | "training"): void => {
  if (!("kind" in pattern) || pattern.kind === "bounded") return
  const text = formatPattern(pattern)
  if (pattern.kind === "row-wise") {
    throw new UnsupportedError({
      message: `${text}: rows with an N of their own need an array that packs rows, and array machines move all rows in step`,
      remedy: `Take N:M (for example 2:${Math.max(4, pattern.m)}), dbbN:M, or in inference vV:N:M or N0:M0xN1:M1.`,
    })
  }
  if (use === "training") {
    throw new UnsupportedError({
      message: `${text}: the mask generator of array machines picks the N largest of M and makes no masks of blocks, so a training step cannot use this pattern`,
      remedy: `Take ${formatNmPattern(pattern)} or dbb${formatNmPattern(pattern)}, or run inference.`,
    })
  }
}
