/** Numbers for people, in the terminal. */

const scales = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const

/** 1,234,567 → "1.235 M"; below 10,000 in full. */
export const short = (value: number): string => {
  const magnitude = Math.abs(value)
  if (magnitude < 10_000) return Number.isInteger(value) ? grouped(value) : value.toPrecision(4)
  const [scale, letter] = scales.find(([s]) => magnitude >= s) ?? [1, ""]
  return `${(value / scale).toPrecision(4)} ${letter}`
}

/** Thousands separated by commas. */
export const grouped = (value: number): string => value.toLocaleString("en-US", { maximumFractionDigits: 0 })

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`

export const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)}×`

/** 0.0123 s → "12.3 ms". */
export const duration = (seconds: number): string => {
  if (seconds >= 1) return `${seconds.toPrecision(4)} s`
  if (seconds >= 1e-3) return `${(seconds * 1e3).toPrecision(4)} ms`
  return `${(seconds * 1e6).toPrecision(4)} µs`
}

/** Picojoules → "12.3 mJ". */
export const energy = (picojoules: number): string => {
  const joules = picojoules * 1e-12
  if (joules >= 1) return `${joules.toPrecision(4)} J`
  if (joules >= 1e-3) return `${(joules * 1e3).toPrecision(4)} mJ`
  if (joules >= 1e-6) return `${(joules * 1e6).toPrecision(4)} µJ`
  return `${(joules * 1e9).toPrecision(4)} nJ`
}

export const bytes = (value: number): string => {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"]
  const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10))
  return `${(value / 1024 ** power).toPrecision(4)} ${units[power]}`
}
