/** Share of a working set that a second-level cache cannot hold. */

/** Steepness of the edge: physical pages fall anywhere, and neighbours share the cache. Assumed. */
const steepness = 4

/** 0 for a set far smaller than the cache, one half for one as large, 1 far beyond. */
export const beyondL2 = (workingBytes: number, l2Bytes: number): number => {
  const x = (workingBytes / l2Bytes) ** steepness
  return x / (1 + x)
}
