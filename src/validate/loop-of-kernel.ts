/** Which of the built-in loops a kernel of a network spends its time in. */

const pixelTiles: Readonly<Record<string, string>> = {
  "16×1": "paper-16x1-pipelined",
  "16×2": "paper-16x2",
  "16×4": "paper-16x4",
  "32×1": "spmm-32x1-pipelined",
  "32×2": "spmm-32x2",
  "32×4": "spmm-32x4",
}

/** Name of the loop that a kernel spends its time in; undefined where there is no text of it. */
export const loopOfKernel = (kernel: string): string | undefined => {
  const tile = /(\d+×\d+)$/.exec(kernel)?.[1]
  if (tile === undefined) return undefined
  if (kernel.startsWith("sparse ")) return pixelTiles[tile]
  return /GEMM/.test(kernel) ? `gemm-${tile.replace("×", "x")}` : undefined
}
