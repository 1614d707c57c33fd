import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { aggregate, sumOf, tallyBy, totalOf } from "../../reports/aggregate.ts"
import { TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { tinyTrace } from "../fixtures/tiny-trace.ts"

describe("aggregate", () => {
  it("gives every cycle of the run to exactly one item", () => {
    const whole = aggregate(sampleTrace({ kept: 2 }))
    expect(whole.items.reduce((sum, item) => sum + item.cycles, 0)).toBe(whole.cycles)
  })

  it("keeps time outside all stages as an item of its own", () => {
    const whole = aggregate(tinyTrace({ stages: [{ cycles: 10 }], tail: 3 }))
    expect(whole.cycles).toBe(13)
    expect(whole.items.map(({ stage, cycles }) => [stage, cycles])).toEqual([
      ["", 3],
      ["FF", 10],
    ])
  })

  it("attributes the counters of units and tiles to the stage around them", () => {
    const b = new TraceBuilder()
    const track = b.track({ id: "schedule", name: "Schedule", exclusive: true })
    const add = (parent: number, kind: string, name: string): number =>
      b.span(parent, track, b.code(kind), b.code(name), 0, 0, 8)
    const stage = add(add(add(add(-1, "run", "r"), "pass", "forward"), "layer", "a"), "stage", "FF")
    const tile = add(add(stage, "unit", "array"), "tile", "0")
    b.count(tile, b.code("dram"), b.code("read"), 5)
    b.count(stage, b.code("dram"), b.code("read"), 2)
    const { manifest } = sampleTrace()
    const whole = aggregate(b.finish(manifest))
    const [ff] = whole.items.filter((item) => item.stage === "FF")
    expect(sumOf(whole, ff, ["dram.read"])).toBe(7)
    expect(ff).toMatchObject({ pass: "forward", layer: "a", stage: "FF", cycles: 8 })
  })

  it("has the same totals however the items are grouped", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            layer: fc.constantFrom("a", "b", "c"),
            stage: fc.constantFrom("FF", "BP", "WU"),
            cycles: fc.nat(1000),
            counts: fc.record({ "dram/read": fc.nat(1e6), "ops/issued": fc.nat(1e9) }),
          }),
          { minLength: 1, maxLength: 30 },
        ),
        (stages) => {
          const whole = aggregate(tinyTrace({ stages }))
          const total = totalOf(whole)
          for (const split of [["layer"], ["stage"], ["pass", "layer", "stage"]] as const) {
            const groups = tallyBy(whole, split)
            expect(groups.reduce((sum, group) => sum + group.cycles, 0)).toBe(total.cycles)
            for (const key of ["dram.read", "ops.issued"]) {
              expect(groups.reduce((sum, group) => sum + sumOf(whole, group, [key]), 0)).toBe(
                sumOf(whole, total, [key]),
              )
            }
          }
          expect(total.cycles).toBe(stages.reduce((sum, { cycles }) => sum + cycles, 0))
        },
      ),
    )
  })

  it("counts nothing for a counter that never occurred", () => {
    const whole = aggregate(tinyTrace({ stages: [{ cycles: 1 }] }))
    expect(sumOf(whole, totalOf(whole), ["dram.read"])).toBe(0)
  })

  it("rejects a counter of a span that is not there, naming its row", () => {
    const trace = tinyTrace({ stages: [{ cycles: 1, counts: { "dram/read": 1 } }] })
    const broken: Trace = { ...trace, counters: { ...trace.counters, span: Int32Array.of(99) } }
    expect(() => aggregate(broken)).toThrow(/row 0, column span: refers to span 99/)
  })

  it("rejects layers that together take longer than the pass they lie in", () => {
    const trace = tinyTrace({ stages: [{ cycles: 5 }, { cycles: 5 }] })
    const duration = Float64Array.from(trace.spans.duration)
    duration[1] = 7
    expect(() => aggregate({ ...trace, spans: { ...trace.spans, duration } })).toThrow(
      expect.objectContaining({ _tag: "TraceError" }),
    )
  })
})
