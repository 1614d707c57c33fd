/** TAGE's tagged entries: banks that all active components of a group share. */
import type { TageParameters } from "./parameters.ts"

/**
 * An entry is its tag above a 3-bit counter; the counter is stored plus 4, so that bit 2 is its direction and 3 and 4 are
 * its weak values. There is no valid bit: an untouched entry has tag 0 and is weakly taken.
 */
export const initialEntry = 4

export interface TaggedComponents {
  /** The high group's banks, then the low group's. */
  readonly entries: Uint16Array
  readonly useful: Uint8Array
  /** First entry of the low group. */
  readonly lowStart: number
}

export const taggedComponents = ({ low, high, entryBits }: TageParameters): TaggedComponents => {
  const lowStart = high.banks << entryBits
  const total = lowStart + (low.banks << entryBits)
  return {
    entries: new Uint16Array(total).fill(initialEntry),
    useful: new Uint8Array(total),
    lowStart,
  }
}

/** Distance of an entry's counter from its centre: 1 (weak), 3, 5 or 7. */
export const strength = (entry: number): number => Math.abs(2 * (entry & 7) - 7)

/** An entry with its counter one step toward the outcome. */
export const stepped = (entry: number, taken: number): number =>
  taken === 1 ? ((entry & 7) === 7 ? entry : entry + 1) : (entry & 7) === 0 ? entry : entry - 1
