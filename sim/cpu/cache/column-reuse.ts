/** How often a column of activations is still in a set-associative cache when the next row needs it. */

export interface CacheSets {
  readonly sets: number
  readonly lineBytes: number
}

/**
 * Lines that fall into each set when `channels` pieces of `pieceBytes`, `strideBytes` apart, are in use. `aheadBytes` beyond its
 * start, the line of a piece is asked for in advance: it is in use as well.
 */
export const linesPerSet = (
  channels: number,
  pieceBytes: number,
  strideBytes: number,
  { sets, lineBytes }: CacheSets,
  aheadBytes: readonly number[] = [],
): Int32Array => {
  const lines = new Int32Array(sets)
  let last = -1
  for (let c = 0; c < channels; c += 1) {
    const start = c * strideBytes
    const end = Math.floor((start + pieceBytes - 1) / lineBytes)
    for (let line = Math.floor(start / lineBytes); line <= end; line += 1) {
      if (line > last) lines[line % sets] += 1
      last = Math.max(last, line)
    }
    for (const ahead of aheadBytes) {
      const line = Math.floor((start + ahead) / lineBytes)
      if (line > last) lines[line % sets] += 1
      last = Math.max(last, line)
    }
  }
  return lines
}

/** Columns that equally many rows keep: their share of all columns, and the share of rows. */
export interface ColumnGroup {
  readonly share: number
  readonly density: number
}

/** Below this share of uses, what is left of the sum is beneath the model's precision. */
const tail = 1e-3

/**
 * Share of reads that miss a set of `ways` lines under least-recently-used replacement, when each of its `lines` is read by every
 * row with the chance of its group, in the same order every row, while `streamLines` others pass through the set each row.
 *
 * A line unused for G rows (chance density (1 − density)^(G−1)) is still there if the lines used since, on average
 * Σ of (1 − (1 − density)^G) over the others + G × streamLines, are fewer than the ways. Derived; the spread about the average, that
 * of independent columns, is taken as a logistic of the same deviation.
 */
export const missShare = (
  lines: number,
  ways: number,
  groups: readonly ColumnGroup[],
  streamLines: number,
): number => {
  const kept = groups.filter(({ share, density }) => share > 0 && density > 0)
  const uses = kept.reduce((sum, { share, density }) => sum + share * density, 0)
  if (lines === 0 || uses === 0) return 0
  /** Of each group, the share of its columns that went unused so far. */
  const left = kept.map(() => 1)
  let misses = 0
  for (let rows = 1; ; rows += 1) {
    let used = 0
    let returning = 0
    let waiting = 0
    let spread = 0
    for (let g = 0; g < kept.length; g += 1) {
      const { share, density } = kept[g]
      returning += share * density * density * left[g]
      left[g] *= 1 - density
      used += share * (1 - left[g])
      spread += share * left[g] * (1 - left[g])
      waiting += share * density * left[g]
    }
    const expected = (lines - 1) * used + rows * streamLines
    const deviation = Math.sqrt((lines - 1) * spread + rows * streamLines + 0.1)
    const lost = 1 / (1 + Math.exp((1.7 * (ways - 0.5 - expected)) / deviation))
    misses += returning * lost
    // Lines that come back later still are lost as surely.
    if (lost > 1 - tail) return (misses + waiting * lost) / uses
    if (waiting < tail * uses) return misses / uses
  }
}
