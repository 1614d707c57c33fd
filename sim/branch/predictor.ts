/**
 * What every predictor of conditional branches is: `predict` answers and changes nothing that a later answer depends on,
 * `train` learns a conditional branch's outcome, `track` follows history over every branch of the trace.
 */

import type { BranchBlock } from "./branch-block.ts"

/** A physical array or register of a predictor. Storage is the sum over them, bit by bit. */
export interface PredictorTable {
  readonly name: string
  readonly entries: number
  readonly bitsPerEntry: number
  /** Entries looked up for one predicted branch; 0 for a register that is simply there. */
  readonly readsPerPrediction: number
}

export interface BranchPredictor {
  readonly tables: readonly PredictorTable[]
  /**
   * Direction of the conditional branch at `pc`: 1 taken, 0 not. May keep what it computed for the `train` that follows;
   * two calls in a row agree.
   * @param pc bits 0 to 31 of the address, @param pcHigh bits 32 to 63, both signed
   * @param decoded what a decoder knows of the branch: `flags` as in `BranchBlock`, without TAKEN
   */
  predict(pc: number, pcHigh: number, decoded: number): number
  /** Learns the outcome (1 taken, 0 not) of the branch that was predicted last. Histories stay as they are. */
  train(pc: number, pcHigh: number, taken: number): void
  /** Moves the histories on by one branch of any class; `flags` as in `BranchBlock`. After `train` if conditional. */
  track(pc: number, pcHigh: number, target: number, targetHigh: number, flags: number): void
  /**
   * The whole of `drive` over a block, where a predictor is so simple that three calls a branch would cost more than it does. Equal to
   * them in every answer and in the state that is left.
   */
  run?(block: BranchBlock, missed: Uint8Array): number
  /** Entries written since the start, by table, in the order of `tables`. */
  writes(): readonly number[]
}

/** Bits that a predictor stores. */
export const storageBits = (tables: readonly PredictorTable[]): number =>
  tables.reduce((sum, { entries, bitsPerEntry }) => sum + entries * bitsPerEntry, 0)
