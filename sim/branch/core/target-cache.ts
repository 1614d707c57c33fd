/**
 * Targets of indirect jumps and calls by where the program came from: a tagged table indexed by the branch's address and a
 * hash of the last indirect targets.
 *
 * Source: Chang, Hao and Patt, "Target prediction for indirect jumps", ISCA 1997 (tagged target cache with path history).
 */

/** Bits that the history moves with each target: four targets stay in 16 bits and more of index. */
const historyShift = 4

export class TargetCache {
  readonly #mask: number
  /** Three words an entry: tag, target low, target high. */
  readonly #entries: Int32Array
  #history = 0

  /** @param entries a power of two; 0 leaves every branch to its last target */
  constructor(entries: number) {
    this.#mask = entries - 1
    this.#entries = new Int32Array(3 * entries).fill(-1)
  }

  /**
   * Looks an indirect branch up and stores where it went. Right if the cache knew it or, where the cache had no entry, if
   * `lastTargetWasRight`.
   */
  predicts(pc: number, target: number, targetHigh: number, lastTargetWasRight: boolean): boolean {
    const entries = this.#entries
    if (entries.length === 0) return lastTargetWasRight
    const at = ((pc ^ (pc >>> 2) ^ this.#history) & this.#mask) * 3
    const known = entries[at] === pc
    const right = known ? entries[at + 1] === target && entries[at + 2] === targetHigh : lastTargetWasRight
    entries[at] = pc
    entries[at + 1] = target
    entries[at + 2] = targetHigh
    this.#history = (this.#history << historyShift) ^ (target >>> 2) ^ (target >>> 12)
    return right
  }
}
