/** The sliders of a run on one core of a CPU. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Slider, WhatIfData } from "../../viz/what-if-data.ts"
import { aroundPattern } from "./around-pattern.ts"
import { scaledSlider } from "./scaled-slider.ts"

const percents = [50, 60, 70, 75, 80, 85, 90, 92, 95, 97, 98, 99]

/** The share of zeros; `blocks` follows it on the command line: "", "/2x1", "/4x1". */
const zerosSlider = (own: string, blocks: string): Slider => {
  const texts = [...new Set([...percents.map((percent) => `${percent}%`), own])]
  const stops = texts.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b))
  return {
    id: "pattern",
    name: "Zeros of the pruned layers",
    own: stops.indexOf(own),
    stops: stops.map((text) => ({
      text: text.replace("%", "\u00a0%"),
      value: text,
      words: text === own ? "" : `--sparsity ${text}${blocks}`,
    })),
  }
}

/** What the sliders of a run need; undefined where the trace does not say how to plan it anew. */
export const cpuWhatIf = (manifest: Manifest): WhatIfData | undefined => {
  const { replay, machine, command, totals, clockHertz, settings } = manifest
  if (replay?.model !== "cpu") return undefined
  const values = new Map(machine.numbers.map(({ path, value }) => [path, value]))
  const [clock, bandwidth] = [values.get("clock"), values.get("dram.bandwidth")]
  if (clock === undefined || bandwidth === undefined) return undefined
  const pattern = /^(\d+(?:\.\d+)?%)(\/\dx1)?$/.exec(settings["pattern"] ?? "")
  const around = pattern === null ? undefined : aroundPattern(command, pattern[0])
  return {
    replay,
    numbers: [...values],
    sliders: [
      scaledSlider("clock", "Clock", clock, "MHz", "Hz"),
      scaledSlider("dram.bandwidth", "DRAM bandwidth of one core", bandwidth, "GB/s", "B/s"),
      ...(pattern === null || around === undefined ? [] : [zerosSlider(pattern[1] ?? "", pattern[2] ?? "")]),
    ],
    command: around ?? [command, "", ""],
    cycles: totals.cycles,
    seconds: totals.cycles / clockHertz,
    rounding: 0,
  }
}
