/** Numbers as people read them: one locale, SI prefixes, no-break spaces, independent of the machine. */
import { format } from "d3"

const space = "\u00a0"
const si = format(".3s")
const siShort = format(".3~s")
const grouped = format(",.0f")

/** `value` with an SI prefix and a unit, e.g. 1.23e9 "FLOP/s" → "1.23 GFLOP/s". */
export const withUnit = (value: number, unit: string): string =>
  prefixed(value === 0 ? "0" : si(value), value, unit)

/** The same for ticks of an axis: no trailing zeros, "500 G". */
export const tickText = (value: number, unit = ""): string => prefixed(siShort(value), value, unit)

const prefixed = (text: string, value: number, unit: string): string => {
  if (!Number.isFinite(value)) return "n/a"
  const prefix = /[a-zA-Zµ]$/.exec(text)?.[0] ?? ""
  return `${text.slice(0, text.length - prefix.length)}${space}${prefix}${unit}`.trimEnd()
}

/** Whole numbers with thousands separated: 1,234,567. */
export const wholeNumber = (value: number): string => (Number.isFinite(value) ? grouped(value) : "n/a")

/** A number of cycles, shortened: "182 M cycles". */
export const cyclesText = (value: number): string =>
  value < 1e5 ? `${wholeNumber(value)}${space}cycles` : withUnit(value, `${space}cycles`)

/** Seconds with a prefix: "4.21 ms". */
export const secondsText = (value: number): string => withUnit(value, "s")

/** Energy from picojoules: "1.2 mJ". */
export const joulesText = (picojoules: number): string => withUnit(picojoules / 1e12, "J")

/** Bytes with decimal prefixes, as bandwidths are given. */
export const bytesText = (value: number): string => withUnit(value, "B")

/** A ratio as a factor: "1.62×". */
export const timesText = (ratio: number): string => {
  if (!Number.isFinite(ratio)) return "n/a"
  return `${ratio.toFixed(ratio >= 99.95 ? 0 : ratio >= 9.995 ? 1 : ratio < 0.1 ? 3 : 2)}×`
}

/** A share of 1 as a percentage with one decimal; a trace of something is not shown as nothing. */
export const percentText = (share: number): string => {
  if (!Number.isFinite(share)) return "n/a"
  return share > 0 && share < 0.0005 ? `<0.1${space}%` : `${(share * 100).toFixed(1)}${space}%`
}

/** Tenths of a percent as a percentage with one decimal. */
export const permilleText = (permille: number): string => `${(permille / 10).toFixed(1)}${space}%`

/** Three significant digits, plain where that is short: "0.0123", "12.3", "1.23e−9". */
export const shortNumber = (value: number): string => {
  if (!Number.isFinite(value)) return "n/a"
  if (value === 0) return "0"
  const size = Math.abs(value)
  if (size >= 1e5 || size < 1e-3) return format(".3~e")(value)
  return format(size >= 100 ? ",.0f" : ".3~r")(value)
}

/** Bits as storage of predictors is given, in KiB of 8,192 bits: "32.0 KiB"; bits where they are few. */
export const kibibytesText = (bits: number): string =>
  bits < 1024 ? `${wholeNumber(bits)}${space}bits` : `${shortNumber(bits / 8192)}${space}KiB`
