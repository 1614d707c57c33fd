/**
 * Where TAGE puts a branch that it mispredicted: up to two entries of longer histories, unless all that are looked at are
 * useful; then time passes until useful bits decay.
 */
import type { TageParameters } from "./parameters.ts"
import type { PseudoRandom } from "./pseudo-random.ts"
import { strength, type TaggedComponents } from "./tagged-components.ts"
import type { TageLookup } from "./tage-lookup.ts"

export interface Allocation {
  /** Rises while allocations fail; useful bits decay when it reaches 1024. */
  readonly tick: { value: number }
  /** Calls, entries written, and those of the low group among them; a decay of all useful bits is not counted. */
  readonly written: { calls: number; entries: number; low: number }
  readonly allocate: (provider: number, taken: number) => void
}

/** Cursor of the first pair to look at: one or two pairs beyond the provider's, and one of its two members. */
const firstCursor = (provider: number, { draw }: PseudoRandom): number => {
  const ahead = (draw() & 127) < 32 ? 2 : 1
  const member = draw() & 1
  return ((provider - 1 + 2 * ahead) & 0xffe) ^ member
}

/** Both members of a pair may take the branch; what cannot be replaced because it is sure is weakened. */
const withOneUsefulBit = (
  { low, high }: TageParameters,
  { entries, useful, lowStart }: TaggedComponents,
  { entryOf, tagOf, pairOf }: TageLookup,
  random: PseudoRandom,
): Allocation => {
  const components = 2 * (low.pairs + high.pairs)
  const active = activeFlags(low.active, high.active, components)
  const tick = { value: 0 }
  const written = { calls: 0, entries: 0, low: 0 }
  return {
    tick,
    written,
    allocate: (provider, taken) => {
      written.calls++
      let cursor = firstCursor(provider, random)
      let allocated = 0
      let penalties = 0
      while (cursor < components) {
        let success = 0
        for (let member = 0; member < 2 && success === 0; member++) {
          const component = (cursor ^ member) + 1
          if (active[component] === 0) continue
          const slot = entryOf(component)
          const entry = entries[slot]
          if (useful[slot] !== 0) penalties++
          else if (strength(entry) <= 3) {
            entries[slot] = (tagOf(pairOf[component]) << 3) | (3 + taken)
            written.entries++
            if (slot >= lowStart) written.low++
            success = 1
          } else {
            entries[slot] = (entry & 4) !== 0 ? entry - 1 : entry + 1
            written.entries++
            if (slot >= lowStart) written.low++
          }
        }
        if (success === 1) {
          allocated++
          if (allocated === 2) break
          cursor += 2
        }
        cursor += 2
      }
      tick.value = Math.max(0, tick.value + penalties - 2 * allocated)
      if (tick.value >= 1024) {
        useful.fill(0)
        tick.value = 0
      }
    },
  }
}

/** Entries may start useful, and useful ones of weak counters may lose their last claim, both by chance. */
const withTwoUsefulBits = (
  { low, high }: TageParameters,
  { entries, useful, lowStart }: TaggedComponents,
  { entryOf, tagOf, pairOf }: TageLookup,
  random: PseudoRandom,
): Allocation => {
  const components = 2 * (low.pairs + high.pairs)
  const active = activeFlags(low.active, high.active, components)
  const tick = { value: 0 }
  const written = { calls: 0, entries: 0, low: 0 }
  const { draw } = random
  return {
    tick,
    written,
    allocate: (provider, taken) => {
      written.calls++
      let cursor = firstCursor(provider, random)
      let allocated = 0
      let penalties = 0
      while (cursor < components) {
        if (active[cursor + 1] !== 0) {
          for (let member = 0; member < 2 && allocated < 2; member++) {
            const component = (cursor ^ member) + 1
            if (active[component] === 0) continue
            const slot = entryOf(component)
            const use = useful[slot]
            if (use === 0) {
              useful[slot] = (draw() & 31) === 0 ? 1 : 0
              entries[slot] = (tagOf(pairOf[component]) << 3) | (3 + taken)
              written.entries++
              if (slot >= lowStart) written.low++
              allocated++
              if (allocated < 2) cursor += 2
            } else {
              penalties++
              if (use === 1 && strength(entries[slot]) === 1) {
                if ((draw() & 7) === 0) {
                  useful[slot] = 0
                  written.entries++
                  if (slot >= lowStart) written.low++
                }
              } else penalties++
            }
          }
          if (allocated === 2) break
        }
        cursor += 2
      }
      tick.value = Math.max(0, tick.value + penalties - 5 * allocated)
      if (tick.value >= 1024) {
        for (let slot = 0; slot < useful.length; slot++) if (useful[slot] > 0) useful[slot]--
        tick.value = 0
      }
    },
  }
}

/** By component, two beyond the last included, which a cursor can reach. */
const activeFlags = (low: readonly number[], high: readonly number[], components: number): Uint8Array => {
  const flags = new Uint8Array(components + 3)
  for (const component of [...low, ...high]) flags[component] = 1
  return flags
}

export const allocation = (
  parameters: TageParameters,
  tagged: TaggedComponents,
  lookup: TageLookup,
  random: PseudoRandom,
): Allocation =>
  parameters.usefulBits === 1
    ? withOneUsefulBit(parameters, tagged, lookup, random)
    : withTwoUsefulBits(parameters, tagged, lookup, random)
