/**
 * BATAGE's pair of three-bit counters, of the times an entry saw its branch not taken (c0, low bits of a state) and taken
 * (c1, high bits): what a state says and where it goes, by table. Source: Michaud 2018, section 4.
 */

const states = 64

const tabulated = (of: (notTaken: number, taken: number) => number): Int8Array =>
  Int8Array.from({ length: states }, (_, state) => of(state & 7, state >> 3))

const state = (notTaken: number, taken: number): number => notTaken | (taken << 3)

/** The misprediction rate that a state stands for: (1 + the lesser) ÷ (2 + both). */
const misses = (notTaken: number, taken: number): number => 1 + Math.min(notTaken, taken)
const occurrences = (notTaken: number, taken: number): number => 2 + notTaken + taken

/** -1 not taken, 1 taken, 0 undecided. */
export const directionOf = tabulated((notTaken, taken) => Math.sign(taken - notTaken))

/** 2 where the rate is below a third, 1 at a third, 0 above. */
export const confidenceOf = tabulated(
  (notTaken, taken) => 1 + Math.sign(occurrences(notTaken, taken) - 3 * misses(notTaken, taken)),
)

/** 1 where the rate is below a sixth. */
export const isVeryConfident = tabulated((notTaken, taken) =>
  6 * misses(notTaken, taken) < occurrences(notTaken, taken) ? 1 : 0,
)

/** The greater counter is one less. */
export const decayed = tabulated((notTaken, taken) =>
  state(notTaken > taken ? notTaken - 1 : notTaken, taken > notTaken ? taken - 1 : taken),
)

/** At 2 × state + outcome: that outcome's counter is one more or, if it is full, the other one less. */
export const stepped = Int8Array.from({ length: 2 * states }, (_, i) => {
  const notTaken = (i >> 1) & 7
  const taken = i >> 4
  if ((i & 1) === 1) return taken < 7 ? state(notTaken, taken + 1) : state(Math.max(0, notTaken - 1), taken)
  return notTaken < 7 ? state(notTaken + 1, taken) : state(notTaken, Math.max(0, taken - 1))
})
