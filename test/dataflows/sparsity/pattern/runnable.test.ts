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

  it.each(["2:8", "dbb4:8"])("does not refuse %s in training", (text) => {
    expect(map(text, { training: "bdwp" }).passes).toHaveLength(3)
  })

  it("is refused where rows have an N of their own, and says what works", () => {
    expect(() => map("rowwise:4")).toThrow(UnsupportedError)
    expect(() => map("rowwise:4")).toThrow(/rowwise:4.*packs rows/)
  })

  it.each(["v16:2:8", "2:4x4:8"])("is refused in training where masks are of blocks: %s", (text) => {
    expect(() => map(text, { training: "bdwp" })).toThrow(/mask generator/)
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
