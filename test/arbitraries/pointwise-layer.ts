/** Pointwise layers small enough to multiply naively, with remainders of every tile size, empty rows and full ones. */
import fc from "fast-check"
import { type PointwiseLayer, randomLayer } from "../../dataflows/kernel/random-layer.ts"

export const pointwiseLayer: fc.Arbitrary<PointwiseLayer> = fc
  .record({
    pixels: fc.integer({ min: 1, max: 150 }),
    cin: fc.integer({ min: 1, max: 40 }),
    cout: fc.integer({ min: 1, max: 21 }),
    sparsity: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    seed: fc.integer({ min: 1, max: 1e6 }),
  })
  .map(({ sparsity, seed, ...shape }) => randomLayer(shape, sparsity, seed))
