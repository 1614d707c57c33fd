/** A set-associative cache of lines under least-recently-used replacement, stepped access by access. */

export interface CacheShape {
  readonly sets: number
  readonly ways: number
}

/** Answers whether a line was there, and makes it the most recently used of its set. */
export type LineCache = (line: number) => boolean

export const lineCache = ({ sets, ways }: CacheShape): LineCache => {
  // Lines of a set from the most to the least recently used.
  const held = new Float64Array(sets * ways).fill(-1)
  return (line) => {
    const first = (line % sets) * ways
    const end = first + ways
    let at = first
    while (at < end && held[at] !== line) at += 1
    const hit = at < end
    for (let to = hit ? at : end - 1; to > first; to -= 1) held[to] = held[to - 1]
    held[first] = line
    return hit
  }
}
