/**
 * Malformed input of every kind: one paragraph that names the place and the remedy, exit code 2, nothing on standard
 * output and nothing half-written.
 */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { emptyFolder, sparsim } from "./run-cli.ts"

interface BadInput {
  readonly what: string
  readonly args: readonly string[]
  /** Files to put in place first. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** What the error must say: the place and the remedy. */
  readonly says: readonly RegExp[]
}

const run = (...args: readonly string[]): readonly string[] => ["run", ...args, "--no-band"]
const cfg = (lines: string): string =>
  `[general]\nrun_name = x\n[architecture_presets]\nArrayHeight : 8\nArrayWidth : 8\nIfmapSramSzkB : 8\nFilterSramSzkB : 8\nOfmapSramSzkB : 8\nDataflow : ws\n${lines}`
const conv =
  "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n"
const topology = `${conv}c1,8,8,3,3,4,4,1,\n`
const machine = (lines: string): string => `schema: sparsim-machine/1\nid: mine\nkind: array\n${lines}`
const cases = (list: string): string => `{ "schema": "sparsim-cases/1", "about": "x", "cases": [${list}] }`
const oneCase = (id: string): string =>
  `{ "id": "${id}", "model": "sat", "machine": "systolic-8x8", "workload": {}, "metric": "m", "unit": "u", "value": 1, "evidence": "derived", "source": "s" }`

