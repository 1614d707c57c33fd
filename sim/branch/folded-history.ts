/**
 * Folds of long histories of outcomes: the XOR of their pieces, at a cost that the length has no part in.
 *
 * The fold of the newest L outcomes to W bits puts the outcome of age a (0 is the newest) at bit a mod W. The same bit, seen
 * from the beginning of time, is (t - q) mod W, t the outcomes so far and q the outcome's number. So the XOR C(t) of all outcomes up
 * to t, each at bit -q mod W, is enough: the fold is C(t) ^ C(t - L), rotated left by t mod W. Only C's last values are kept.
 * This equals the circular shift registers of hardware (Michaud, Seznec and Uhlig 1997), which move on once a branch and a length.
 */
import { pinned, pinnedZeros } from "./pinned-array.ts"

export interface FoldedHistory {
  /** C of width k at `sums[k * capacity + (time & (capacity - 1))]`; widths up to 16 are stored twice, side by side. */
  readonly sums: Int32Array
  readonly capacity: number
  /** At 0, the time modulo the capacity: where the newest C stands. At 1 + k, the time modulo width k. */
  readonly clock: Int32Array
  /** The newest C of width k at 1 + k. */
  readonly newest: Int32Array
  /** Appends one outcome, 0 or 1. */
  readonly push: (outcome: number) => void
}

/** @param widths from 1 to 30 bits, @param longest the greatest length that will be asked for */
export const foldedHistory = (widths: readonly number[], longest: number): FoldedHistory => {
  const count = widths.length
  const capacity = 2 ** Math.ceil(Math.log2(longest + 1))
  const last = capacity - 1
  const sums = pinnedZeros(count * capacity)
  const clock = pinnedZeros(1 + count)
  const newest = pinnedZeros(1 + count)
  const sizes = pinned(widths)
  const copies = pinned(widths.map((width) => (width <= 16 ? 1 | (1 << width) : 1)))
  return {
    sums,
    capacity,
    clock,
    newest,
    push: (outcome) => {
      const head = (clock[0] + 1) & last
      clock[0] = head
      for (let k = 0; k < count; k++) {
        const width = sizes[k]
        const phase = clock[1 + k] + 1
        clock[1 + k] = phase === width ? 0 : phase
        const sum = newest[1 + k] ^ (-outcome & (copies[k] << (width - phase)))
        newest[1 + k] = sum
        sums[k * capacity + head] = sum
      }
    },
  }
}
