/** Ticks of a time axis that zooms over nine decades: as many digits as neighbours need to differ. */
import { wholeNumber } from "../number-format.ts"

const space = "\u00a0"

const cycleUnits = [
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const

const timeUnits = [
  [1, "s"],
  [1e-3, "ms"],
  [1e-6, "µs"],
  [1e-9, "ns"],
] as const

/** Whole cycles between ticks, 1, 2 or 5 times a power of ten, so that about `wanted` of them take `length`. */
export const tickStep = (length: number, wanted: number): number => {
  const least = Math.max(1, length / wanted)
  const power = 10 ** Math.floor(Math.log10(least) + 1e-12)
  return power * ([1, 2, 5].find((factor) => factor * power >= least * 0.8) ?? 10)
}

/** A cycle on an axis whose ticks are `step` apart: "12.5 M", or with a smaller prefix where more digits count. */
export const cyclesTick = (cycle: number, step: number): string => {
  if (cycle === 0) return `0${space}cycles`
  for (const [size, prefix] of cycleUnits) {
    if (step >= size / 10 && cycle >= size) return `${digits(cycle / size, step / size)}${space}${prefix}`
  }
  return wholeNumber(cycle)
}

/** The same moment as time. */
export const timeTick = (cycle: number, step: number, clockHertz: number): string => {
  if (cycle === 0) return `0${space}s`
  const seconds = cycle / clockHertz
  const unit = timeUnits.find(([size]) => seconds >= size) ?? timeUnits[timeUnits.length - 1]
  const [size, name] = unit
  return `${digits(seconds / size, step / clockHertz / size)}${space}${name}`
}

const mostDecimals = 9

/** `value` with the decimals that a multiple of `step` has. */
const digits = (value: number, step: number): string => {
  let decimals = 0
  while (decimals < mostDecimals && !isNearlyWhole(step * 10 ** decimals)) decimals += 1
  // Where a step has no end, enough decimals to tell neighbours apart.
  const needed = Math.max(0, Math.ceil(1 - Math.log10(step)))
  const shown = Math.min(decimals, needed)
  return shown === 0 ? wholeNumber(value) : value.toFixed(shown)
}

const isNearlyWhole = (value: number): boolean =>
  value > 0.5 && Math.abs(value - Math.round(value)) < 1e-6 * value
