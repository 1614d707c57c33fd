/** A share of zeros as text: "90%", or in blocks of output channels that share them, "90%/4x1". */
import type { ChannelBlock, WeightSparsity } from "../../sim/cpu/network/weight-sparsity.ts"

const blocks: Readonly<Record<string, ChannelBlock>> = { "": 1, "/2x1": 2, "/4x1": 4 }

/** Undefined for what is no share above 0 and below 100 %. */
export const parseUnstructured = (text: string): WeightSparsity | undefined => {
  const match = /^(\d{1,3}(?:\.\d+)?)%(.*)$/.exec(text.trim())
  if (match === null) return undefined
  const [zeros, block] = [Number(match[1]) / 100, blocks[match[2] ?? ""]]
  return zeros > 0 && zeros < 1 && block !== undefined ? { zeros, block } : undefined
}
