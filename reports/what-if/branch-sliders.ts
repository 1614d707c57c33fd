/** The sliders of a predictor's run: the core's numbers that price a misprediction. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Slider, WhatIfData } from "../../viz/what-if-data.ts"

/** Paths of all numbers that the core's time is made of. */
const priced = [
  "family.width",
  "family.frontEndDepth",
  "family.decodeRedirect",
  "family.windowEntries",
  "family.parallelism.scale",
  "family.parallelism.exponent",
] as const

const largestWindow = 1024
const ranges = {
  width: [1, 2, 3, 4, 5, 6, 8, 10, 12, 16],
  depth: [1, 2, 3, 5, 7, 9, 11, 13, 15, 17, 20, 25, 30, 40],
  window: [8, 16, 32, 64, 96, 128, 192, 256, 384, 512, 768, largestWindow],
}

type Flushes = Extract<Manifest["replay"], { readonly model: "branch" }>["flushes"]

/**
 * Intervals above `longest` counted as `longest`: a window of at most that many entries fills no further, and the page
 * stays small.
 */
const shortened = (flushes: Flushes, longest: number): Flushes =>
  flushes.map((pairs) => {
    const counts = new Map<number, number>()
    for (const [interval, count] of pairs) {
      const kept = Math.min(interval, longest)
      counts.set(kept, (counts.get(kept) ?? 0) + count)
    }
    return [...counts]
  })

const slider = (id: string, name: string, unit: string, value: number, range: readonly number[]): Slider => {
  const stops = [...new Set([...range, value])].toSorted((a, b) => a - b)
  return {
    id,
    name,
    own: stops.indexOf(value),
    stops: stops.map((count) => ({
      text: `${count} ${unit}`,
      value: count,
      words: count === value ? "" : `--set ${id}=${count}`,
    })),
  }
}

/**
 * What the sliders of a predictor's run need, its measured phase of `windows` windows and `cycles`; undefined where the
 * trace does not hold the events.
 */
export const branchWhatIf = (
  { replay, machine, command, clockHertz }: Manifest,
  measured: { readonly cycles: number; readonly windows: number },
): WhatIfData | undefined => {
  if (replay?.model !== "branch") return undefined
  const values = new Map(machine.numbers.map(({ path, value }) => [path, value]))
  const numbers = priced.flatMap((path): readonly (readonly [string, number])[] => {
    const value = values.get(path)
    return value === undefined ? [] : [[path, value]]
  })
  if (numbers.length < priced.length) return undefined
  const valueOf = (path: (typeof priced)[number]): number => values.get(path) ?? Number.NaN
  const window = valueOf("family.windowEntries")
  return {
    replay: { ...replay, flushes: shortened(replay.flushes, Math.max(largestWindow, window)) },
    numbers,
    sliders: [
      slider(
        "family.frontEndDepth",
        "Front end, fetch to dispatch",
        "cycles",
        valueOf("family.frontEndDepth"),
        ranges.depth,
      ),
      slider("family.width", "Width", "instructions a cycle", valueOf("family.width"), ranges.width),
      slider("family.windowEntries", "Window", "instructions", window, ranges.window),
    ],
    command: [command, "", ""],
    cycles: measured.cycles,
    seconds: measured.cycles / clockHertz,
    rounding: measured.windows,
  }
}
