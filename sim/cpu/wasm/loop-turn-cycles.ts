/** Cycles of one turn of an innermost loop that finds its data in L1. */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import type { LoopProfile } from "../../../dataflows/kernel/loop-profile.ts"

/** What holds a turn up. */
export interface TurnBounds {
  /** Cycles to issue its instructions, or to run its vector arithmetic. */
  readonly issue: number
  /** Cycles of the slowest chain from turn to turn. */
  readonly chain: number
}

/**
 * When more vectors are alive than there are registers, as many values are stored and loaded every turn, and an accumulator among
 * them waits for its own store.
 */
export const turnBounds = (profile: LoopProfile, numbers: WasmNumbers): TurnBounds => {
  const spilled = Math.max(0, profile.liveVectors - numbers.vectorRegisters)
  const issue = (profile.instructions + 2 * spilled) / numbers.issueWidth
  const vector = (profile.multiplies + profile.additions) / numbers.vectorWidth
  // Spilled accumulators beyond the first have chains of their own, which run side by side.
  const chain = numbers.addLatency + (spilled > 0 ? numbers.spillLatency : 0)
  return { issue: Math.max(issue, vector), chain }
}

/** Cycles of one turn of a loop that goes on for long. */
export const loopTurnCycles = (profile: LoopProfile, numbers: WasmNumbers): number => {
  const { issue, chain } = turnBounds(profile, numbers)
  return Math.max(issue, chain)
}

/**
 * Cycles of a loop of `turns`: an out-of-order core begins what comes after it while its chain still runs, which hides some of the
 * chain, but issues every turn.
 */
export const loopCycles = ({ issue, chain }: TurnBounds, turns: number, hidden: number): number =>
  Math.max(turns * issue, turns * chain - hidden)
