/** Sparse models as a memory of 2 KB can hold them: every field over its whole range. */
import fc from "fast-check"
import type { SparseImage } from "../../sim/branch/sparse/model-encoding.ts"
import { BOTH, DIFFER, OUTCOME } from "../../sim/branch/sparse/sparse-model.ts"

const signed = (bits: number): fc.Arbitrary<number> =>
  fc.integer({ min: -(2 ** (bits - 1) - 1), max: 2 ** (bits - 1) - 1 })

export const sparseImage = (localWords: number, mostEntries: number): fc.Arbitrary<SparseImage> => {
  const position = fc.integer({ min: 0, max: 511 + 32 * localWords })
  const single = fc.record({
    kind: fc.constant(OUTCOME),
    first: position,
    second: fc.constant(0),
    weight: signed(5),
  })
  const pair = fc.record({
    kind: fc.constantFrom(DIFFER, BOTH),
    first: position,
    second: position,
    weight: signed(5),
  })
  const model = fc.record({
    terms: fc.array(fc.oneof(single, pair), { maxLength: 63, size: "max" }),
    bias: signed(10),
    baseWeights: fc.array(signed(7), { minLength: 4, maxLength: 4 }),
  })
  const entry = fc.record({ tag: fc.integer({ min: 0, max: 0xffff }), model })
  return fc
    .uniqueArray(entry, { maxLength: mostEntries, selector: ({ tag }) => tag, size: "max" })
    .map((entries) => ({ entries, localWords }))
}