const table: readonly BadInput[] = [
  // Names and flags.
  { what: "an unknown network", args: run("resnet500"), says: [/resnet500/, /resnet-50|Known/] },
  {
    what: "an unknown machine",
    args: run("resnet18", "--on", "sat-vcu1524"),
    says: [/sat-vcu1524/, /sat-vcu1525/],
  },
  {
    what: "two sources of a kernel bench's numbers",
    args: ["kernel", "bench", "--calibrate", "--machine", "mine.yaml"],
    says: [/--calibrate and --machine/, /Keep --calibrate/],
  },
  {
    what: "a machine of size zero",
    args: run("resnet18", "--on", "systolic-0x8"),
    says: [/systolic-0x8/, /systolic-ROWSxCOLS/],
  },
  {
    what: "a pattern with N above M",
    args: run("resnet18", "--sparsity", "9:8"),
    says: [/--sparsity 9:8/, /2:8/],
  },
  {
    what: "a pattern that is no pattern",
    args: run("resnet18", "--sparsity", "half"),
    says: [/--sparsity half/, /2:8/],
  },
  {
    what: "a group larger than the machine takes",
    args: run("resnet18", "--sparsity", "2:64"),
    says: [/at most 16/, /array\.maxGroup/],
  },
  {
    what: "an unknown method",
    args: run("resnet18", "--train", "bdpw", "--sparsity", "2:8"),
    says: [/bdpw/, /bdwp/],
  },
  {
    what: "pruned training without a pattern",
    args: run("resnet18", "--train", "bdwp"),
    says: [/needs a pattern/, /2:8/],
  },
  { what: "a batch of zero", args: run("resnet18", "--batch", "0"), says: [/--batch 0/, /at least 1/] },
  {
    what: "a fractional batch",
    args: run("resnet18", "--batch", "1.5"),
    says: [/--batch 1\.5/, /whole number/],
  },
  {
    what: "a batch that is NaN",
    args: run("resnet18", "--batch", "NaN"),
    says: [/--batch NaN/, /whole number/],
  },
  {
    what: "an unknown dataflow",
    args: run("resnet18", "--dataflow", "rs"),
    says: [/--dataflow rs/, /os, ws, is/],
  },
  {
    what: "a dataflow the machine has not",
    args: run("resnet18", "--dataflow", "is"),
    says: [/cannot switch/, /os and ws/],
  },
  {
    what: "an unknown number to set",
    args: run("resnet18", "--set", "dram.bandwith=1"),
    says: [/dram\.bandwith/, /dram\.bandwidth/],
  },
  {
    what: "a set without a number",
    args: run("resnet18", "--set", "clock=fast"),
    says: [/clock=fast/, /PATH=NUMBER/],
  },
  {
    what: "a set in the wrong unit",
    args: run("resnet18", "--set", "dram.bandwidth=3W"),
    says: [/dram\.bandwidth/, /GB\/s/],
  },
  {
    what: "a negative size to set",
    args: run("resnet18", "--set", "array.rows=-4"),
    says: [/array\.rows/, /at least 1/],
  },
  {
    what: "an unknown energy table",
    args: run("resnet18", "--energy", "horowitz-46nm"),
    says: [/horowitz-46nm/, /horowitz-45nm/],
  },
  {
    what: "an unknown feature to ablate",
    args: run("resnet18", "--ablate", "pregen", "--train", "dense"),
    says: [/pregen/, /pregeneration/],
  },
  {
    what: "a number format the machine has not",
    args: run("resnet18", "--dtype", "fp8"),
    says: [/fp8/, /fp16/],
  },
  {
    what: "an unknown option",
    args: run("resnet18", "--sparsify", "2:4"),
    says: [/--sparsify/, /--sparsity/],
  },
  { what: "no workload", args: ["run"], says: [/workload/, /--help/] },
  { what: "an unknown command", args: ["runn", "resnet18"], says: [/runn/, /run/] },
  { what: "an option of another network", args: run("resnet18", "--seq", "128"), says: [/seq/, /resnet-18/] },
  { what: "an operator with a zero size", args: run("gemm:0x4x4"), says: [/gemm/, /MxNxK/i] },
  {
    what: "a machine named twice",
    args: run("t.csv", "--cfg", "c.cfg", "--on", "sat-vcu1525"),
    says: [/--on sat-vcu1525/, /--cfg c\.cfg/],
  },
  {
    what: "an array beyond bounds",
    args: run("resnet9", "--set", "array.rows=1e15"),
    says: [/array\.rows/, /1000000/],
  },
  {
    what: "SCALE-Sim's counting without its array",
    args: run("resnet9", "--compat", "scalesim"),
    says: [/--cfg/],
  },
  { what: "a cfg without a topology", args: run("resnet18", "--cfg", "a.cfg"), says: [/--cfg/, /\.csv/] },
  // Files.
  { what: "a missing file", args: run("missing.onnx"), says: [/missing\.onnx/, /path|no such file/i] },
  {
    what: "a file of an unknown kind",
    args: run("model.pb"),
    files: { "model.pb": "x" },
    says: [/model\.pb/, /\.onnx/],
  },
  {
    what: "an empty model",
    args: run("empty.onnx"),
    files: { "empty.onnx": "" },
    says: [/empty\.onnx/, /empty/],
  },
  {
    what: "a picture called a model",
    args: run("a.onnx"),
    files: { "a.onnx": new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]) },
    says: [/a\.onnx/],
  },
  { what: "an empty topology", args: run("t.csv"), files: { "t.csv": "" }, says: [/t\.csv:1:1/, /empty/] },
  {
    what: "a topology with a filter larger than its input",
    args: run("t.csv"),
    files: { "t.csv": `${conv}c1,2,2,3,3,4,4,1,\n` },
    says: [/t\.csv:2:/],
  },
  {
    what: "a topology with a word for a number",
    args: run("t.csv"),
    files: { "t.csv": `${conv}c1,8,8,three,3,4,4,1,\n` },
    says: [/t\.csv:2:8/, /three/],
  },
  {
    what: "a topology with a zero stride",
    args: run("t.csv"),
    files: { "t.csv": `${conv}c1,8,8,3,3,4,4,0,\n` },
    says: [/t\.csv:2:/, /stride/i],
  },
  {
    what: "a topology with a missing column",
    args: run("t.csv"),
    files: { "t.csv": "Layer, M, N,\nl,1,2,\n" },
    says: [/t\.csv:1/, /K/],
  },
  {
    what: "a cfg with an unknown dataflow",
    args: run("t.csv", "--cfg", "c.cfg"),
    files: { "t.csv": topology, "c.cfg": cfg("").replace("ws", "rs") },
    says: [/c\.cfg:9/, /rs/],
  },
  {
    what: "a cfg with a negative size",
    args: run("t.csv", "--cfg", "c.cfg"),
    files: { "t.csv": topology, "c.cfg": cfg("").replace("ArrayHeight : 8", "ArrayHeight : -8") },
    says: [/c\.cfg:4/, /-8/],
  },
  {
    what: "training in SCALE-Sim's counting",
    args: run("t.csv", "--cfg", "c.cfg", "--train", "dense"),
    files: { "t.csv": topology, "c.cfg": cfg("") },
    says: [/training/, /--compat none/],
  },
  {
    what: "a machine file that is not YAML",
    args: run("resnet18", "--on", "m.yaml"),
    files: { "m.yaml": "a: [" },
    says: [/m\.yaml:1:/, /YAML/],
  },
  {
    what: "a machine file with a bare number",
    args: run("resnet18", "--on", "m.yaml"),
    files: { "m.yaml": machine("name: m\nabout: a\ndtype: fp16\naccumulate: fp32\nclock: 5\n") },
    says: [/m\.yaml:8/, /bare number/, /source, status/],
  },
  {
    what: "a machine file with a misspelt key",
    args: run("resnet18", "--on", "m.yaml"),
    files: { "m.yaml": machine("nmae: m\nabout: a\n") },
    says: [/m\.yaml:4/, /nmae/, /name/],
  },
  {
    what: "a missing machine file",
    args: run("resnet18", "--on", "./none.yaml"),
    says: [/none\.yaml/, /path/],
  },
  {
    what: "a trace that is no trace",
    args: ["report", "folder", "-o", "a.html"],
    files: { "folder/x.txt": "x" },
    says: [/folder/, /manifest|trace/],
  },
  { what: "a missing trace", args: ["compare", "a.trace", "b.trace"], says: [/a\.trace/] },
  {
    what: "a manifest that is not JSON",
    args: ["query", "t.trace", "SELECT 1"],
    files: { "t.trace/manifest.json": "{" },
    says: [/manifest\.json/],
  },
  {
    what: "a manifest of an unknown version",
    args: ["trace", "check", "t.trace"],
    files: {
      "t.trace/manifest.json": '{"schema":"sparsim-trace","version":"9.0"}',
      "t.trace/spans.parquet": "PAR1",
      "t.trace/counters.parquet": "PAR1",
    },
    says: [/manifest\.json/, /9\.0|version/],
  },
  {
    what: "an export to an unknown format",
    args: ["export", "t.trace", "--to", "vcd", "-o", "x"],
    says: [/vcd/, /perfetto/],
  },
  {
    what: "a share that is none",
    args: ["compare", "a", "b", "--fail-above", "some"],
    says: [/--fail-above some/, /5%/],
  },
  { what: "a missing case file", args: ["validate", "none.json"], says: [/none\.json/] },
  {
    what: "a case file of another schema",
    args: ["validate", "c.json"],
    files: { "c.json": '{"schema":"x","about":"","cases":[]}' },
    says: [/c\.json:1/, /sparsim-cases\/1/],
  },
  {
    what: "two cases of one id",
    args: ["validate", "c.json"],
    files: { "c.json": cases(`${oneCase("a")},${oneCase("a")}`) },
    says: [/c\.json/, /"a" occurs twice/],
  },
  {
    what: "sparse models of an unknown name",
    args: ["branch", "compare", "ns-selfcheck", "--on", "gshare-64kb+sprase"],
    says: [/sprase/, /Did you mean sparse/],
  },
  {
    what: "a threshold that no counter reaches",
    args: ["run", "ns-selfcheck", "--on", "gshare-64kb+sparse", "--set", "sparse.gate.threshold=99"],
    says: [/sparse\.gate\.threshold/, /at most 63/],
  },
  {
    what: "one predictor named twice",
    args: ["branch", "compare", "ns-selfcheck", "--on", "gshare-64kb,gshare-64kb"],
    says: [/gshare-64kb is named twice/],
  },
  {
    what: "a machine that predicts no branches",
    args: ["branch", "analyse", "ns-selfcheck", "--on", "sat-vcu1525"],
    says: [/not a branch predictor/, /tage-sc-l-64kb/],
  },
  {
    what: "an analysis of a predictor that has sparse models",
    args: ["branch", "analyse", "ns-selfcheck", "--on", "gshare-13+sparse"],
    says: [/has sparse models already/, /--on ucsd_gshare13/],
  },
  {
    what: "a warm-up longer than the trace",
    args: ["run", "ns-selfcheck", "--on", "gshare-13", "--warm-up", "99999999"],
    says: [/within the warm-up of 99999999/],
  },
  {
    what: "a flag of networks on a branch trace",
    args: ["run", "ns-selfcheck", "--on", "gshare-13", "--batch", "4"],
    says: [/--batch/, /no meaning for a branch predictor/],
  },
  {
    what: "text that is no branch trace",
    args: ["branch", "analyse", "t.txt"],
    files: { "t.txt": "hello" },
    says: [/t\.txt/, /no branch trace of a known format/],
  },
  {
    what: "instructions of a machine that is no GPU",
    args: ["instructions", "sat-vcu1525"],
    says: [/sat-vcu1525/, /not a GPU/, /a100-sxm4-80gb/],
  },
  {
    what: "a main loop that an SM's shared memory does not hold",
    args: ["main-loop", "a100-sxm4-80gb", "--stages", "40"],
    says: [/655360 bytes/, /fewer stages/],
  },
  {
    what: "a main loop fed from nowhere",
    args: ["main-loop", "a100-sxm4-80gb", "--from", "l3"],
    says: [/--from l3/, /l2 or dram/],
  },
  {
    what: "an unknown thing to describe",
    args: ["describe", "sat-vcu1526"],
    says: [/sat-vcu1526/, /sat-vcu1525/],
  },
]

