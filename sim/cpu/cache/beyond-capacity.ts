/** Share of what is used again that a cache no longer holds. */

/** Steepness of the edge: physical pages fall anywhere, and neighbours share the cache. Assumed. */
const steepness = 4

/** 0 for a set far smaller than the cache, one half for one as large, 1 far beyond. */
export const beyondCapacity = (workingBytes: number, cacheBytes: number): number => {
  const x = (workingBytes / cacheBytes) ** steepness
  return Number.isFinite(x) ? x / (1 + x) : 1
}
