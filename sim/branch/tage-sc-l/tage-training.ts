/** How TAGE learns an outcome: choice between provider and alternate, allocation, counters, useful bits. */
import type { Allocation } from "./allocation.ts"
import type { BasePredictor } from "./base-predictor.ts"
import type { TageParameters } from "./parameters.ts"
import type { PseudoRandom } from "./pseudo-random.ts"
import { stepped, strength, type TaggedComponents } from "./tagged-components.ts"
import type { TageLookup } from "./tage-lookup.ts"

export interface TageTraining {
  /** Writes into tagged entries, into those of the low group among them, and into the alternate's choosers. */
  readonly written: { entries: number; low: number; choosers: number }
  /** @param final the whole predictor's answer */
  train(pc: number, final: number, taken: number): void
}

export const tageTraining = (
  { low, high, usefulBits }: TageParameters,
  { entries, useful, lowStart }: TaggedComponents,
  base: BasePredictor,
  { state, useAlternate }: TageLookup,
  { allocate }: Allocation,
  { draw }: PseudoRandom,
): TageTraining => {
  const components = 2 * (low.pairs + high.pairs)
  const maxUseful = 2 ** usefulBits - 1
  const twoUsefulBits = usefulBits === 2
  const written = { entries: 0, low: 0, choosers: 0 }

  const countWrite = (slot: number): void => {
    written.entries++
    if (slot >= lowStart) written.low++
  }

  const trainAlternate = (pc: number, taken: number): void => {
    if (state.alternate === 0) {
      base.train(pc, state.base, taken)
      return
    }
    const slot = state.alternateEntry
    const entry = entries[slot]
    const next = stepped(entry, taken)
    if (twoUsefulBits && (strength(entry) === 1 || strength(next) === 1)) useful[slot] = 0
    entries[slot] = next
    countWrite(slot)
  }

  return {
    written,
    train: (pc, final, taken) => {
      const { provider, longest, alternative, direction } = state
      const weak = provider > 0 && state.strength === 1
      let want = direction !== taken && provider < components
      if (weak) {
        if (longest === taken) want = false
        if (longest !== alternative) {
          const chooser = state.chooser
          const counter = useAlternate[chooser]
          if (alternative === taken) {
            if (counter < 15) useAlternate[chooser] = counter + 1
          } else if (counter > -16) useAlternate[chooser] = counter - 1
          written.choosers++
        }
      }
      if (final === taken && (draw() & 31) !== 0) want = false
      if (want) allocate(provider, taken)

      if (provider === 0) {
        base.train(pc, state.base, taken)
        return
      }
      if (weak && longest !== taken) trainAlternate(pc, taken)
      const slot = state.providerEntry
      if (twoUsefulBits && strength(entries[slot]) === 1) useful[slot] = 0
      const next = stepped(entries[slot], taken)
      entries[slot] = next
      countWrite(slot)
      if (strength(next) === 1) useful[slot] = 0
      if (longest !== taken) return
      if (longest !== alternative) {
        if (useful[slot] < maxUseful) useful[slot]++
      } else if (useful[slot] === 1 && state.alternate > 0 && strength(entries[state.alternateEntry]) === 7) {
        useful[slot] = 0
      }
    },
  }
}