describe("bad input", () => {
  it("is tried in at least 40 ways", () => {
    expect(table.length).toBeGreaterThanOrEqual(40)
  })

  for (const { what, args, files, says } of table) {
    it(`is explained: ${what}`, () => {
      const folder = emptyFolder()
      for (const [name, content] of Object.entries(files ?? {})) {
        mkdirSync(join(folder, name, ".."), { recursive: true })
        writeFileSync(join(folder, name), content)
      }
      const before = readdirSync(folder, { recursive: true }).length
      const outFlags = args[0] === "run" && args.length > 1 ? ["-o", "made", "--report", "made.html"] : []
      const { code, out, err } = sparsim([...args, ...outFlags], folder)
      expect({ code, out }).toEqual({ code: 2, out: "" })
      for (const pattern of says) expect(err).toMatch(pattern)
      expect(err).not.toMatch(/\n\s+at .*:\d+:\d+|internal error|undefined|\[object/)
      expect(err.trim().split("\n").length).toBeLessThanOrEqual(3)
      expect(readdirSync(folder, { recursive: true })).toHaveLength(before)
    })
  }

  it.each(["--out", "--report"])("is explained: an empty path of %s", (flag) => {
    const folder = emptyFolder()
    const { code, out, err } = sparsim(["run", "resnet9", "--no-band", flag, ""], folder)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toMatch(new RegExp(`${flag}: the path is empty`))
    expect(readdirSync(folder)).toEqual([])
  })
})
