/** SCALE-Sim v3's own numbers, reproduced to the last one. */
import { describe, expect, it } from "vitest"
import { scaleSimLayer } from "../../../sim/sat/scalesim-compat.ts"
import { builtinCases } from "../../../src/validate/builtin-cases.ts"
import { validate } from "../../../src/validate/validate.ts"

const cases = builtinCases.get("systolic-scalesim")
const conv1 = { gemm: { m: 3025, n: 96, k: 363 }, rows: 32, cols: 32 } as const

describe("SCALE-Sim v3 in stall-free mode", () => {
  it("is met exactly in all 338 cases: cycles, SRAM counts, utilisations", () => {
    const result = validate(cases === undefined ? [] : [cases])
    expect(result.cases).toHaveLength(338)
    expect(result.cases.filter(({ error }) => error !== 0)).toEqual([])
    const extras = result.cases.flatMap(({ id, extra }) => extra.map((field) => ({ id, ...field })))
    expect(extras).toHaveLength(338 * 5)
    expect(extras.filter(({ equal }) => !equal)).toEqual([])
    expect(result.unsupported).toEqual([])
  })

  it("predicts the same speed-ups of N:M over dense", () => {
    const { pairs } = validate(cases === undefined ? [] : [cases])
    expect(pairs.length).toBeGreaterThan(100)
    expect(pairs.filter(({ error }) => error !== 0)).toEqual([])
  })

  it("reports AlexNet's first layer as its golden file does: 112,283 cycles at 91.683 %", () => {
    const result = scaleSimLayer({ ...conv1, dataflow: "ws" })
    expect(result.totalCycles).toBe(112_283)
    expect(result.overallUtilPct).toBeCloseTo(91.683, 2)
  })
})

describe("its quirks", () => {
  it("prints more than 100 % utilisation when sparse, because dense MACs are counted", () => {
    const result = scaleSimLayer({ ...conv1, dataflow: "ws", sparsity: { n: 1, m: 4 } })
    expect(result.overallUtilPct).toBeGreaterThan(100)
    expect(result.mappingEffPct).toBeLessThanOrEqual(100)
  })

  it("writes rows + cols words too many per fold under OS", () => {
    const { ofmapSramWrites, folds } = scaleSimLayer({ ...conv1, dataflow: "os" })
    expect(ofmapSramWrites).toBe(3025 * 96 + 64 * folds)
  })

  it("halves K in row-wise mode whatever the layer's own N:M says", () => {
    const rowWise = { ...conv1, dataflow: "ws", rowWiseBlock: 4 } as const
    expect(scaleSimLayer({ ...rowWise, sparsity: { n: 1, m: 4 } }).totalCycles).toBe(
      scaleSimLayer({ ...rowWise, sparsity: { n: 2, m: 4 } }).totalCycles,
    )
  })

  it("matches the row-wise cycles of ViT-S on 32 × 32 and 128 × 128 (its own runs, WS, block 4)", () => {
    const layers = [
      [196, 192, 384],
      [196, 1176, 64],
      [196, 64, 1176],
      [196, 1536, 384],
      [196, 384, 1536],
    ] as const
    const cyclesOn = (edge: number): readonly number[] =>
      layers.map(
        ([m, n, k]) =>
          scaleSimLayer({ gemm: { m, n, k }, rows: edge, cols: edge, dataflow: "ws", rowWiseBlock: 4 })
            .totalCycles,
      )
    expect(cyclesOn(32)).toEqual([10_439, 10_729, 11_019, 83_519, 83_519])
    expect(cyclesOn(128)).toEqual([2311, 5779, 2889, 13_871, 10_403])
  })

  it("never stalls without a bandwidth limit, and never less with a smaller one", () => {
    const at = (wordsPerCycle: number): number =>
      scaleSimLayer({
        ...conv1,
        dataflow: "ws",
        bandwidth: { wordsPerCycle, ifmapWords: 32_768, filterWords: 32_768, ofmapWords: 32_768 },
      }).stallCycles
    expect(scaleSimLayer({ ...conv1, dataflow: "ws" }).stallCycles).toBe(0)
    expect([60, 20, 10, 1].map(at)).toEqual([60, 20, 10, 1].map(at).toSorted((a, b) => a - b))
    expect(at(1)).toBeGreaterThan(0)
  })
})

/**
 * Stalls that SCALE-Sim itself measured on ViT-S at a finite bandwidth. Ours is a bound on traffic, not its prefetcher:
 * the test records how far off it is, so that a claim of accuracy cannot creep in.
 */
describe("its stalls at a finite bandwidth are only approximated", () => {
  const measured = [
    { rows: 32, dataflow: "ws", words: 10, kib: 64, stalls: [45_488, 19_537, 94_695, 909_284, 909_284] },
    { rows: 128, dataflow: "ws", words: 10, kib: 256, stalls: [0, 0, 20_728, 448_800, 442_502] },
    { rows: 128, dataflow: "os", words: 10, kib: 256, stalls: [0, 0, 24_040, 455_970, 278_680] },
  ] as const
  const layers = [
    [196, 192, 384],
    [196, 1176, 64],
    [196, 64, 1176],
    [196, 1536, 384],
    [196, 384, 1536],
  ] as const

  it("within a factor of four on the layers that stall most", () => {
    for (const { rows, dataflow, words, kib, stalls } of measured) {
      const half = kib * 512
      const predicted = layers.map(
        ([m, n, k]) =>
          scaleSimLayer({
            gemm: { m, n, k },
            rows,
            cols: rows,
            dataflow,
            bandwidth: { wordsPerCycle: words, ifmapWords: half, filterWords: half, ofmapWords: half },
          }).stallCycles,
      )
      for (const i of [3, 4]) {
        expect(predicted[i] / stalls[i]).toBeGreaterThan(1 / 4)
        expect(predicted[i] / stalls[i]).toBeLessThan(4)
      }
    }
  })
})
