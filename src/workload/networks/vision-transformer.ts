/** Vision transformers on 16×16 patches: ViT-S/16 and ViT-B/16. */
import { appendAttention } from "./attention.ts"
import { rgbImage } from "./image.ts"
import { type LayerList, pixelsAsTokens, type Tokens } from "./layer-list.ts"
import type { ImageNetwork } from "./network-entry.ts"

const patch = 16
const blocks = 12

/** Normalisation first, then attention; normalisation, then the two-layer perceptron; each with a shortcut. */
const encoderBlock = (list: LayerList, id: string, input: Tokens, heads: number): void => {
  const { tokens, features } = input
  list.layerNorm(`${id}.norm1`, input)
  list.biasedLinear(`${id}.attention.qkv`, input, 3 * features)
  appendAttention(list, `${id}.attention`, {
    heads,
    headFeatures: features / heads,
    queries: tokens,
    keys: tokens,
  })
  list.biasedLinear(`${id}.attention.projection`, input, features)
  list.add(`${id}.add1`, input)
  list.layerNorm(`${id}.norm2`, input)
  const hidden = list.biasedLinear(`${id}.mlp.fc1`, input, 4 * features)
  list.activation(`${id}.mlp.gelu`, hidden, "gelu")
  list.biasedLinear(`${id}.mlp.fc2`, hidden, features)
  list.add(`${id}.add2`, input)
}

const visionTransformer = (letter: string, word: string, features: number, heads: number): ImageNetwork => ({
  kind: "image",
  id: `vit-${letter}16`,
  aliases: [`vit${word}16`, `vit${word}patch16`, `vit${letter}patch16`],
  title: `ViT-${letter.toUpperCase()}/16`,
  source: "Dosovitskiy et al. 2020, arXiv 2010.11929; ViT-S: Touvron et al. 2020, arXiv 2012.12877",
  inputs: ["imagenet"],
  patch,
  appendLayers: (list, shape) => {
    const patchShape = { kernel: patch, stride: patch, pad: 0 }
    const patches = list.biasedConv("patch_embedding", rgbImage(shape), features, patchShape)
    const tokens = { tokens: pixelsAsTokens(patches).tokens + 1, features }
    // One position vector a token, and the class token itself.
    list.addTables("position_embedding", tokens, 2, tokens.tokens * features + features)
    for (let index = 0; index < blocks; index++) encoderBlock(list, `block${index}`, tokens, heads)
    list.layerNorm("norm", tokens)
    list.biasedLinear("head", { tokens: 1, features }, shape.classes)
  },
})

export const vitS16 = visionTransformer("s", "small", 384, 6)
export const vitB16 = visionTransformer("b", "base", 768, 12)
