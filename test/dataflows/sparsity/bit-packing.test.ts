import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { readBits, writeBits } from "../../../dataflows/sparsity/bit-packing.ts"
import { runs } from "../../arbitraries/runs.ts"

const field = fc
  .integer({ min: 0, max: 31 })
  .chain((width) =>
    fc.record({ width: fc.constant(width), value: fc.integer({ min: 0, max: 2 ** width - 1 }) }),
  )

describe("bit packing", () => {
  it("reads back every field, whatever the widths before it", () => {
    fc.assert(
      fc.property(fc.array(field, { maxLength: 20 }), (fields) => {
        const bits = fields.reduce((sum, { width }) => sum + width, 0)
        const bytes = new Uint8Array(Math.ceil(bits / 8))
        let at = 0
        for (const { width, value } of fields) {
          writeBits(bytes, at, width, value)
          at += width
        }
        at = 0
        for (const { width, value } of fields) {
          expect(readBits(bytes, at, width)).toBe(value)
          at += width
        }
      }),
      { numRuns: runs },
    )
  })
})
