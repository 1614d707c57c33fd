/**
 * SCALE-Sim v3's report files: header by header what the tool writes (scalesim/simulator.py, generate_reports), and number
 * by number what it computed, from built-in cases and, where its own files are at hand, from those.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { TraceError } from "../../../../arch/errors.ts"
import { scaleSimReports } from "../../../../sim/trace/export/scalesim.ts"
import { prepareRun, runOf } from "../../../../src/run/prepare-run.ts"
import { simulate } from "../../../../src/run/simulate.ts"
import { builtinCases } from "../../../../src/validate/builtin-cases.ts"
import type { ValidationCase } from "../../../../src/validate/case-file.ts"
import { equalAsWritten } from "../../../../src/validate/validate.ts"
import { emptyFolder, sparsim } from "../../../cli/run-cli.ts"
import { specOf } from "../../../run/spec-of.ts"
import { smallTrace } from "../small-trace.ts"

interface Files {
  readonly topology: string
  readonly config: string
}

const casesBy = (
  cases: readonly ValidationCase[],
  key: (validationCase: ValidationCase) => string,
): ReadonlyMap<string, readonly ValidationCase[]> =>
  new Map(
    [...new Set(cases.map(key))].map((name) => [name, cases.filter((candidate) => key(candidate) === name)]),
  )

/** Texts of the reports of a run in SCALE-Sim's counting. */
const reportsOf = async ({ topology, config }: Files): Promise<ReadonlyMap<string, string>> => {
  const run = await prepareRun(specOf({ workload: topology, cfg: config, compat: "scalesim" }))
  return scaleSimReports(runOf(run).simulate().trace)
}

interface Array2d {
  readonly rows: number
  readonly cols: number
  readonly dataflow: string
  readonly sparse?: string
}

/** GEMM layers, one a line of `M, N, K, N:M,`, on an array, as files in a folder of their own. */
const filesOf = (layers: readonly string[], { rows, cols, dataflow, sparse }: Array2d): Files => {
  const folder = emptyFolder()
  const [topology, config] = [join(folder, "layers.csv"), join(folder, "array.cfg")]
  const lines = layers.map((layer, i) => `layer${i}, ${layer}`)
  writeFileSync(topology, `Layer, M, N, K, Sparsity,\n${lines.join("\n")}\n`)
  writeFileSync(
    config,
    `[architecture_presets]
ArrayHeight : ${rows}
ArrayWidth : ${cols}
IfmapSramSzkB : 64
FilterSramSzkB : 64
OfmapSramSzkB : 64
Dataflow : ${dataflow}
[sparsity]
SparsitySupport : ${sparse !== undefined}
SparseRep : ${sparse ?? "ellpack_block"}
[run_presets]
InterfaceBandwidth : CALC
`,
  )
  return { topology, config }
}

/** Rows of a report as lists of cells; the empty one behind the last comma is left out. */
const cellsOf = (text: string | undefined): readonly (readonly string[])[] =>
  (text ?? "")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) =>
      line
        .split(",")
        .slice(0, -1)
        .map((cell) => cell.trim()),
    )

const headers = {
  "COMPUTE_REPORT.csv":
    "LayerID, Total Cycles (incl. prefetch), Total Cycles, Stall Cycles, Overall Util %, Mapping Efficiency %, Compute Util %,",
  "BANDWIDTH_REPORT.csv":
    "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,",
  "DETAILED_ACCESS_REPORT.csv":
    "LayerID, SRAM IFMAP Start Cycle, SRAM IFMAP Stop Cycle, SRAM IFMAP Reads, SRAM Filter Start Cycle, SRAM Filter Stop Cycle, SRAM Filter Reads, SRAM OFMAP Start Cycle, SRAM OFMAP Stop Cycle, SRAM OFMAP Writes, DRAM IFMAP Start Cycle, DRAM IFMAP Stop Cycle, DRAM IFMAP Reads, DRAM Filter Start Cycle, DRAM Filter Stop Cycle, DRAM Filter Reads, DRAM OFMAP Start Cycle, DRAM OFMAP Stop Cycle, DRAM OFMAP Writes,",
} as const

