/** A machine, or a part of one, of which only the values are known: what a model reads, without where it comes from. */
import type { Quantity } from "./quantity.ts"

export type ValuesOf<T> = T extends Quantity
  ? Pick<T, "value">
  : T extends readonly string[]
    ? T
    : T extends object
      ? { readonly [K in keyof T]: ValuesOf<T[K]> }
      : T
