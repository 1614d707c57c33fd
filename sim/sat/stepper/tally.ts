/** What the stepper counts while it runs. */
import type { ArrayTiming } from "../array-timing.ts"
import type { BufferAccesses } from "../buffer-accesses.ts"
import type { Grid } from "./pipeline-registers.ts"

export interface Tally {
  cycles: number
  /** Cycles in which operands enter at the corner of the array. */
  busy: number
  /** Cycles in which the corner waits for a sum of its own. */
  accumulate: number
  /** Cycles in which nothing is left to enter, but something is still under way. */
  fillDrain: number
  stationaryLoad: number
  /** Elements read of the operand delivered in groups, and of the one delivered as kept values. */
  groupedReads: number
  keptReads: number
  cWrites: number
  cReads: number
  /** Most sums that leave one column in one cycle: words that its output link must be wide. */
  columnWritesPeak: number
  /** Per grid cell: cycles in which it multiplies elements of the product. */
  readonly cellBusy: Int32Array
}

export const newTally = ({ cells }: Grid): Tally => ({
  cycles: 0,
  busy: 0,
  accumulate: 0,
  fillDrain: 0,
  stationaryLoad: 0,
  groupedReads: 0,
  keptReads: 0,
  cWrites: 0,
  cReads: 0,
  columnWritesPeak: 0,
  cellBusy: new Int32Array(cells),
})

export interface StepperResult {
  /** C, m × n row-major. */
  readonly product: Float64Array
  readonly timing: ArrayTiming
  /** rows × cols: cycles in which each processing element multiplies elements of the product. */
  readonly peBusy: Int32Array
  readonly accesses: BufferAccesses
  /** Most sums that left one column in one cycle. */
  readonly columnWritesPeak: number
}

export const resultOf = (
  product: Float64Array,
  tally: Tally,
  { rows, cols, width }: Grid,
  keptOperand: "a" | "b",
): StepperResult => {
  const peBusy = new Int32Array(rows * cols)
  for (let r = 0; r < rows; r++) {
    const row = (r + 1) * width + 1
    peBusy.set(tally.cellBusy.subarray(row, row + cols), r * cols)
  }
  const { cycles, busy, fillDrain, stationaryLoad, accumulate } = tally
  const { groupedReads, keptReads, cWrites, cReads, columnWritesPeak } = tally
  return {
    product,
    timing: { cycles, busy, fillDrain, stationaryLoad, accumulate },
    peBusy,
    accesses: {
      aReads: keptOperand === "a" ? keptReads : groupedReads,
      bReads: keptOperand === "b" ? keptReads : groupedReads,
      cWrites,
      cReads,
    },
    columnWritesPeak,
  }
}
