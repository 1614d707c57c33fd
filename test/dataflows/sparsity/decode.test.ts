import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { decode } from "../../../dataflows/sparsity/decode.ts"
import { encode } from "../../../dataflows/sparsity/encode.ts"

const pruned = Float32Array.from([0, 5, 0, 6, 7, 0, 8, 0])
const index = encode(pruned, [2, 4], 1, { n: 2, m: 4 }, "index")
const bitmap = encode(pruned, [2, 4], 1, { n: 2, m: 4 }, "bitmap")

describe("decode", () => {
  it("expands both formats to the same tensor", () => {
    expect(decode(index)).toEqual(pruned)
    expect(decode(bitmap)).toEqual(pruned)
  })

  it("rejects indices that do not increase", () => {
    const corrupt = { ...index, metadata: Uint8Array.from([0b10000101]) }
    expect(() => decode(corrupt)).toThrow(WorkloadError)
    expect(() => decode(corrupt)).toThrow("group 0 is corrupt")
  })

  it("rejects an index beyond M when M is not a power of two", () => {
    const three = encode(Float32Array.from([0, 0, 4]), [3], 0, { n: 1, m: 3 }, "index")
    expect(decode(three)).toEqual(Float32Array.from([0, 0, 4]))
    expect(() => decode({ ...three, metadata: Uint8Array.from([3]) })).toThrow("positions below 3")
  })

  it.each([
    ["too few", 0b10010010],
    ["too many", 0b01111010],
  ])("rejects a bitmap with %s bits set in a group", (_, byte) => {
    const corrupt = { ...bitmap, metadata: Uint8Array.from([byte]) }
    expect(() => decode(corrupt)).toThrow("is corrupt: expected 2")
  })

  it("rejects missing values and missing metadata", () => {
    expect(() => decode({ ...index, values: index.values.subarray(1) })).toThrow("needs 4 values")
    expect(() => decode({ ...index, metadata: new Uint8Array(0) })).toThrow("1 metadata bytes")
  })

  it("keeps what a corrupt padding slot holds out of the next line", () => {
    // Group 1 is the tail of the first line: slot 0 holds 7, slot 1 is padding.
    const lines = Float32Array.from([0, 0, 1, 2, 7, 0, 0, 3, 4, 0])
    const tails = encode(lines, [2, 5], 1, { n: 2, m: 4 }, "index")
    expect([...tails.values]).toEqual([1, 2, 7, 0, 3, 4, 0, 0])
    const corrupt = { ...tails, values: Float32Array.from([1, 2, 7, 99, 3, 4, 0, 0]) }
    expect(decode(corrupt)).toEqual(lines)
  })
})
