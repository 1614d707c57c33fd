/** Dense weights of a pointwise layer in panels of 8 output channels: 8 biases, then 8 values for each input channel. */

/** Output channels of a panel: two vectors. */
export const panelColumns = 8

/** Packs `weights` (cout × cin, row major); channels beyond the last are zero. */
export const packDenseWeights = (
  weights: Float32Array,
  bias: Float32Array,
  shape: { readonly cin: number; readonly cout: number },
): Float32Array => {
  const { cin, cout } = shape
  const panels = Math.ceil(cout / panelColumns)
  const packed = new Float32Array(panels * panelColumns * (cin + 1))
  for (let row = 0; row < cout; row += 1) {
    const lane = row % panelColumns
    const start = ((row - lane) / panelColumns) * panelColumns * (cin + 1)
    packed[start + lane] = bias[row]
    for (let k = 0; k < cin; k += 1) packed[start + (k + 1) * panelColumns + lane] = weights[row * cin + k]
  }
  return packed
}
