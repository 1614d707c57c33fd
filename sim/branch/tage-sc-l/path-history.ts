/** Address bits of the last branches, and the count of history bits, as the index hashes and the generator read them. */

export interface PathHistory {
  /** Newest branch in the low bits. */
  bits: number
  /** Minus the history bits inserted so far, in 32 bits. */
  position: number
}

/**
 * How the path history takes part in the index of a pair: its low bits against the higher ones, rotated by the pair's
 * number for the first pairs. The rotations add where others would XOR, carries included.
 * @param bits the newest bits of path, as many as the pair looks back, at most 27
 * @param component the odd component 2p - 1
 */
export const pathMix = (bits: number, component: number, entryBits: number): number => {
  const mask = (1 << entryBits) - 1
  const low = bits & mask
  const high = bits >> entryBits
  if (component >= entryBits) return low ^ high
  const back = entryBits - component
  const mixed = low ^ (((high << component) & mask) + (high >> back))
  return ((mixed << component) & mask) + (mixed >> back)
}
