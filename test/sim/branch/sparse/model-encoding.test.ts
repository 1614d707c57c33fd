import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  decodeModels,
  encodeModels,
  imageBits,
  unusedSlots,
} from "../../../../sim/branch/sparse/model-encoding.ts"
import { runs } from "../../../arbitraries/runs.ts"
import { sparseImage } from "../../../arbitraries/sparse-image.ts"

describe("the memory of sparse models", () => {
  it("gives back every model that it took, and refuses only what is too large", () => {
    fc.assert(
      fc.property(sparseImage(2, 14), fc.integer({ min: 0, max: 63 }), (image, confidence) => {
        const bytes = encodeModels(image, confidence)
        expect(bytes === undefined).toBe(imageBits(image) > 16_384)
        expect(bytes === undefined ? image : decodeModels(bytes)).toEqual(image)
      }),
      { numRuns: Math.min(runs, 300) },
    )
  })

  it("is 2,048 bytes whatever it holds", () => {
    fc.assert(
      fc.property(sparseImage(2, 8), (image) => {
        const bytes = encodeModels(image, 0)
        if (bytes === undefined) return
        expect(bytes).toHaveLength(2048)
        expect(imageBits(image) + 16 * unusedSlots(image)).toBe(16_384)
      }),
      { numRuns: Math.min(runs, 100) },
    )
  })

  /** By hand: head, five slots of directory, two slots of terms, one local history of 64. */
  it("counts a model of one local term and one global as twelve slots", () => {
    const image = {
      localWords: 2,
      entries: [
        {
          tag: 1,
          model: {
            bias: 0,
            baseWeights: [0, 0, 0, 0],
            terms: [
              { kind: 0, first: 3, second: 0, weight: 1 },
              { kind: 0, first: 520, second: 0, weight: -1 },
            ],
          },
        },
      ],
    } as const
    expect(imageBits(image)).toBe(12 * 16)
  })
})
