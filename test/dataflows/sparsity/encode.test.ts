import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { sizeBits } from "../../../dataflows/sparsity/compressed-tensor.ts"
import { encode } from "../../../dataflows/sparsity/encode.ts"

describe("encode", () => {
  it("packs the 2-bit indices of 2:4, lowest bits first", () => {
    const pruned = Float32Array.from([0, 5, 0, 6, 7, 0, 8, 0])
    const { values, metadata } = encode(pruned, [8], 0, { n: 2, m: 4 }, "index")
    expect([...values]).toEqual([5, 6, 7, 8])
    // Indices 1, 3, 0, 2 → 10_00_11_01.
    expect([...metadata]).toEqual([0b10001101])
  })

  it("packs 3-bit indices across byte boundaries", () => {
    const pruned = Float32Array.from([0, 0, 0, 0, 0, 1, 0, 2, 0, 3, 4, 0, 0, 0, 0, 0])
    const { metadata } = encode(pruned, [16], 0, { n: 2, m: 8 }, "index")
    // Indices 5, 7, 1, 2 → 010_001_111_101: twelve bits, four idle.
    expect([...metadata]).toEqual([0b01111101, 0b0100])
  })

  it("writes a bitmap with exactly N bits a group", () => {
    const pruned = Float32Array.from([0, 5, 0, 6, 0, 0, 0, 8])
    const { values, metadata } = encode(pruned, [8], 0, { n: 2, m: 4 }, "bitmap")
    expect([...values]).toEqual([5, 6, 0, 8])
    // Second group: one non-zero at 3, the free slot goes to position 0.
    expect([...metadata]).toEqual([0b10011010])
  })

  it("stores lines one after the other, groups of a line together, along an outer axis", () => {
    const pruned = Float32Array.from([1, 0, 0, 20, 3, 0, 0, 40])
    const { values } = encode(pruned, [4, 2], 0, { n: 1, m: 2 }, "index")
    expect([...values]).toEqual([1, 3, 20, 40])
  })

  it("pads a tail group to M elements and N slots", () => {
    const { values, metadata } = encode(Float32Array.from([7]), [1], 0, { n: 2, m: 4 }, "index")
    expect([...values]).toEqual([7, 0])
    expect([...metadata]).toEqual([0b0100])
  })

  it("gives free slots to -0 before +0", () => {
    const { values } = encode(Float32Array.from([0, 0, -0, 1]), [4], 0, { n: 2, m: 4 }, "index")
    expect(Object.is(values[0], -0)).toBe(true)
  })

  it("accepts more -0 than slots, as multiplying by a mask leaves them", () => {
    const { values } = encode(Float32Array.from([-0, 2, -0, -3]), [4], 0, { n: 2, m: 4 }, "index")
    expect([...values]).toEqual([2, -3])
  })

  it("rejects a group with more than N non-zeros and says where", () => {
    const encodeDense = (): unknown =>
      encode(Float32Array.from([1, 0, 0, 0, 1, 2, 3, 0]), [2, 4], 1, { n: 2, m: 4 }, "index")
    expect(encodeDense).toThrow(WorkloadError)
    expect(encodeDense).toThrow("group that starts at flat index 4 has 3 non-zeros")
  })

  it("takes 36 bits a group of 2:4 FP16", () => {
    const compressed = encode(new Float32Array(64 * 3), [3, 64], 1, { n: 2, m: 4 }, "index")
    expect(sizeBits(compressed, 16)).toBe(3 * 16 * 36)
  })
})
