/**
 * Control that travels with operands and sums: one int32 a register, zero for a bubble. Operands that meet in a
 * processing element must carry the same step, or the skew of the edges is wrong.
 */

/** Nothing in this register. */
export const BUBBLE = 0
/** The data are elements of the product, not the idle edge of a fold that does not fill the array. */
export const LIVE = 1
/** First and last kept step of an output's reduction. */
export const FIRST = 2
export const LAST = 4
/** The dense operand's next whole group comes with this step. */
export const NEW_GROUP = 8
const VALID = 16

const SLOT_SHIFT = 5
const SLOT_MASK = 0xff
const STEP_SHIFT = 13
const STEP_MASK = 0x3_ffff

/** Outputs that one processing element can hold: what the slot field counts to. */
export const MAX_INTERLEAVE = SLOT_MASK + 1

/** A token of reduction or stream step `step` (kept modulo 2^18) for output slot `slot`. */
export const tokenOf = (step: number, slot: number, flags: number): number =>
  VALID | flags | (slot << SLOT_SHIFT) | ((step & STEP_MASK) << STEP_SHIFT)

export const slotOf = (token: number): number => (token >> SLOT_SHIFT) & SLOT_MASK

/** Bits that differ between two tokens of the same step and slot: none. */
export const disagreement = (a: number, b: number): number => (a ^ b) & ~LIVE

/** A defect of the stepper itself, never of its input. */
export const misaligned = (where: string): Error =>
  new Error(`Two different steps met in ${where}: the skew of the array's edges is wrong.`)
