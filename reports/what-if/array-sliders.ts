/** The sliders of a run on an array machine: which numbers may move, and where they stop. */
import { formatNmPattern, isDense, parseNmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Slider, WhatIfData } from "../../viz/what-if-data.ts"
import { aroundPattern } from "./around-pattern.ts"
import { scaledSlider } from "./scaled-slider.ts"

/** Paths of all numbers that the plan of an array run reads. */
const planned = [
  "clock",
  "array.rows",
  "array.cols",
  "array.pipelineLatency",
  "array.accumulateLatency",
  "array.interleave",
  "array.delivery",
  "array.switchLatency",
  "buffers.ifmap",
  "buffers.filter",
  "buffers.ofmap",
  "buffers.activeShare",
  "dram.bandwidth",
  "dram.efficiency",
  "sore.lanes",
  "wuve.lanes",
  "vector.lanes",
] as const

const edges = [4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]
const largestGroup = 32

const edge = (id: string, name: string, value: number): Slider => {
  const stops = [...new Set([...edges, value])].toSorted((a, b) => a - b)
  return {
    id,
    name,
    own: stops.indexOf(value),
    stops: stops.map((count) => ({
      text: String(count),
      value: count,
      words: count === value ? "" : `--set ${id}=${count}`,
    })),
  }
}

/** N:M with powers of two, by the share that is kept; plain patterns only, and no larger group than the selector's. */
const patternSlider = (own: string, maxGroup: number): Slider | undefined => {
  const pattern = parseNmPattern(own)
  if (pattern === undefined || isDense(pattern)) return undefined
  const texts = new Set([own])
  for (let m = 2; m <= Math.min(maxGroup, largestGroup); m *= 2) {
    for (let n = 1; n < m; n *= 2) texts.add(formatNmPattern({ n, m }))
  }
  const stops = [...texts]
    .map((text) => ({ text, nm: parseNmPattern(text) ?? pattern }))
    .toSorted((a, b) => a.nm.n / a.nm.m - b.nm.n / b.nm.m || a.nm.m - b.nm.m)
  return {
    id: "pattern",
    name: "N:M, by the share kept",
    own: stops.findIndex(({ text }) => text === own),
    stops: stops.map(({ text }) => ({ text, value: text, words: text === own ? "" : `--sparsity ${text}` })),
  }
}

/** What the sliders of a run need; undefined where the trace does not say how to plan it anew. */
export const arrayWhatIf = (manifest: Manifest): WhatIfData | undefined => {
  const { replay, machine, command, totals, clockHertz } = manifest
  if (replay?.model !== "array") return undefined
  const values = new Map(machine.numbers.map(({ path, value }) => [path, value]))
  const numbers: (readonly [string, number])[] = []
  for (const path of planned) {
    const value = values.get(path)
    if (value === undefined) return undefined
    numbers.push([path, value])
  }
  const valueOf = (path: (typeof planned)[number]): number => values.get(path) ?? Number.NaN
  const own = replay.choices["pattern"]
  const ownPatterns = replay.layers.some(({ sparsity }) => sparsity !== undefined && sparsity !== "dense")
  const around = own === undefined || ownPatterns ? undefined : aroundPattern(command, own)
  const pattern =
    own === undefined || around === undefined
      ? undefined
      : patternSlider(own, values.get("array.maxGroup") ?? 1)
  return {
    replay,
    numbers,
    sliders: [
      scaledSlider("dram.bandwidth", "DRAM bandwidth", valueOf("dram.bandwidth"), "GB/s", "B/s"),
      scaledSlider("clock", "Clock", valueOf("clock"), "MHz", "Hz"),
      edge("array.rows", "Array rows", valueOf("array.rows")),
      edge("array.cols", "Array columns", valueOf("array.cols")),
      ...(pattern === undefined ? [] : [pattern]),
    ],
    command: around ?? [command, "", ""],
    cycles: totals.cycles,
    seconds: totals.cycles / clockHertz,
    rounding: 0,
  }
}
