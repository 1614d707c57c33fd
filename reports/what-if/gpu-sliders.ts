/** The sliders of a run on a board. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import type { Slider, WhatIfData } from "../../viz/what-if-data.ts"
import { scaledSlider } from "./scaled-slider.ts"

const factors = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]

/** Whole SMs around the board's own number. */
const smsSlider = (own: number): Slider => {
  const stops = [...new Set(factors.map((factor) => Math.max(1, Math.round(own * factor))))]
  return {
    id: "sms",
    name: "SMs",
    own: stops.indexOf(own),
    stops: stops.map((count) => ({
      text: String(count),
      value: count,
      words: count === own ? "" : `--set sms=${count}`,
    })),
  }
}

/** What the sliders of a run need; undefined where the trace does not say how to plan it anew. */
export const gpuWhatIf = (manifest: Manifest): WhatIfData | undefined => {
  const { replay, machine, command, totals, clockHertz } = manifest
  if (replay?.model !== "gpu") return undefined
  const values = new Map(machine.numbers.map(({ path, value }) => [path, value]))
  const [clock, sms, bandwidth, l2, power] = [
    "clock",
    "sms",
    "dram.bandwidth",
    "l2.capacity",
    "power.limit",
  ].map((path) => values.get(path))
  if (
    clock === undefined ||
    sms === undefined ||
    bandwidth === undefined ||
    l2 === undefined ||
    power === undefined
  )
    return undefined
  return {
    replay,
    numbers: [...values],
    sliders: [
      scaledSlider("clock", "Boost clock", clock, "MHz", "Hz"),
      smsSlider(sms),
      scaledSlider("dram.bandwidth", "DRAM bandwidth", bandwidth, "GB/s", "B/s"),
      scaledSlider("l2.capacity", "L2", l2, "MiB", "B"),
      scaledSlider("power.limit", "Power limit", power, "W", "W"),
    ],
    command: [command, "", ""],
    cycles: totals.cycles,
    seconds: totals.cycles / clockHertz,
    rounding: 0,
  }
}
