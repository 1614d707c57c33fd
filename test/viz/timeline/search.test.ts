import { describe, expect, it } from "vitest"
import { aggregate } from "../../../reports/aggregate.ts"
import { timelineOf } from "../../../reports/pages/timeline-rows.ts"
import { traceRows } from "../../../reports/timeline.ts"
import { search } from "../../../viz/timeline/search.ts"
import { pathOf, spanText } from "../../../viz/timeline/span-text.ts"
import { sampleTrace } from "../../fixtures/sample-trace.ts"

const trace = sampleTrace({ kept: 2 })
const timeline = timelineOf(trace, traceRows(trace, aggregate(trace)), "Layers")

const paths = (query: string): readonly string[] =>
  search(timeline, query).map(({ row, span }) => pathOf(timeline, row, span).names.join(" · "))

describe("search", () => {
  it("finds a layer in every pass, without all that is inside it", () => {
    expect(paths("layer2.conv1")).toEqual([
      "forward · layer2.conv1",
      "backward · layer2.conv1",
      "update · layer2.conv1",
    ])
  })

  it("takes the words of a query from anywhere on the path, in any case", () => {
    expect(paths("LAYER2 bp")).toEqual(["backward · layer2.conv1 · BP"])
    expect(paths("bp layer2")).toEqual(paths("LAYER2 bp"))
  })

  it("finds nothing for nothing, and nothing for what is not there", () => {
    expect(paths("  ")).toEqual([])
    expect(paths("layer9")).toEqual([])
  })
})

describe("what is said of a span", () => {
  it("is its place, its length in cycles and time, and every cause with its cycles", () => {
    const row = timeline.rows.findIndex(({ title }) => title === "Array")
    const { lines, title } = spanText(timeline, row, 0)
    expect(title).toBe("forward · conv1 · FF · array")
    expect(lines[0]).toEqual(["Row", "Array"])
    expect(lines[1][1]).toMatch(/^cycle 0, 0\u00a0s$/)
    expect(lines[2][1]).toMatch(/^[\d,]+ cycles, .*s, .*% of the run$/)
    const cycles = lines.slice(3).map(([, text]) => Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", "")))
    expect(cycles.reduce((sum, n) => sum + n, 0)).toBe(timeline.rows[row].spans.duration[0])
  })
})
