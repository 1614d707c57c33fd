import { readFileSync } from "node:fs"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { breakdownBar } from "../../viz/breakdown-bar.ts"
import { energyBars } from "../../viz/energy-bars.ts"
import { capacityBars } from "../../viz/capacity-bars.ts"
import { measuredChart } from "../../viz/measured-chart.ts"
import { energyRooflineChart } from "../../viz/energy-roofline-chart.ts"
import { occupancyMap } from "../../viz/occupancy-map.ts"
import { instructionRooflineChart } from "../../viz/instruction-roofline-chart.ts"
import { lineChart } from "../../viz/line-chart.ts"
import { paretoChart } from "../../viz/pareto-chart.ts"
import { rooflineChart, type RooflineDot } from "../../viz/roofline-chart.ts"
import { scatter } from "../../viz/scatter.ts"
import { speedupBars } from "../../viz/speedup-bars.ts"
import { stackedBars } from "../../viz/stacked-bars.ts"
import type { ChartFrame } from "../../viz/svg.ts"

const frame = (width = 960): ChartFrame => ({ id: "c", title: "T <1>", description: "How & why", width })

const dot = (part: Partial<RooflineDot>): RooflineDot => ({
  name: "conv1",
  intensity: 10,
  rate: 1e9,
  share: 0.1,
  bound: "memory",
  kind: "simulated",
  ...part,
})

const machine = {
  computeRoofs: [{ name: "Peak", rate: 4e11, provenance: "assumed", applies: true }],
  memoryRoofs: [
    { name: "DRAM", rate: 2e10, provenance: "published", applies: true },
    { name: "SRAM", rate: 2e11, provenance: "derived", applies: false },
  ],
  xTitle: "FLOP/byte, operations issued",
  yTitle: "FLOP/s, operations issued",
}

const charts: Readonly<Record<string, (f: ChartFrame, name: string) => string>> = {
  roofline: (f, name) =>
    rooflineChart(f, { ...machine, dots: [dot({ name }), dot({ intensity: 40, rate: 3e11 })] }),
  "stacked bars": (f, name) =>
    stackedBars(f, {
      bars: [{ name, parts: [{ series: name, value: 3, text: name }], total: name }],
      series: [{ name, mark: "c1" }],
      axisTitle: name,
      formatTick: String,
    }),
  "breakdown bar": (f, name) =>
    breakdownBar(f, { rows: [{ name, parts: [{ name, permille: 1000 }] }], marks: new Map() }),
  "energy bars": (f, name) =>
    energyBars(f, { groups: [{ name, values: [{ value: 1, text: name }] }], runs: [{ name, mark: "c1" }] }),
  "speed-up bars": (f, name) =>
    speedupBars(f, {
      rows: [{ name, ratio: 2, note: name }],
      axisTitle: name,
      reference: { ratio: 3, name },
    }),
  lines: (f, name) =>
    lineChart(f, {
      series: [
        {
          name,
          mark: "c1",
          points: [
            [0, 1],
            [5, 0],
            [9, 4],
          ],
        },
        { name, mark: "c2 dashed", points: [[4, 2]] },
      ],
      stretches: [
        { from: 0, to: 5 },
        { from: 5, to: 10 },
      ],
      shaded: { from: 0, to: 3, name },
      level: { value: 2, name },
      xTitle: name,
      yTitle: name,
      formatX: String,
      formatY: String,
    }),
  "instruction roofline": (f, name) =>
    instructionRooflineChart(f, {
      ceiling: { ipc: 6, name },
      roof: (distance) => 1 / (1 / 6 + 20 / distance),
      roofName: name,
      ridge: { distance: 120, name },
      windows: [
        { distance: 90, ipc: 2, share: 0.4 },
        { distance: Number.POSITIVE_INFINITY, ipc: 6, share: 0.1 },
      ],
      total: { distance: 200, ipc: 3, share: 1, name },
      xTitle: name,
      yTitle: name,
    }),
  "energy roofline": (f, name) =>
    energyRooflineChart(f, {
      dots: [
        { name, intensity: 3, perJoule: 2e10, share: 0.4, mark: "memory" },
        { name, intensity: 90, perJoule: 4e10, share: 0.6, mark: "compute" },
        { name, intensity: Number.POSITIVE_INFINITY, perJoule: 0, share: 0, mark: "compute" },
      ],
      arch: (intensity) => 1e12 / (20 + 200 / intensity),
      archName: name,
      balance: 10,
      xTitle: name,
      yTitle: name,
    }),
  "occupancy map": (f, name) =>
    occupancyMap(f, {
      rows: 8,
      cols: 16,
      maps: [1, 2, 3].map(() => ({
        name,
        note: name,
        blocks: [
          { rows: [0, 5] as const, cols: [0, 16] as const, share: 1 },
          { rows: [5, 8] as const, cols: [0, 16] as const, share: 0.25 },
        ],
      })),
    }),
  "capacity bars": (f, name) =>
    capacityBars(f, {
      bars: [
        { name, size: 3e4, mark: "c1" },
        { name, size: 0, mark: "c1" },
        { name, size: 5e6, mark: "c3" },
      ],
      capacities: [
        { name, bytes: 65536 },
        { name, bytes: 2 ** 21 },
      ],
      axisTitle: name,
    }),
  "measured chart": (f, name) =>
    measuredChart(f, {
      rows: [
        { name, measured: 1.4, predicted: 1.5, mark: "c1" },
        { name, measured: 5, predicted: 0.7, mark: "c3" },
        { name, measured: 0, predicted: 2, mark: "c1" },
      ],
      series: [{ name, mark: "c1" }],
      axisTitle: name,
    }),
  pareto: (f, name) =>
    paretoChart(f, {
      points: [
        { name, cost: 1, value: 9, isBest: true },
        { name, cost: 8, value: 9.5, isBest: false },
        { name, cost: 64, value: 3, isBest: true },
        { name, cost: 0, value: 30, isBest: true },
      ],
      xTitle: name,
      yTitle: name,
      formatX: String,
      formatY: String,
    }),
  scatter: (f, name) =>
    scatter(f, { points: [{ expected: 1, predicted: 2 }], bands: [0.2], xTitle: name, yTitle: name }),
}

