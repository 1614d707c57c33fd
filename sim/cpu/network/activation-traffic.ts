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

/** What caches behind L1 deliver, bytes. */
export interface CacheReads {
  /** From a core's own second cache; 0 where there is none. */
  readonly l2Read: number
  readonly lastCacheRead: number
}

/**
 * `beyondL1` bytes that L1 asks for, of which `streamed` come in streams too long for a second cache. Activations are in it as far
 * as those of the operator fit, as in the last cache.
 */
export const cacheReads = (
  beyondL1: number,
  streamed: number,
  input: number,
  output: number,
  { caches }: CoreRates,
): CacheReads => {
  const [own, last] = caches.behind
  if (last === undefined) return { l2Read: 0, lastCacheRead: beyondL1 }
  const both = input + output
  const share = both === 0 ? 0 : Math.max(0, both - own.capacityBytes) / both
  return { l2Read: beyondL1, lastCacheRead: Math.min(beyondL1, streamed + input * share) }
}

/** Cycles of the transfers that the core waits for. */
export const waited = (
  weights: number,
  { activationsRead, activationsWritten }: ActivationTraffic,
  rates: CoreRates,
): number => ((weights + activationsRead + activationsWritten) / rates.dram) * rates.library.exposedMemory
