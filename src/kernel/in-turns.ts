/** Layers in the order in which they are measured, and what was measured back in the order in which they were given. */
import type { MeasuredLayer } from "./measure-layers.ts"

export interface Turns {
  readonly layers: readonly MeasuredLayer[]
  /** One of `measured` a layer, in the order of `layers`; comes back in the order given. */
  readonly asGiven: <T>(measured: readonly T[]) => readonly T[]
}

/** Layers of like planes one after the other, so that what else the machine does falls on all of them. */
export const inTurns = (given: readonly MeasuredLayer[]): Turns => {
  const order = given
    .map((_, i) => i)
    .toSorted((a, b) => given[b].shape.pixels - given[a].shape.pixels || a - b)
  return {
    layers: order.map((i) => given[i]),
    asGiven: (measured) => given.map((_, i) => measured[order.indexOf(i)]),
  }
}