const attributes = (svg: string, name: string): readonly number[] =>
  [...svg.matchAll(new RegExp(` ${name}=(-?[\\d.]+)[ >]`, "g"))].map((match) => Number(match[1]))

describe.each(Object.keys(charts))("%s", (name) => {
  const draw = charts[name]

  it("is an image with a title and a description", () => {
    const svg = draw(frame(), "conv1")
    expect(svg).toContain('role="img" aria-labelledby="c-title c-desc"')
    expect(svg).toContain('<title id="c-title">T &lt;1&gt;</title>')
    expect(svg).toContain('<desc id="c-desc">How &amp; why</desc>')
  })

  it("survives any name at any width, with every coordinate a number", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom(300, 400, 960), (text, width) => {
        const svg = draw(frame(width), text)
        expect(svg).not.toMatch(
          /NaN|Infinity|undefined|<(?!\/?(svg|title|desc|g|rect|text|line|path|circle|polygon)\b)/,
        )
      }),
      { numRuns: 40 },
    )
  })

  it("keeps a name of 10 kB short", () => {
    expect(draw(frame(), "x".repeat(10_000)).length).toBeLessThan(15_000)
  })

  it("draws nothing outside its own box to the left and at the top", () => {
    const svg = draw(frame(400), "conv1")
    for (const attribute of ["x", "y", "x1", "x2", "y1", "y2", "cx", "cy"]) {
      for (const value of attributes(svg.replace(/<text[^>]*transform[^>]*>/g, ""), attribute)) {
        expect(value).toBeGreaterThanOrEqual(0)
      }
    }
  })

  it("carries no style of its own, so that themes and policies apply", () => {
    expect(draw(frame(), "conv1")).not.toMatch(/ style=|#[0-9a-f]{6}/)
  })
})

