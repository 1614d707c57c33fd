/** Small row-major float32 tensors with an axis, and weights of layers. */
import * as fc from "fast-check"
import type { Weights } from "../../dataflows/sparsity/weight-axis.ts"

export interface TensorWithAxis {
  readonly shape: readonly number[]
  readonly axis: number
  readonly values: Float32Array
}

/** What real weights look like, and what breaks pruning: ties, zeros of both signs, subnormals. */
export const finiteWeight: fc.Arbitrary<number> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 3 }) },
  { weight: 4, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 2 ** -149, -(2 ** -149)) },
)

export const weightOrInfinity: fc.Arbitrary<number> = fc.oneof(
  { weight: 9, arbitrary: finiteWeight },
  { weight: 1, arbitrary: fc.constantFrom(Infinity, -Infinity) },
)

const tensorOf = (shape: readonly number[], value: fc.Arbitrary<number>): fc.Arbitrary<Float32Array> => {
  const elements = shape.reduce((a, b) => a * b, 1)
  return fc
    .array(value, { minLength: elements, maxLength: elements, size: "max" })
    .map((values) => Float32Array.from(values))
}

/** Largest dimension by rank, so that no tensor has more than a few hundred elements. */
const largestDimension = [0, 40, 14, 6, 4]

/** Rank 1 to 4, any axis, at least one element. */
export const tensorWithAxis = (
  value: fc.Arbitrary<number> = weightOrInfinity,
): fc.Arbitrary<TensorWithAxis> =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((rank) =>
      fc.record({
        shape: fc.array(fc.integer({ min: 1, max: largestDimension[rank] }), {
          minLength: rank,
          maxLength: rank,
        }),
        axis: fc.integer({ min: 0, max: rank - 1 }),
      }),
    )
    .chain(({ shape, axis }) =>
      fc.record({ shape: fc.constant(shape), axis: fc.constant(axis), values: tensorOf(shape, value) }),
    )

/** Weights of a linear layer or of a grouped convolution; finite. */
export const layerWeights: fc.Arbitrary<Weights> = fc
  .record({
    groups: fc.integer({ min: 1, max: 3 }),
    outPerGroup: fc.integer({ min: 1, max: 7 }),
    inPerGroup: fc.integer({ min: 1, max: 7 }),
    kernel: fc.oneof(
      fc.constant([]),
      fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    ),
  })
  .chain(({ groups, outPerGroup, inPerGroup, kernel }) => {
    const shape = [groups * outPerGroup, inPerGroup, ...kernel]
    return fc.record({
      shape: fc.constant(shape),
      groups: fc.constant(groups),
      values: tensorOf(shape, finiteWeight),
    })
  })
