import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { packDenseWeights } from "../../../dataflows/kernel/pack-dense-weights.ts"
import {
  blockHeights,
  packSparseWeights,
  sparseWeightBytes,
  unpackSparseWeights,
} from "../../../dataflows/kernel/pack-sparse-weights.ts"
import { pointwiseLayer } from "../../arbitraries/pointwise-layer.ts"

const blockRows = fc.constantFrom(1, 2, 4 as const)

describe("packed sparse weights", () => {
  it("unpack to exactly the kept weights and biases", () => {
    fc.assert(
      fc.property(pointwiseLayer, blockRows, (layer, rows) => {
        const packed = packSparseWeights(layer.weights, layer.bias, layer.shape, rows)
        const { weights, bias } = unpackSparseWeights(packed)
        expect(weights).toEqual(layer.weights)
        expect(bias).toEqual(layer.bias)
      }),
    )
  })

  it("take the bytes of their arrays", () => {
    fc.assert(
      fc.property(pointwiseLayer, blockRows, (layer, rows) => {
        const packed = packSparseWeights(layer.weights, layer.bias, layer.shape, rows)
        expect(sparseWeightBytes(packed).total).toBe(
          packed.values.byteLength + packed.deltas.byteLength + packed.counts.byteLength,
        )
      }),
    )
  })

  it("take 8 bytes for a kept weight, 8 for a row and 4 to read ahead when they are unstructured", () => {
    fc.assert(
      fc.property(pointwiseLayer, (layer) => {
        const packed = packSparseWeights(layer.weights, layer.bias, layer.shape, 1)
        const kept = layer.weights.filter((weight) => weight !== 0).length
        expect(sparseWeightBytes(packed).total).toBe(8 * kept + 8 * layer.shape.cout + 4)
      }),
    )
  })

  it("walk from the first kept column back to it, whatever is kept", () => {
    fc.assert(
      fc.property(pointwiseLayer, blockRows, (layer, rows) => {
        const { deltas } = packSparseWeights(layer.weights, layer.bias, layer.shape, rows)
        expect(deltas.reduce((sum, delta) => sum + delta, 0)).toBe(0)
      }),
    )
  })

  it("cover every output channel once", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99 }), blockRows, (cout, rows) => {
        expect(blockHeights(cout, rows).reduce((sum, height) => sum + height, 0)).toBe(cout)
      }),
    )
  })

  it("refuse arrays that do not fit the shape, and planes beyond 32-bit deltas", () => {
    const shape = { cin: 2, cout: 2, pixels: 4 }
    expect(() => packSparseWeights(new Float32Array(3), new Float32Array(2), shape, 1)).toThrow(/2 × 2/)
    expect(() =>
      packSparseWeights(new Float32Array(4), new Float32Array(2), { ...shape, pixels: 2 ** 29 }, 1),
    ).toThrow(/32-bit/)
  })
})

describe("packed dense weights", () => {
  it("stand in panels of 8: biases, then one group an input channel, zero beyond the last output", () => {
    const weights = Float32Array.from({ length: 9 * 2 }, (_, i) => i + 1)
    const packed = packDenseWeights(weights, new Float32Array(9).fill(100), { cin: 2, cout: 9 })
    expect(packed).toHaveLength(2 * 8 * 3)
    expect([...packed.subarray(0, 8)]).toEqual(Array.from({ length: 8 }, () => 100))
    expect([...packed.subarray(8, 12)]).toEqual([1, 3, 5, 7])
    expect([...packed.subarray(24, 26)]).toEqual([100, 0])
    expect([...packed.subarray(32, 34)]).toEqual([17, 0])
  })
})
