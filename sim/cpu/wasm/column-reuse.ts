/** How often a column of activations is still in a set-associative cache when the next row needs it. */

/** Lines that fall into each set when `channels` pieces of `pieceBytes`, `strideBytes` apart, are read. */
export const linesPerSet = (
  channels: number,
  pieceBytes: number,
  strideBytes: number,
  cache: { readonly sets: number; readonly lineBytes: number },
): Int32Array => {
  const lines = new Int32Array(cache.sets)
  let last = -1
  for (let c = 0; c < channels; c += 1) {
    const start = c * strideBytes
    const end = Math.floor((start + pieceBytes - 1) / cache.lineBytes)
    for (let line = Math.floor(start / cache.lineBytes); line <= end; line += 1) {
      if (line > last) lines[line % cache.sets] += 1
      last = Math.max(last, line)
    }
  }
  return lines
}

/** Above this many rows without a use, what is left of the sum is below the model's precision. */
const tail = 1e-3

/**
 * Share of reads that miss a set of `ways` lines under least-recently-used replacement, when `lines` of it are each read with
 * chance `density` a row, in the same order every row, while `streamLines` others pass through the set each row.
 *
 * A line unused for G rows (chance density (1 − density)^(G−1)) is still there if the lines used since, on average
 * (lines − 1)(1 − (1 − density)^G) + G × streamLines, are fewer than the ways. Derived; the spread about the average, a
 * binomial's, is taken as a logistic of the same deviation.
 */
export const missShare = (lines: number, ways: number, density: number, streamLines: number): number => {
  if (lines === 0 || density === 0) return 0
  let left = 1
  let misses = 0
  while (left > tail) {
    const rows = Math.log(left) / Math.log1p(-Math.min(density, 1 - 1e-9)) + 1
    const used = 1 - left * (1 - density)
    const others = (lines - 1) * used
    const expected = others + rows * streamLines
    const deviation = Math.sqrt(others * (1 - used) + rows * streamLines + 0.1)
    misses += left * density * (1 / (1 + Math.exp((1.7 * (ways - 0.5 - expected)) / deviation)))
    left *= 1 - density
  }
  return misses
}
