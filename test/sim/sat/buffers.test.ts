/** Buffers that are too small. */
import { describe, expect, it } from "vitest"
import { ConfigError } from "../../../arch/errors.ts"
import { loadArrayMachine } from "../../../arch/machine-catalogue.ts"
import type { MappedGemm } from "../../../dataflows/gemm.ts"
import { arrayModel, mappingsOf } from "../../../sim/sat/stage-cost.ts"

const product: MappedGemm = {
  gemm: { m: 64, n: 64, k: 64 },
  count: 1,
  a: { role: "activation", uniqueElements: 64 * 64 },
  b: { role: "weight", uniqueElements: 64 * 64 },
  c: { role: "activation", uniqueElements: 64 * 64 },
  nonZeroShare: 1,
}
const mappings = (bytes: number) =>
  mappingsOf(
    product,
    arrayModel(
      loadArrayMachine("sat-vcu1525", [
        { path: "buffers.ifmap", value: bytes },
        { path: "buffers.filter", value: bytes },
        { path: "buffers.ofmap", value: bytes },
      ]),
    ),
  )

describe("buffers", () => {
  it("that hold no fold are an error that says which numbers to change", () => {
    expect(() => mappings(64)).toThrow(ConfigError)
    expect(() => mappings(64)).toThrow(/do not hold one fold/)
  })

  it("that hold one run the product", () => {
    expect(mappings(1 << 20).length).toBeGreaterThan(0)
  })
})
