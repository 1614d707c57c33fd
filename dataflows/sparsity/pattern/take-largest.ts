/** Marks the largest of a few scores. */

/** Sets `taken[j]` to 1 for the `keep` largest of `scores[0..size)`, ties to the lower index, and to 0 for the others. */
export const takeLargest = (scores: Float64Array, size: number, keep: number, taken: Uint8Array): void => {
  taken.fill(0, 0, size)
  for (let k = 0; k < Math.min(keep, size); k += 1) {
    let best = -1
    for (let j = 0; j < size; j += 1) {
      if (taken[j] === 0 && (best === -1 || scores[j] > scores[best])) best = j
    }
    taken[best] = 1
  }
}
