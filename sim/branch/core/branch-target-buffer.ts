/** The branch target buffer: the last target of taken branches, set-associative, least recently used out first. */

export interface TargetBufferSize {
  readonly entries: number
  readonly ways: number
}

/** What the buffer knew of a branch: nothing, another target than the one it went to, or that one. */
export const UNKNOWN_TARGET = 0
export const WRONG_TARGET = 1
export const RIGHT_TARGET = 2

export class BranchTargetBuffer {
  readonly #ways: number
  readonly #setMask: number
  /** Four words an entry, the most recently used entry of a set first: address low, high, target low, high. */
  readonly #entries: Int32Array

  /** @param size entries ÷ ways must be a power of two */
  constructor({ entries, ways }: TargetBufferSize) {
    this.#ways = ways
    this.#setMask = entries / ways - 1
    // No branch is at address −1 with target −1, so an empty entry never matches a branch that was not stored.
    this.#entries = new Int32Array(4 * entries).fill(-1)
  }

  /** Looks a taken branch up, and stores where it went. */
  taken(pc: number, pcHigh: number, target: number, targetHigh: number): number {
    const entries = this.#entries
    const first = ((pc ^ (pc >>> 2)) & this.#setMask) * this.#ways * 4
    const last = first + (this.#ways - 1) * 4
    let at = first
    while (at < last && (entries[at] !== pc || entries[at + 1] !== pcHigh)) at += 4
    let known = UNKNOWN_TARGET
    if (entries[at] === pc && entries[at + 1] === pcHigh) {
      known = entries[at + 2] === target && entries[at + 3] === targetHigh ? RIGHT_TARGET : WRONG_TARGET
    }
    if (at !== first) entries.copyWithin(first + 4, first, at)
    entries[first] = pc
    entries[first + 1] = pcHigh
    entries[first + 2] = target
    entries[first + 3] = targetHigh
    return known
  }
}
