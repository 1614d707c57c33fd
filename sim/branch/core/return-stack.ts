/**
 * The return address stack: the last calls, a circular buffer that forgets the oldest. Traces do not say how long a call
 * instruction is, so a return is right when it lands within the longest instruction behind the call that it pops.
 */

/** Bytes of the longest instruction of any instruction set read here (x86). */
const longestInstruction = 15

/** 2^32: what one unit of a high half is worth. */
const halfWorth = 4_294_967_296

export class ReturnStack {
  readonly #low: Int32Array
  readonly #high: Int32Array
  #top = 0
  #held = 0

  constructor(entries: number) {
    this.#low = new Int32Array(entries)
    this.#high = new Int32Array(entries)
  }

  call(pc: number, pcHigh: number): void {
    const capacity = this.#low.length
    if (capacity === 0) return
    this.#low[this.#top] = pc
    this.#high[this.#top] = pcHigh
    this.#top = this.#top + 1 === capacity ? 0 : this.#top + 1
    if (this.#held < capacity) this.#held++
  }

  /** Pops; true when the popped call is the one that a return to `target` belongs to. */
  returns(target: number, targetHigh: number): boolean {
    if (this.#held === 0) return false
    this.#held--
    this.#top = this.#top === 0 ? this.#low.length - 1 : this.#top - 1
    const behind =
      (target >>> 0) - (this.#low[this.#top] >>> 0) + ((targetHigh - this.#high[this.#top]) | 0) * halfWorth
    return behind > 0 && behind <= longestInstruction
  }
}
