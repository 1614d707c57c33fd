import { describe, expect, it } from "vitest"
import { aggregate } from "../../../reports/aggregate.ts"
import { timelineOf } from "../../../reports/pages/timeline-rows.ts"
import { traceRows } from "../../../reports/timeline.ts"
import { search } from "../../../viz/timeline/search.ts"
import { pathOf, spanText } from "../../../viz/timeline/span-text.ts"
import { TraceBuilder } from "../../../sim/trace/builder.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import type { Timeline } from "../../../viz/timeline/timeline.ts"
import { manifestHead } from "../../arbitraries/trace.ts"
import { manyTilesTrace } from "../../fixtures/many-tiles-trace.ts"
import { sampleTrace } from "../../fixtures/sample-trace.ts"

const chartOf = (given: Trace): Timeline => timelineOf(given, traceRows(given, aggregate(given)), "Layers")
const timeline = chartOf(sampleTrace({ kept: 2 }))

const paths = (query: string, chart = timeline): readonly string[] =>
  search(chart, query).map(({ row, span }) => pathOf(chart, row, span).names.join(" · "))

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

  it("finds a stage once, not again on every unit whose span has the stage's name", () => {
    expect(paths("layer1 ff", chartOf(manyTilesTrace(4000, "regular")))).toEqual(["forward · layer1 · FF"])
  })

  it("leaves out what matches by its surroundings alone", () => {
    const b = new TraceBuilder()
    const schedule = b.track({ id: "schedule", name: "Schedule", exclusive: true })
    const [pass, layer] = [b.code("pass"), b.code("layer")]
    const forward = b.span(-1, schedule, pass, b.code("forward"), 0, 0, 20)
    b.span(forward, schedule, layer, b.code("conv"), 0, 0, 10)
    b.span(forward, schedule, layer, b.code("feedforward"), 0, 10, 10)
    expect(paths("forward", chartOf(b.finish(manifestHead)))).toEqual(["forward", "forward · feedforward"])
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
