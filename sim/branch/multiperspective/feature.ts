/** What a multiperspective perceptron can look at: each feature is a hash of one kind of history, a table and a coefficient. */

/**
 * How a feature hashes. "Path" is low bits of the addresses of past branches, "outcomes" their directions; both of every class.
 * - `outcomes`: global history from age `from` to `to`, as a sum of blocks.
 * - `path`: addresses of the last `depth` branches, each shifted `shift` bits beyond the one before.
 * - `outcomes-and-path`: the same with the outcome as the lowest bit of each.
 * - `outcomes-and-path-bit`: one address bit XOR the outcome of each of the last `depth` branches, as an XOR of blocks.
 * - `modulo-…`: only branches whose hashed address is a multiple of `modulus`.
 * - `recency`: addresses of the last `depth` different branches; `recency-position`: where among them the branch itself is.
 * - `acyclic`: the last outcome of the branches in each of `size` classes of hashed addresses.
 * - `blurry-path`: the last `depth` regions of 2^`scale` bytes that branches lay in.
 * - `local`: the branch's own outcomes. `loop-iterations`: see `LoopCounter`.
 */
export type Perspective =
  | { readonly kind: "outcomes"; readonly from: number; readonly to: number }
  | { readonly kind: "path"; readonly depth: number; readonly shift: number }
  | { readonly kind: "outcomes-and-path"; readonly depth: number; readonly shift: number }
  | { readonly kind: "outcomes-and-path-bit"; readonly depth: number; readonly bit: number }
  | { readonly kind: "modulo-outcomes"; readonly modulus: number; readonly depth: number }
  | { readonly kind: "modulo-path"; readonly modulus: number; readonly depth: number; readonly shift: number }
  | {
      readonly kind: "modulo-outcomes-and-path"
      readonly modulus: number
      readonly depth: number
      readonly shift: number
    }
  | { readonly kind: "recency"; readonly depth: number; readonly shift: number }
  | { readonly kind: "recency-position"; readonly depth: number }
  | { readonly kind: "acyclic"; readonly size: number }
  | { readonly kind: "blurry-path"; readonly scale: number; readonly depth: number }
  | { readonly kind: "local" }
  | { readonly kind: "loop-iterations"; readonly counter: LoopCounter }

/**
 * `backward-taken` counts taken backward branches since the last one that was not taken; `forward-not-taken` counts forward
 * branches not taken since the last one that was.
 */
export type LoopCounter = "backward-taken" | "forward-not-taken"

export interface Feature {
  readonly perspective: Perspective
  /** What the feature's weights count for in the sum. */
  readonly coefficient: number
  /** Weights of its table; left out, an equal share of what the budget leaves. */
  readonly entries?: number
  /** Hashed into the index beside the perspective. */
  readonly mixedWith?: LoopCounter | "recency-position"
}
