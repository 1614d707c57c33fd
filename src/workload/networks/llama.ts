/** LLaMA-7B (LLaMA-2-7B has the same shapes): the whole network, or its blocks alone. */
import { appendAttention } from "./attention.ts"
import type { LayerList } from "./layer-list.ts"
import type { DecoderNetwork, DecoderShape } from "./network-entry.ts"

const features = 4096
const heads = 32
const hidden = 11_008
const vocabulary = 32_000

const decoderBlock = (list: LayerList, id: string, { queries, keys }: DecoderShape): void => {
  const tokens = { tokens: queries, features }
  list.rmsNorm(`${id}.norm1`, tokens)
  for (const name of ["query", "key", "value"]) list.linear(`${id}.attention.${name}`, tokens, features)
  list.rotatePositions(`${id}.attention.rope`, tokens)
  appendAttention(list, `${id}.attention`, { heads, headFeatures: features / heads, queries, keys })
  list.linear(`${id}.attention.output`, tokens, features)
  list.add(`${id}.add1`, tokens)
  list.rmsNorm(`${id}.norm2`, tokens)
  const gate = list.linear(`${id}.feedforward.gate`, tokens, hidden)
  list.activation(`${id}.feedforward.silu`, gate, "silu")
  const up = list.linear(`${id}.feedforward.up`, tokens, hidden)
  list.multiply(`${id}.feedforward.mul`, up)
  list.linear(`${id}.feedforward.down`, up, features)
  list.add(`${id}.add2`, tokens)
}

const appendBlocks = (list: LayerList, shape: DecoderShape): void => {
  for (let index = 0; index < shape.blocks; index++) decoderBlock(list, `block${index}`, shape)
}

const source = "Touvron et al. 2023, arXiv 2302.13971"
const defaultTokens = 2048

export const llama7b: DecoderNetwork = {
  kind: "decoder",
  id: "llama-7b",
  aliases: ["llama", "llama17b", "llama27b"],
  title: "LLaMA-7B",
  source,
  defaultTokens,
  defaultBlocks: 32,
  appendLayers: (list, shape) => {
    const tokens = list.embedding("embedding", { tokens: shape.queries, features }, vocabulary)
    appendBlocks(list, shape)
    list.rmsNorm("norm", tokens)
    // Logits of every token, as training and evaluation need them.
    list.linear("head", tokens, vocabulary)
  },
}

/** For studies of one block: no embedding, no output head. */
export const llama7bBlock: DecoderNetwork = {
  kind: "decoder",
  id: "llama-7b-block",
  aliases: ["llamablock", "llama27bblock"],
  title: "LLaMA-7B block",
  source,
  defaultTokens,
  defaultBlocks: 1,
  appendLayers: appendBlocks,
}
