import { describe, expect, it } from "vitest"
import { aggregate } from "../../../reports/aggregate.ts"
import { sparseReport } from "../../../reports/branch/sparse-models.ts"
import type { BranchModel } from "../../../sim/branch/sparse/analyse-branches.ts"
import { writeBeside, writeSparseModels } from "../../../sim/branch/write-sparse-models.ts"
import { TraceBuilder } from "../../../sim/trace/builder.ts"
import { tinyTrace } from "../../fixtures/tiny-trace.ts"

const model = (address: string, saved: number, terms: BranchModel["terms"]): BranchModel => ({
  address,
  executions: 1000,
  baseMisses: 500,
  terms,
  saved,
})

const reportOf = (models: readonly BranchModel[], beside: Parameters<typeof writeBeside>[0]) => {
  const builder = new TraceBuilder()
  const track = builder.track({ id: "core", name: "core", exclusive: true })
  const open = (parent: number, kind: string, name: string): number =>
    builder.span(parent, track, builder.code(kind), builder.code(name), builder.code(""), 0, 10)
  const span = open(
    open(open(open(-1, "run", "run"), "pass", "measured"), "layer", "window"),
    "stage",
    "predict",
  )
  writeSparseModels(models, builder, span)
  writeBeside(beside, builder, span)
  return sparseReport(aggregate(builder.finish(tinyTrace({ stages: [] }).manifest)))
}

describe("what a trace tells of sparse models", () => {
  it("is what was written: models, outcomes ago, and who ran beside", () => {
    const report = reportOf(
      [
        model("0x10", 100, [
          { kind: 0, first: 29, second: 0, weight: 3 },
          { kind: 1, first: 4, second: 512 + 7, weight: -1 },
        ]),
        model("0x20", 40, [{ kind: 0, first: 29, second: 0, weight: 1 }]),
      ],
      [{ machine: "alone", mispredictions: 700, storageBits: 8192 }],
    )
    expect(report).toEqual({
      models: [
        { address: "0x10", terms: 2, executions: 1000, misses: 500, saved: 100 },
        { address: "0x20", terms: 1, executions: 1000, misses: 500, saved: 40 },
      ],
      positions: [
        // A quarter of 100 is a pair's, half of it for either outcome.
        {
          history: "global",
          saved: [
            { ago: 5, misses: 13 },
            { ago: 30, misses: 115 },
          ],
        },
        { history: "local", saved: [{ ago: 8, misses: 13 }] },
      ],
      beside: [{ machine: "alone", mispredictions: 700, storageBits: 8192 }],
    })
  })

  it("is nothing where there are no models and nobody ran beside", () => {
    expect(reportOf([], [])).toBeUndefined()
  })
})
