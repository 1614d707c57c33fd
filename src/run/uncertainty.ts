/**
 * How far a result may be off because of numbers that are not known: every number of the machine that is assumed, fitted
 * or derived and has a plausible range is moved to both ends of it, one at a time, and the run costed again. The band is
 * the root of the summed squares of the moves' logarithms, up and down apart: it treats the numbers as independent.
 * Numbers that move nothing are left out.
 */
import { type Machine, machineNumbers, type PlacedQuantity } from "../../arch/machine.ts"
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

/** A number that is not known well, and the ends of its range. */
export type RangedNumber = PlacedQuantity & { readonly range: readonly [number, number] }

/** The numbers that a band moves: those with a range that are neither published nor measured. */
export const rangedNumbers = (numbers: readonly PlacedQuantity[]): readonly RangedNumber[] =>
  numbers.filter(
    (number): number is RangedNumber =>
      number.range !== undefined && number.status !== "published" && number.status !== "measured",
  )

/** What moving a number to both ends of its range does to a result; `at` evaluates it there. */
export const sensitivityTo = (
  { path, range: [low, high], value }: RangedNumber,
  result: number,
  at: (x: number) => number,
): Sensitivity => {
  const ends = ([low, high] as const).map((x) => (x === value ? result : at(x)))
  return { path, low, high, atLow: ends[0], atHigh: ends[1] }
}

/** The band around `value` that moves of single numbers make; moves that change nothing are left out. */
export const bandOf = (value: number, moves: readonly Sensitivity[]): Band => {
  const sensitivities = moves.filter(({ atLow, atHigh }) => atLow !== value || atHigh !== value)
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

/** Evaluates `result` at the machine and at both ends of every ranged number. */
export const uncertaintyBand = <M extends Machine>(machine: M, result: (machine: M) => number): Band => {
  const value = result(machine)
  return bandOf(
    value,
    rangedNumbers(machineNumbers(machine)).map((number) =>
      sensitivityTo(number, value, (x) => result(withNumber(machine, number.path, x))),
    ),
  )
}
