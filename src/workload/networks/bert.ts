/** BERT-base: the encoder and its pooler, without a task head. */
import { appendAttention } from "./attention.ts"
import type { LayerList, Tokens } from "./layer-list.ts"
import type { EncoderNetwork } from "./network-entry.ts"

const features = 768
const heads = 12
const blocks = 12
const vocabulary = 30_522
const positions = 512
const segments = 2

const appendEmbeddings = (list: LayerList, tokens: Tokens): void => {
  list.embedding("embeddings.word", tokens, vocabulary)
  list.embedding("embeddings.position", tokens, positions)
  list.embedding("embeddings.segment", tokens, segments)
  list.addTables("embeddings.add", tokens, 3, 0)
  list.layerNorm("embeddings.norm", tokens)
}

const encoderBlock = (list: LayerList, id: string, input: Tokens): void => {
  for (const name of ["query", "key", "value"]) list.biasedLinear(`${id}.attention.${name}`, input, features)
  appendAttention(list, `${id}.attention`, {
    heads,
    headFeatures: features / heads,
    queries: input.tokens,
    keys: input.tokens,
  })
  list.biasedLinear(`${id}.attention.output`, input, features)
  list.add(`${id}.add1`, input)
  list.layerNorm(`${id}.norm1`, input)
  const hidden = list.biasedLinear(`${id}.feedforward.up`, input, 4 * features)
  list.activation(`${id}.feedforward.gelu`, hidden, "gelu")
  list.biasedLinear(`${id}.feedforward.down`, hidden, features)
  list.add(`${id}.add2`, input)
  list.layerNorm(`${id}.norm2`, input)
}

export const bertBase: EncoderNetwork = {
  kind: "encoder",
  id: "bert-base",
  aliases: ["bert", "bertbaseuncased"],
  title: "BERT-base",
  source: "Devlin et al. 2018, arXiv 1810.04805, as in Hugging Face bert-base-uncased",
  defaultTokens: 128,
  maxTokens: positions,
  appendLayers: (list, sequence) => {
    const tokens = { tokens: sequence, features }
    appendEmbeddings(list, tokens)
    for (let index = 0; index < blocks; index++) encoderBlock(list, `block${index}`, tokens)
    // The pooler reads the first token only.
    const first = list.biasedLinear("pooler", { tokens: 1, features }, features)
    list.activation("pooler.tanh", first, "other")
  },
}
