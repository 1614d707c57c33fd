/**
 * The last outcomes of conditional branches, packed: position 0 is the newest, and position p stands in bit p mod 32 of
 * word p div 32. Positions that nothing has reached yet hold 0.
 */

/** Positions in a word. */
export const wordBits = 32

/** Outcomes of the global history; the paper's online mode states 512 (arXiv 2207.14033). */
export const globalPositions = 512
export const globalWords = globalPositions / wordBits

/** Moves `words` [at, at + count) on by one outcome; the oldest falls out. */
export const pushOutcome = (words: Int32Array, at: number, count: number, outcome: number): void => {
  for (let k = at + count - 1; k > at; k--) words[k] = (words[k] << 1) | (words[k - 1] >>> 31)
  words[at] = (words[at] << 1) | outcome
}

/** Outcome at a position of the window that starts at word `at`: 0 or 1. */
export const outcomeAt = (words: Int32Array, at: number, position: number): number =>
  (words[at + (position >> 5)] >>> (position & 31)) & 1
