/** What of an operator's activations goes through DRAM. */
import type { CoreRates } from "./core-rates.ts"

export interface ActivationTraffic {
  readonly activationsRead: number
  readonly activationsWritten: number
}

/**
 * Bytes of activations that go to DRAM: what of input and output together exceeds the last cache, which keeps the rest from
 * the operator before and for the one after. Assumed; no counter of such a network is published.
 */
export const missing = (input: number, output: number, { lastCache }: CoreRates): ActivationTraffic => {
  const both = input + output
  const share = both === 0 ? 0 : Math.max(0, both - lastCache) / both
  return { activationsRead: input * share, activationsWritten: output * share }
}

/** Cycles of the transfers that the core waits for. */
export const waited = (
  weights: number,
  { activationsRead, activationsWritten }: ActivationTraffic,
  rates: CoreRates,
): number => ((weights + activationsRead + activationsWritten) / rates.dram) * rates.library.exposedMemory
