/** Patterns, sparsity files, metadata formats and training methods as a user asks for them. */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { emptyFolder, sparsim } from "./run-cli.ts"

const run = (args: readonly string[], files: Readonly<Record<string, string>> = {}) => {
  const cwd = emptyFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text)
  return { ...sparsim(["run", ...args, "--no-band", "--quiet"], cwd), cwd, given: Object.keys(files).length }
}
const mix = (lines: string): string => `schema: sparsim-sparsity/1\n${lines}`
const network = ["resnet18-cifar", "--batch", "2"]

describe("a run", () => {
  it.each([["dbb2:8"], ["v64:2:8"], ["2:4x2:4"]])("of inference takes %s", (pattern) => {
    const { code, out } = run([...network, "--sparsity", pattern, "--json"])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toBeTypeOf("object")
    expect(out).toContain(pattern)
  })

  it.each([
    ["transposable", "transposable mask"],
    ["bi-mask", "Bi-Mask"],
    ["mvue", "MVUE"],
    ["fst", "FST"],
    ["custom:ff=w,wu=g", "custom:FF=W,WU=G"],
  ])("of training takes the method %s", (method, name) => {
    const { code, out } = run([...network, "--train", method, "--sparsity", "2:8", "--json"])
    expect(code).toBe(0)
    expect(out).toContain(name)
  })

  it("takes patterns of single layers from a file, and says so", () => {
    const { code, out } = run([...network, "--train", "bdwp", "--sparsity-file", "mix.yaml", "--json"], {
      "mix.yaml": mix("default: 2:8\nlayers:\n  layer1.*: 2:4\n  fc: dense\n"),
    })
    expect(code).toBe(0)
    expect(out).toContain("per layer")
    expect(out).toContain("--sparsity-file mix.yaml")
  })

  it.each(["index", "bitmap", "combinadic"])("takes the metadata format %s", (format) => {
    const { code, out } = run([...network, "--sparsity", "2:8", "--metadata", format, "--json"])
    expect(code).toBe(0)
    expect(out).toContain(`--metadata ${format}`)
  })
})

describe("a request that cannot be run", () => {
  const files = {
    "unknown.yaml": mix("layers:\n  layer1.0.conv9: 2:4\n"),
    "default.yaml": mix("default: 2:8\n"),
    "wide.yaml": mix("layers:\n  fc: 2:64\n"),
    "bad.yaml": mix("layers:\n  fc: 9:8\n"),
  }
  it.each([
    [
      ["--sparsity", "rowwise:4"],
      [/rowwise:4/, /packs rows/],
    ],
    [
      ["--sparsity", "v64:2:8", "--train", "sdgp"],
      [/v64:2:8/, /gradients are pruned while they stream in/, /bdwp/],
    ],
    [
      ["--sparsity", "2:4x4:8"],
      [/at most 16/, /array\.maxGroup/],
    ],
    [
      ["--sparsity", "v64:5:8"],
      [/--sparsity v64:5:8/, /v64:2:8/],
    ],
    [
      ["--sparsity", "2:8", "--metadata", "rle"],
      [/--metadata rle/, /bitmap/],
    ],
    [
      ["--sparsity", "2:8", "--train", "custom:FF=G"],
      [/FF has no operand G/, /W and A/],
    ],
    [
      ["--sparsity-file", "unknown.yaml"],
      [/layer1\.0\.conv9/, /layer1\.0\.conv[12]/, /unknown\.yaml/],
    ],
    [
      ["--sparsity-file", "default.yaml", "--sparsity", "2:4"],
      [/default\.yaml/, /Drop one/],
    ],
    [
      ["--sparsity-file", "wide.yaml"],
      [/2:64/, /fc/, /at most 16/],
    ],
    [
      ["--sparsity-file", "bad.yaml"],
      [/bad\.yaml:3/, /9:8/],
    ],
    [
      ["--sparsity-file", "none.yaml"],
      [/none\.yaml/, /cannot be read/],
    ],
  ] as const)("is refused with place and remedy: %s", (args, says) => {
    const { code, out, err, cwd, given } = run([...network, ...args, "-o", "out"], files)
    expect(code).toBe(2)
    expect(out).toBe("")
    for (const pattern of says) expect(err).toMatch(pattern)
    expect(readdirSync(cwd)).toHaveLength(given)
  })
})
