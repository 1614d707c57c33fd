/** Cycles of one turn of an innermost loop that finds its data in L1. */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import type { LoopProfile } from "../../../dataflows/kernel/loop-profile.ts"

/**
 * The longer of issuing the instructions and of the chain through an accumulator. When more vectors are alive than there are
 * registers, as many values are stored and loaded every turn, and an accumulator among them waits for its own store.
 */
export const loopTurnCycles = (profile: LoopProfile, numbers: WasmNumbers): number => {
  const spilled = Math.max(0, profile.liveVectors - numbers.vectorRegisters)
  const issue = (profile.instructions + 2 * spilled) / numbers.issueWidth
  const chain = numbers.addLatency + (spilled > 0 ? numbers.spillLatency : 0)
  // Spilled accumulators beyond the first have chains of their own, which run side by side.
  return Math.max(issue, chain)
}
