import { describe, expect, it } from "vitest"
import { positionChart } from "../../viz/position-chart.ts"

const frame = (width: number) => ({ id: "p", title: "Positions", description: "which", width })
const data = (bars: readonly { readonly position: number; readonly value: number }[]) => ({
  rows: [
    { name: "Global", mark: "c1", bars },
    { name: "Local", mark: "c3", bars: [] },
  ],
  positions: 512,
  xTitle: "outcomes ago",
  yTitle: "misses saved",
  formatY: String,
})
const heights = (svg: string): readonly number[] =>
  [...svg.matchAll(/class="c1 bar"[^>]* height=([\d.]+) /g)].map(([, height]) => Number(height))

describe("a chart of history positions", () => {
  it("has a bar for every position, as high as its value in proportion", () => {
    const [small, large] = heights(
      positionChart(
        frame(960),
        data([
          { position: 30, value: 10 },
          { position: 400, value: 40 },
        ]),
      ),
    )
    expect(large / small).toBeCloseTo(4, 1)
  })

  it("leaves out a history without bars, and says so where there is none at all", () => {
    const one = positionChart(frame(400), data([{ position: 512, value: 1 }]))
    expect(one).toContain("Global")
    expect(one).not.toContain("Local")
    expect(positionChart(frame(400), data([]))).toContain("No position")
  })

  it("keeps bars and names inside the drawing at either width", () => {
    for (const width of [400, 960]) {
      const svg = positionChart(
        frame(width),
        data([1, 2, 511, 512].map((position) => ({ position, value: 5 }))),
      )
      const xs = [...svg.matchAll(/<(?:rect|text)[^>]* x=(-?[\d.]+) /g)].map(([, x]) => Number(x))
      expect(Math.min(...xs)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...xs)).toBeLessThanOrEqual(width)
    }
  })
})
