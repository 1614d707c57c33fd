import { describe, expect, it } from "vitest"
import { UnsupportedError } from "../../../../arch/errors.ts"
import type { Network } from "../../../../dataflows/network.ts"
import { parsePattern } from "../../../../dataflows/sparsity/pattern/pattern-text.ts"
import { mapNetwork, type WorkOptions } from "../../../../dataflows/work.ts"

const linear = (id: string) =>
  ({ id, op: { kind: "linear", rows: 8, inFeatures: 64, outFeatures: 32 } }) as const
const network: Network = {
  id: "two",
  name: "two linear layers",
  batch: 1,
  layers: [linear("first"), linear("second")],
  source: "made for a test",
}

const map = (text: string, options: WorkOptions = {}) => {
  const pattern = parsePattern(text)
  return mapNetwork(network, pattern === undefined ? options : { ...options, pattern })
}

describe("a pattern that the array engine cannot run exactly", () => {
  it.each(["2:8", "dbb4:8", "v16:2:8", "2:4x4:8"])("does not refuse %s in inference", (text) => {
    expect(map(text).passes).toHaveLength(1)
  })

  it.each(["2:8", "dbb4:8", "v16:2:8", "2:4x4:8"])("does not refuse %s in training", (text) => {
    for (const training of ["sr-ste", "bdwp", "fst", "custom:BP=W"] as const) {
      expect(map(text, { training }).passes).toHaveLength(3)
    }
  })

  it("is refused where rows have an N of their own, and says what works", () => {
    expect(() => map("rowwise:4")).toThrow(UnsupportedError)
    expect(() => map("rowwise:4")).toThrow(/rowwise:4.*packs rows/)
  })

  it.each([
    ["sdgp", /gradients are pruned while they stream in/],
    ["custom:WU=A", /activations are pruned while they stream in/],
    ["transposable", /transposable/],
    ["bi-mask", /nested/],
    ["mvue", /transposable/],
  ] as const)("is refused in training where masks of blocks cannot be made: by %s", (training, says) => {
    for (const text of ["v16:2:8", "2:4x4:8"]) {
      expect(() => map(text, { training })).toThrow(UnsupportedError)
      expect(() => map(text, { training })).toThrow(says)
    }
    expect(map("2:8", { training }).passes).toHaveLength(3)
  })

  it("is refused on a single layer too", () => {
    const own = {
      ...network,
      layers: [linear("first"), { ...linear("second"), sparsity: { kind: "row-wise", n: 4, m: 4 } as const }],
    }
    expect(() => mapNetwork(own, {})).toThrow(UnsupportedError)
  })

  it("does not matter to a dense run", () => {
    expect(map("rowwise:4", { training: "dense" }).passes).toHaveLength(3)
  })
})