const sparseHeaders = {
  ...headers,
  "BANDWIDTH_REPORT.csv":
    "LayerID, Avg IFMAP SRAM BW, Avg FILTER SRAM BW, Avg FILTER Metadata SRAM BW, Avg OFMAP SRAM BW, Avg IFMAP DRAM BW, Avg FILTER DRAM BW, Avg OFMAP DRAM BW,",
  // The tool itself leaves a space behind this one's last comma.
  "SPARSE_REPORT.csv":
    "LayerID, Sparsity Representation, Original Filter Storage, New Storage (Filter+Metadata), Filter Metadata Storage, Avg FILTER Metadata SRAM BW, ",
} as const

describe.each([
  ["a dense run", undefined, headers],
  ["a sparse run", "csr", sparseHeaders],
] as const)("the files of %s", async (_, sparse, expected) => {
  const array = { rows: 8, cols: 8, dataflow: "ws", ...(sparse === undefined ? {} : { sparse }) }
  const reports = await reportsOf(filesOf(["8, 8, 8, 2:4,", "16, 16, 16, 2:4,"], array))

  it("are the tool's, with its headers to the letter", () => {
    expect(Object.fromEntries([...reports].map(([name, text]) => [name, text.split("\n")[0]]))).toEqual(
      expected,
    )
  })

  it("have a row for each layer, from 0, with as many cells as the header and a comma at its end", () => {
    for (const [name, text] of reports) {
      const lines = text.split("\n")
      expect(lines).toHaveLength(1 + 2 + 1)
      expect(lines.at(-1)).toBe("")
      const columns = lines[0].split(",").length
      for (const [i, line] of lines.slice(1, -1).entries()) {
        expect(line).toMatch(new RegExp(`^${i}, .*[^ ,],$`))
        expect(line.split(","), `${name}, row ${i}`).toHaveLength(columns)
      }
    }
  })
})

/** A layer of the reports as numbers, under the names of the case format's `extra`. */
const layerNumbers = (reports: ReadonlyMap<string, string>, i: number): Readonly<Record<string, number>> => {
  const compute = (cellsOf(reports.get("COMPUTE_REPORT.csv"))[i] ?? []).map(Number)
  const detail = (cellsOf(reports.get("DETAILED_ACCESS_REPORT.csv"))[i] ?? []).map(Number)
  return {
    reported_total_cycles: compute[2],
    overallUtilPct: compute[4],
    mappingEffPct: compute[5],
    computeUtilPct: compute[6],
    ifmapSramReads: detail[3],
    filterSramReads: detail[6],
    ofmapSramWrites: detail[9],
  }
}

/** What a case expects and a report does not say, as `field: reported, expected`. */
const disagreements = ({ id, value, extra }: ValidationCase, reported: Readonly<Record<string, number>>) =>
  Object.entries({ reported_total_cycles: value, ...extra }).flatMap(([field, expected]) =>
    equalAsWritten(reported[field] ?? Number.NaN, Number(expected))
      ? []
      : [`${id} ${field}: ${reported[field]}, expected ${String(expected)}`],
  )

describe("the numbers of SCALE-Sim's own runs", () => {
  const cases = builtinCases.get("systolic-scalesim")?.cases ?? []
  const groups = casesBy(
    cases,
    ({ workload: w }) => `${String(w["dataflow"])} ${String(w["rows"])}x${String(w["cols"])}`,
  )

  it("are of all three dataflows on two arrays", () => {
    expect(new Set(groups.keys())).toEqual(
      new Set(["is", "os", "ws"].flatMap((flow) => ["128x128", "32x32"].map((size) => `${flow} ${size}`))),
    )
  })

  it.each([...groups.keys()])("%s: cycles, utilisations and SRAM counts of every layer", async (name) => {
    const members = groups.get(name) ?? []
    const { dataflow, rows, cols } = members[0].workload
    const layers = members.map(({ workload: w }) => [w["m"], w["n"], w["k"], w["sparsity"], ""].join(", "))
    const array = {
      rows: Number(rows),
      cols: Number(cols),
      dataflow: String(dataflow),
      sparse: "ellpack_block",
    }
    const reports = await reportsOf(filesOf(layers, array))
    expect(members.length).toBeGreaterThan(30)
    expect(members.flatMap((c, i) => disagreements(c, layerNumbers(reports, i)))).toEqual([])
  })
})

