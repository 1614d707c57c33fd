/**
 * How far a result may be off because of numbers that are not known: every number of the machine that is assumed, fitted
 * or derived and has a plausible range is moved to both ends of it, one at a time, and the run costed again. The band is
 * the root of the summed squares of the moves' logarithms, up and down apart: it treats the numbers as independent.
 * Numbers that move nothing are left out.
 */
import { type Machine, machineNumbers } from "../../arch/machine.ts"
import type { Quantity } from "../../arch/quantity.ts"

export interface Sensitivity {
  /** Place of the number in the machine file. */
  readonly path: string
  readonly low: number
  readonly high: number
  /** The result with the number at the low and at the high end of its range. */
  readonly atLow: number
  readonly atHigh: number
}

export interface Band {
  readonly value: number
  readonly low: number
  readonly high: number
  /** Most influential first. */
  readonly sensitivities: readonly Sensitivity[]
}

/** The machine with one number replaced; `path` is one of `machineNumbers`. */
export const withNumber = <M extends Machine>(machine: M, path: string, value: number): M => {
  const replaceIn = (node: object, keys: readonly string[]): object => {
    const [key, ...rest] = keys
    const child = Object.entries(node).find(([name]) => name === key)?.[1] as object
    const next = rest.length === 0 ? { ...(child as Quantity), value } : replaceIn(child, rest)
    return { ...node, [key]: next }
  }
  return replaceIn(machine, path.split(".")) as M
}

/** Evaluates `result` at the machine and at both ends of every ranged number. */
export const uncertaintyBand = <M extends Machine>(machine: M, result: (machine: M) => number): Band => {
  const value = result(machine)
  const sensitivities = machineNumbers(machine).flatMap((number): readonly Sensitivity[] => {
    if (number.range === undefined || number.status === "published" || number.status === "measured") return []
    const [low, high] = number.range
    const at = (x: number): number =>
      x === number.value ? value : result(withNumber(machine, number.path, x))
    const [atLow, atHigh] = [at(low), at(high)]
    return atLow === value && atHigh === value ? [] : [{ path: number.path, low, high, atLow, atHigh }]
  })
  // Speed-ups and times are ratios at heart, so moves add up as logarithms: a band never reaches zero.
  const spread = (side: (s: Sensitivity) => number): number =>
    Math.exp(Math.sqrt(sensitivities.reduce((sum, s) => sum + Math.log(side(s) / value) ** 2, 0)))
  return {
    value,
    low: value / spread((s) => Math.min(value, s.atLow, s.atHigh)),
    high: value * spread((s) => Math.max(value, s.atLow, s.atHigh)),
    sensitivities: sensitivities.toSorted(
      (a, b) => Math.abs(b.atHigh - b.atLow) - Math.abs(a.atHigh - a.atLow) || (a.path < b.path ? -1 : 1),
    ),
  }
}
