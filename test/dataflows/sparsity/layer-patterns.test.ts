import { describe, expect, it } from "vitest"
import { ConfigError } from "../../../arch/errors.ts"
import type { Network } from "../../../dataflows/network.ts"
import { readLayerPatterns, withLayerPatterns } from "../../../dataflows/sparsity/layer-patterns.ts"

const linear = (id: string) =>
  ({ id, op: { kind: "linear", rows: 4, inFeatures: 8, outFeatures: 8 } }) as const
const network: Network = {
  id: "small",
  name: "small network",
  batch: 1,
  layers: [
    linear("stem"),
    linear("block1.a"),
    linear("block1.b"),
    linear("block2.a"),
    { id: "block2.scores", op: { kind: "matmul", count: 1, m: 2, n: 2, k: 2 } },
    linear("head"),
  ],
  source: "made for a test",
}

const apply = (layers: string) =>
  withLayerPatterns(network, readLayerPatterns(`schema: sparsim-sparsity/1\nlayers:\n${layers}`, "mix.yaml"))
const patterns = (layers: string) =>
  Object.fromEntries(apply(layers).layers.map(({ id, sparsity }) => [id, sparsity]))

const errorOf = (run: () => unknown): ConfigError => {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  throw new Error("nothing was refused")
}

describe("a sparsity file", () => {
  it("gives layers patterns by id and by glob, and dense exceptions", () => {
    expect(patterns("  block1.*: 2:4\n  block2.a: v16:2:8\n  head: dense")).toEqual({
      stem: undefined,
      "block1.a": { n: 2, m: 4 },
      "block1.b": { n: 2, m: 4 },
      "block2.a": { kind: "vector", v: 16, n: 2, m: 8 },
      "block2.scores": undefined,
      head: "dense",
    })
  })

  it("takes a layer's own id before any glob, and the later of two globs", () => {
    const { "block1.a": a, "block1.b": b } = patterns("  block1.a: 1:8\n  block?.*: 2:4\n  '*.b': 2:8")
    expect([a, b]).toEqual([
      { n: 1, m: 8 },
      { n: 2, m: 8 },
    ])
  })

  it("leaves layers without weights alone when a glob reaches them", () => {
    expect(patterns("  block2.*: 2:4")["block2.scores"]).toBeUndefined()
  })

  it("has a default that is the run's business", () => {
    expect(readLayerPatterns("schema: sparsim-sparsity/1\ndefault: 2:8\n", "mix.yaml").default).toEqual({
      n: 2,
      m: 8,
    })
  })

  it("is JSON too", () => {
    const text = '{ "schema": "sparsim-sparsity/1", "layers": { "stem": "2:4" } }'
    expect(readLayerPatterns(text, "mix.json").layers).toEqual([["stem", { n: 2, m: 4 }]])
  })

  it("that names a layer the network has not is refused with the nearest", () => {
    const error = errorOf(() => apply("  block1.c: 2:4"))
    expect(error.message).toContain('no layer "block1.c"')
    expect(error.remedy).toMatch(/Did you mean block1\.[ab]/)
    expect(error.place).toEqual({ file: "mix.yaml", path: "layers.block1.c" })
  })

  it("whose glob reaches no layer is refused with the layers there are", () => {
    const error = errorOf(() => apply("  stage*: 2:4"))
    expect(error.message).toContain('"stage*" reaches no layer')
    expect(error.remedy).toContain("stem, block1.a")
  })

  it("does not prune a layer without weights", () => {
    expect(errorOf(() => apply("  block2.scores: 2:4")).message).toContain("no weights to prune")
  })

  it("with a pattern that is none is refused with line and column", () => {
    const error = errorOf(() => apply("  stem: 9:8"))
    expect(error.place).toMatchObject({ file: "mix.yaml", line: 3, path: "layers.stem" })
    expect(error.message).toContain("9:8")
  })

  it("with an unknown field is refused with the field it means", () => {
    const error = errorOf(() => readLayerPatterns("schema: sparsim-sparsity/1\nlayer:\n  a: 2:4\n", "m.yaml"))
    expect(error.message).toContain('"layer"')
    expect(error.place).toMatchObject({ file: "m.yaml", line: 3 })
  })
})
