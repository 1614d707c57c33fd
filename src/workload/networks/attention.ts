/** The part of attention that has no weights. */
import type { LayerList } from "./layer-list.ts"

export interface AttentionShape {
  readonly heads: number
  readonly headFeatures: number
  /** Tokens that attend. */
  readonly queries: number
  /** Tokens attended to. */
  readonly keys: number
}

/**
 * Scores Q·Kᵀ, softmax over the keys and context P·V, one of each a head. A causal mask saves nothing here: all
 * queries × keys products are counted, as dense kernels compute them.
 */
export const appendAttention = (list: LayerList, id: string, shape: AttentionShape): void => {
  const { heads, headFeatures, queries, keys } = shape
  list.matMul(`${id}.scores`, heads, queries, keys, headFeatures)
  list.softmax(`${id}.softmax`, heads * queries * keys)
  list.matMul(`${id}.context`, heads, queries, headFeatures, keys)
}
