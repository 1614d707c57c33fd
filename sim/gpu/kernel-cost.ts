/** One kernel launch as the trace writes it down, whatever model timed it. */

/** Counts of multiply-accumulates, as in the trace's component `ops`. */
export interface KernelOperations {
  readonly denseEquivalent: number
  readonly nonZero: number
  readonly useful: number
  /** What the multipliers were busy with: zeros that 2:4 skips are not, padding of tiles is. */
  readonly issued: number
}

export interface KernelCost {
  /** What ran, as a person would name it: "cuSPARSELt 2:4, tile 128×256". */
  readonly kernel: string
  /** Seconds from the launch before to the launch after. */
  readonly seconds: number
  /** Seconds of the tensor cores (of the vector units, in a kernel that multiplies nothing) by cause; they sum to `seconds`. */
  readonly account: Readonly<Record<string, number>>
  /** Seconds in which L2 and DRAM move data. */
  readonly l2Busy: number
  readonly dramBusy: number
  readonly bound: string
  readonly operations?: KernelOperations
  /** Energy-bearing and traffic counters: "component/action" → count. */
  readonly counts: Readonly<Record<string, number>>
  /** How thread blocks fall onto the board; absent in a kernel that is not tiled. */
  readonly grid?: {
    readonly blocks: number
    /** Blocks that the board holds at once: those of a whole wave. */
    readonly slots: number
    /** Times that the board is filled, the last time perhaps partly. */
    readonly waves: number
  }
  /** What the second best kernel of the catalogue would take. */
  readonly runnerUp?: { readonly kernel: string; readonly seconds: number }
}