describe("roofline chart", () => {
  const draw = (dots: readonly RooflineDot[]): string => rooflineChart(frame(), { ...machine, dots })

  it("makes the area of a dot grow with its time", () => {
    const [large, small] = attributes(draw([dot({ share: 0.5 }), dot({ share: 0.01, intensity: 90 })]), "r")
    expect(large).toBeGreaterThan(small)
  })

  it("writes value and provenance on the roofs, and the counting convention in the axis titles", () => {
    const svg = draw([dot({})])
    expect(svg).toContain("DRAM 20.0\u00a0GB/s · published")
    expect(svg).toContain("Peak 400\u00a0GFLOP/s · assumed")
    expect(svg.match(/operations issued/g)).toHaveLength(2)
  })

  it("marks the ridge at peak over bandwidth", () => {
    expect(draw([dot({})])).toContain("ridge 20")
  })

  it("names all bounds that occur and no other", () => {
    const svg = draw([dot({ bound: "memory" }), dot({ bound: "invalid", intensity: 50 })])
    expect(svg).toContain("memory-bound")
    expect(svg).toContain("above its roof: invalid")
    expect(svg).not.toContain("compute-bound")
  })

  it("leaves out dots without a place, and says so when none is left", () => {
    const nowhere = dot({ intensity: Number.POSITIVE_INFINITY })
    expect(draw([nowhere, dot({})]).match(/<circle/g)).toHaveLength(1)
    expect(draw([nowhere])).toContain("No work here")
  })
})

describe("breakdown bar", () => {
  it("fills the width exactly with parts of 1000 permille", () => {
    const svg = breakdownBar(frame(400), {
      rows: [
        {
          name: "a",
          parts: [
            { name: "busy", permille: 601 },
            { name: "stall", permille: 399 },
          ],
        },
      ],
      marks: new Map([["busy", "c1"]]),
    })
    const [x, width] = [attributes(svg, "x"), attributes(svg, "width")]
    expect(x.length).toBeGreaterThan(0)
    const bars = width.filter((w) => w > 12)
    expect(bars.reduce((sum, w) => sum + w, 0)).toBeCloseTo(400, 1)
  })
})

describe("speed-up bars", () => {
  it("draws faster to the right of 1× and slower to the left", () => {
    const svg = speedupBars(frame(), {
      rows: [
        { name: "a", ratio: 2 },
        { name: "b", ratio: 0.5 },
      ],
      axisTitle: "t",
    })
    const [faster, slower] = [...svg.matchAll(/<rect class="(c\d)" x=([\d.]+) y=[\d.]+ width=([\d.]+) /g)]
    expect([faster[1], slower[1]]).toEqual(["c1", "c3"])
    expect(Number(slower[2]) + Number(slower[3])).toBeCloseTo(Number(faster[2]), 0)
    // Logarithmic: twice as fast and half as fast are equally long.
    expect(Number(faster[3])).toBeCloseTo(Number(slower[3]), 0)
  })
})

describe("colours", () => {
  const css = readFileSync(new URL("../../viz/client/style.css", import.meta.url), "utf8")
  const luminance = (hex: string): number => {
    const [r, g, b] = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (a: string, b: string): number => {
    const [high, low] = [luminance(a), luminance(b)].toSorted((x, y) => y - x)
    return (high + 0.05) / (low + 0.05)
  }
  const colours = new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map((m) => [m[1], [m[2], m[3]]]),
  )
  const of = (name: string, theme: number): string => colours.get(name)?.[theme] ?? ""

  // WCAG 2.2: 4.5 for text (1.4.3), 3 for marks (1.4.11).
  it.each([
    ["light", 0],
    ["dark", 1],
  ])("are readable in %s", (_, theme) => {
    for (const text of ["ink", "muted", "accent"]) {
      for (const ground of ["bg", "panel"]) {
        expect(contrast(of(text, theme), of(ground, theme))).toBeGreaterThanOrEqual(4.5)
      }
    }
    for (const mark of ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8"]) {
      expect(contrast(of("on-fill", theme), of(mark, theme))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(of(mark, theme), of("bg", theme))).toBeGreaterThanOrEqual(3)
    }
    for (const mark of ["idle", "wait"]) {
      expect(contrast(of("ink", theme), of(mark, theme))).toBeGreaterThanOrEqual(4.5)
    }
  })
})