describe("a layer by hand", () => {
  it("output-stationary, 8 × 8 × 8 on 8 × 8: one fold of 22 cycles, one short in the report", async () => {
    const reports = await reportsOf(filesOf(["8, 8, 8, 1:1,"], { rows: 8, cols: 8, dataflow: "os" }))
    // 8 · 8 · 8 MACs on 64 PEs in 22 cycles; all PEs are mapped.
    expect(layerNumbers(reports, 0)).toMatchObject({ reported_total_cycles: 21, mappingEffPct: 100 })
    expect(layerNumbers(reports, 0)["overallUtilPct"]).toBeCloseTo((100 * 8) / 22, 10)
    // Operands stream skewed for 8 + 7 cycles; results leave from the last step on; 8 + 8 words a fold too many.
    expect(cellsOf(reports.get("DETAILED_ACCESS_REPORT.csv"))[0]?.slice(0, 10)).toEqual(
      [0, 0, 14, 64, 0, 14, 64, 7, 21, 64 + 16].map(String),
    )
  })

  it("weight-stationary, 8 × 8 × 8 on 8 × 8: 8 cycles more to load the weights", async () => {
    const reports = await reportsOf(filesOf(["8, 8, 8, 1:1,"], { rows: 8, cols: 8, dataflow: "ws" }))
    expect(layerNumbers(reports, 0)).toMatchObject({ reported_total_cycles: 29, filterSramReads: 64 })
    const [, ...detail] = (cellsOf(reports.get("DETAILED_ACCESS_REPORT.csv"))[0] ?? []).map(Number)
    // Weights in cycles 0 to 7, inputs from 8 on, outputs until the end.
    expect([detail[3], detail[4], detail[0], detail[7]]).toEqual([0, 7, 8, 29])
  })

  it("writes whole percentages as Python does, with a decimal point", async () => {
    const reports = await reportsOf(filesOf(["8, 8, 8, 1:1,"], { rows: 8, cols: 8, dataflow: "os" }))
    expect(cellsOf(reports.get("COMPUTE_REPORT.csv"))[0]?.[5]).toBe("100.0")
  })

  it("averages words over the reported cycles, and over each access's own time for DRAM", async () => {
    const reports = await reportsOf(filesOf(["8, 8, 8, 1:1,"], { rows: 8, cols: 8, dataflow: "os" }))
    const [, ifmap, filter, ofmap] = (cellsOf(reports.get("BANDWIDTH_REPORT.csv"))[0] ?? []).map(Number)
    expect([ifmap, filter, ofmap]).toEqual([64 / 21, 64 / 21, 80 / 21])
  })
})

