/** Roofs of the array beyond peak and memories: operand delivery, metadata, mask generator, update and vector units. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadArrayMachine, type Override } from "../../../arch/machine-catalogue.ts"
import type { Network } from "../../../dataflows/network.ts"
import { trainingMethods } from "../../../dataflows/training-method.ts"
import { aggregate, type Aggregate } from "../../../reports/aggregate.ts"
import { bottlenecks } from "../../../reports/bottleneck.ts"
import { roofline, type RooflinePoint } from "../../../reports/roofline.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import type { RunSpec } from "../../../src/run/run-spec.ts"
import { simulate } from "../../../src/run/simulate.ts"
import { readOperatorSpec } from "../../../src/workload/operator-spec.ts"
import { smallNetwork } from "../../arbitraries/network.ts"
import { specOf } from "../../run/spec-of.ts"

const traceOf = (network: Network, spec: Partial<RunSpec>, overrides: readonly Override[] = []): Trace =>
  simulate({
    spec: specOf({ workload: network.id, ...spec }),
    network,
    machine: loadArrayMachine("sat-vcu1525", overrides),
    warnings: [],
  }).trace

const withClassifier = (network: Network): Network => ({
  ...network,
  layers: [
    ...network.layers,
    { id: "classifier", op: { kind: "linear", rows: 3, inFeatures: 24, outFeatures: 10 } },
  ],
})

const pointOf = (summary: Aggregate, stage: string): RooflinePoint => {
  const found = roofline(summary).byStage.find((point) => point.stage === stage)
  if (found === undefined) throw new Error(`no stage ${stage}`)
  return found
}

const leastOf = (point: RooflinePoint, id: string): number =>
  point.limits.find(({ roof }) => roof.id === id)?.leastCycles ?? Number.NaN

describe("no stage of any layer", () => {
  const machines = fc.record({
    rows: fc.integer({ min: 2, max: 40 }),
    cols: fc.integer({ min: 2, max: 40 }),
    delivery: fc.integer({ min: 1, max: 8 }),
    lanes: fc.integer({ min: 1, max: 40 }),
    bandwidth: fc.constantFrom(1e9, 1e11, 1e14),
  })
  const specs = fc.record({
    training: fc.option(fc.constantFrom(...trainingMethods), { nil: undefined }),
    pattern: fc.constantFrom({ n: 1, m: 4 }, { n: 2, m: 8 }, { n: 2, m: 16 }, { n: 3, m: 5 }),
    dataflow: fc.constantFrom(undefined, "os" as const, "ws" as const),
    ablate: fc.subarray(["pregeneration", "interleave", "fusion", "double-buffering"] as const),
    metadata: fc.constantFrom(undefined, "bitmap" as const, "combinadic" as const),
  })

  it("is faster than a roof allows, whatever the array, the method and the pattern", () => {
    fc.assert(
      fc.property(
        smallNetwork,
        specs,
        machines,
        (network, { training, dataflow, metadata, ...spec }, { rows, cols, delivery, lanes, bandwidth }) => {
          const trace = traceOf(
            withClassifier(network),
            {
              ...spec,
              ...(training === undefined ? {} : { training }),
              ...(dataflow === undefined ? {} : { dataflow }),
              // A step that prunes nothing has no positions to write down.
              ...(metadata === undefined || training === "dense" ? {} : { metadata }),
            },
            [
              { path: "array.rows", value: rows },
              { path: "array.cols", value: cols },
              { path: "array.delivery", value: delivery },
              { path: "sore.lanes", value: lanes },
              { path: "wuve.lanes", value: lanes },
              { path: "vector.lanes", value: lanes },
              { path: "dram.bandwidth", value: bandwidth },
            ],
          )
          expect(checkTrace(trace)).toEqual([])
          for (const point of roofline(aggregate(trace)).byLayerStage) {
            // The buffer ports' roof is an assumption of its own width; here it is the units' that must hold.
            for (const { leastCycles } of point.limits.filter(({ roof }) => roof.kind === "unit")) {
              expect(leastCycles).toBeLessThanOrEqual(point.cycles * (1 + 1e-9))
            }
          }
        },
      ),
      { numRuns: 80 },
    )
  })
})

const gemm = readOperatorSpec("gemm:256x256x1024", 1)
const fastDram: readonly Override[] = [{ path: "dram.bandwidth", value: 1e14 }]

describe("dense-operand delivery", () => {
  it("binds where a row takes in less than a group's share: 2:16 at one element a cycle", () => {
    const narrow = [...fastDram, { path: "array.delivery", value: 1 }]
    const pruned = { pattern: { n: 2, m: 16 } }
    const point = pointOf(aggregate(traceOf(gemm, pruned, narrow)), "FF")
    expect(point.binding?.id).toBe("delivery")
    expect(point.bound).toBe("unit")
    // 256 × 1024 elements, once for each of the 256 / 32 column folds, over 32 a cycle.
    expect(leastOf(point, "delivery")).toBe((256 * 1024 * 8) / 32)
    expect(pointOf(aggregate(traceOf(gemm, pruned, fastDram)), "FF").binding?.id).not.toBe("delivery")
  })

  it("and metadata have no roof where nothing is sparse", () => {
    const { roofs } = traceOf(gemm, {}).manifest.machine
    expect(roofs.map(({ id }) => id)).toEqual(["peak-dense", "sram", "dram", "vector"])
  })
})

describe("metadata", () => {
  it.each([
    // 256 × 256 kept positions of 1024 (2:8), read once for each of 8 row folds (OS): 3 bits, 8/2 bits, ⌈log2 28⌉/2 bits.
    ["index", 3],
    ["bitmap", 4],
    ["combinadic", 2.5],
  ] as const)("as %s is read at the filter buffer with every kept value: %d bits", (metadata, bits) => {
    const summary = aggregate(traceOf(gemm, { pattern: { n: 2, m: 8 }, dataflow: "os", metadata }))
    const point = pointOf(summary, "FF")
    const level = point.levels.find(({ roof }) => roof.id === "metadata")
    expect(level?.bytes).toBe((256 * 256 * 8 * bits) / 8)
    // 32 positions a cycle, whatever they are written as.
    expect(leastOf(point, "metadata")).toBe((256 * 256 * 8) / 32)
  })
})

describe("the mask generator", () => {
  it("binds a stage that only prunes: two bytes of each weight over 32 lanes", () => {
    const trace = traceOf(gemm, { training: "bdwp", pattern: { n: 2, m: 8 }, ablate: ["pregeneration"] })
    const point = pointOf(aggregate(trace), "prune")
    expect(point.binding?.id).toBe("sore")
    expect(point.bound).toBe("unit")
    // FF and BP each prune the 256 × 1024 weights.
    expect(leastOf(point, "sore")).toBe((2 * 256 * 1024) / 32)
    expect(point.binding?.status).toBe("published")
  })

  it("has no roof in a step that prunes nothing", () => {
    const ids = traceOf(gemm, { training: "dense" }).manifest.machine.roofs.map(({ id }) => id)
    expect(ids).toContain("wuve")
    expect(ids).not.toContain("sore")
  })
})

describe("the operand buffers' tracks", () => {
  const busyOf = (dataflow: "os" | "ws", pattern?: RunSpec["pattern"]) => {
    const trace = traceOf(gemm, { dataflow, ...(pattern === undefined ? {} : { pattern }) }, fastDram)
    const tracks = new Map(bottlenecks(aggregate(trace)).map((track) => [track.track, track]))
    const busy = (id: string): number =>
      tracks.get(id)?.shares.find(({ cause }) => cause === "busy")?.cycles ?? Number.NaN
    return { tracks, busy }
  }

  it("account for every cycle of the run, busy or idle", () => {
    const { tracks } = busyOf("ws", { n: 2, m: 8 })
    for (const id of ["buffer.ifmap", "buffer.filter", "buffer.ofmap"]) {
      const track = tracks.get(id)
      expect(track?.shares.reduce((sum, { cycles }) => sum + cycles, 0)).toBe(track?.cycles)
      expect(track?.cycles).toBe(tracks.get("array")?.cycles)
    }
  })

  it("read both operands while output-stationary folds stream, and take sums a row a cycle", () => {
    const { busy } = busyOf("os")
    // 8 × 8 folds of 1024 steps; 256 × 256 sums over 32 columns.
    expect([busy("buffer.ifmap"), busy("buffer.filter"), busy("buffer.ofmap")]).toEqual([
      65_536,
      65_536,
      (256 * 256) / 32,
    ])
  })

  it("read stationary weights while they are loaded: 32 cycles a fold", () => {
    const { busy } = busyOf("ws")
    // 1024 / 32 reduction folds by 256 / 32 of filters, each of 256 streaming steps.
    const folds = 32 * 8
    expect([busy("buffer.ifmap"), busy("buffer.filter"), busy("buffer.ofmap")]).toEqual([
      folds * 256,
      folds * 32,
      folds * 256,
    ])
  })
})