describe("layers of one name", () => {
  it("stay apart: a row each in the reports, and a line each on the command line", async () => {
    const { topology, config } = filesOf(["8, 8, 8, 1:1,", "16, 8, 8, 1:1,"], {
      rows: 8,
      cols: 8,
      dataflow: "os",
    })
    writeFileSync(topology, readFileSync(topology, "utf8").replace("layer1", "layer0"))
    const reports = await reportsOf({ topology, config })
    expect(cellsOf(reports.get("COMPUTE_REPORT.csv")).map((cells) => cells[2])).toEqual(["21", "43"])
    const { out } = sparsim(["run", topology, "--cfg", config])
    expect(out).toMatch(/\nlayer0 +21 .*\nlayer0#2 +43 /)
  })
})

describe("the storage of a sparse filter, K 16 × N 5 at 3:4: 80 words dense, 60 kept", () => {
  it.each([
    ["csr", 60 + 16 + 1, 137],
    ["csc", 60 + 5 + 1, 126],
    ["ellpack_block", (60 * 2) / 32, 63.75],
  ])("as %s has %d words of metadata, %d in all", async (sparse, metadata, total) => {
    const reports = await reportsOf(filesOf(["3, 5, 16, 3:4,"], { rows: 4, cols: 4, dataflow: "ws", sparse }))
    const [cells = []] = cellsOf(reports.get("SPARSE_REPORT.csv"))
    expect(cells.slice(0, 2)).toEqual(["0", sparse])
    expect(cells.slice(2, 5).map(Number)).toEqual([80, total, metadata])
    const cycles = layerNumbers(reports, 0)["reported_total_cycles"]
    expect(Number(cells[5])).toBeCloseTo(metadata / cycles, 12)
    expect(Number(cellsOf(reports.get("BANDWIDTH_REPORT.csv"))[0]?.[3])).toBeCloseTo(metadata / cycles, 12)
  })
})

describe("a trace of this tool's own counting", () => {
  it("is reported too: the three dense files with a row for each forward product", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9", machine: "systolic-32x32" }))
    const reports = scaleSimReports(simulate(run).trace)
    expect([...reports.keys()]).toEqual(Object.keys(headers))
    expect(cellsOf(reports.get("COMPUTE_REPORT.csv")).length).toBe(9)
  })

  it("holds no NaN, no infinity and nothing undefined", async () => {
    const run = await prepareRun(specOf({ workload: "resnet9", training: "bdwp", pattern: { n: 2, m: 8 } }))
    const text = [...scaleSimReports(simulate(run).trace).values()].join("")
    expect(text).not.toMatch(/NaN|Infinity|undefined/)
  })

  it("of a machine without rows and columns is refused", () => {
    expect(() => scaleSimReports(smallTrace())).toThrow(TraceError)
    expect(() => scaleSimReports(smallTrace())).toThrow(/no array of rows and columns/)
  })
})

const shared = new URL("../../../../../shared/", import.meta.url)
const at = (path: string): string => fileURLToPath(new URL(path, shared))
const casesFile = at("validation/systolic-scalesim.json")
const absent = !existsSync(casesFile) || !existsSync(at("topologies/scalesim"))
if (absent)
  process.emitWarning("SCALE-Sim's topologies are not beside the repository: their tests are skipped")

/** Cases by topology and configuration, which their ids name: scalesim/TOPOLOGY/CONFIG/LAYER. */
const sharedRuns = (): ReadonlyMap<string, readonly ValidationCase[]> => {
  const { cases } = JSON.parse(readFileSync(casesFile, "utf8")) as {
    readonly cases: readonly ValidationCase[]
  }
  return casesBy(cases, ({ id }) => id.split("/").slice(1, 3).join(" with "))
}

describe.skipIf(absent)(
  "SCALE-Sim's topologies and configurations (skipped when ../shared is absent)",
  () => {
    const runs = absent ? new Map<string, readonly ValidationCase[]>() : sharedRuns()

    it("make 38 runs", () => {
      expect(runs.size).toBe(38)
    })

    it.each([...runs.keys()])("%s: the command line gives the cycles of every layer", async (name) => {
      const [topology, config] = name.split(" with ")
      const files = {
        topology: at(`topologies/scalesim/${topology}.csv`),
        config: at(`topologies/scalesim/cfg/${config}.cfg`),
      }
      const members = runs.get(name) ?? []
      const { code, out } = sparsim(["run", files.topology, "--cfg", files.config, "--json"])
      expect(code).toBe(0)
      const { layers } = JSON.parse(out) as { readonly layers: readonly { readonly cycles: number }[] }
      // A layer takes one cycle more than SCALE-Sim reports.
      expect(layers.map(({ cycles }) => cycles - 1)).toEqual(members.map(({ value }) => value))
      const reports = await reportsOf(files)
      expect(members.flatMap((c, i) => disagreements(c, layerNumbers(reports, i)))).toEqual([])
    })
  },
)
