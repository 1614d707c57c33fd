/**
 * What a predicted trace costs, in millions of branches a second of CPU time, each predictor in a process of its own; gshare
 * and the hashed perceptron also beside plain C++ loops (`reference.cpp`, g++ -O2) in the same run, where g++ is installed.
 * Then whole commands, in branches a second of wall time, with their peak memory.
 * Usage: tsx test/bench/branch/main.ts [TRACE ...]: traces of any known format or samples of the package. Without one, two
 * samples and, where it lies in ../shared, SHORT_MOBILE-1 of the fifth Championship Branch Prediction.
 */
import { execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"
import { samplePath } from "../../../src/workload/branch-trace/sample-traces.ts"
import { commandCost } from "../../cli/command-cost.ts"
import { bin } from "../../cli/run-cli.ts"
import { writeColumns } from "./trace-columns.ts"

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "branch-bench-"))
const rounds = 3

interface Figure {
  readonly misses: number
  readonly millionsPerSecond: number
}

/** The fastest of several runs of a command, which prints mispredictions and seconds. */
const fastest = (records: number, run: () => readonly number[]): Figure =>
  Array.from({ length: rounds }, run)
    .map(([misses, seconds]) => ({ misses, millionsPerSecond: records / seconds / 1e6 }))
    .reduce((best, figure) => (figure.millionsPerSecond > best.millionsPerSecond ? figure : best))

const numbers = (program: string, args: readonly string[]): readonly number[] =>
  execFileSync(program, args, { encoding: "utf8" }).trim().split(" ").map(Number)

const bundle = join(folder, "run-one.mjs")
buildSync({
  entryPoints: [here("run-one.ts")],
  bundle: true,
  platform: "node",
  format: "esm",
  outfile: bundle,
  logLevel: "warning",
})

const reference = join(folder, "reference")
const compiled = spawnSync("g++", ["-O2", "-std=c++17", "-o", reference, here("reference.cpp")]).status === 0
if (!compiled) console.log("SKIPPED: the C++ loops, since g++ is not installed or failed")

const designs = [
  ["kit_gshare32KB", "gshare"],
  ["mbp_hashed_perceptron_64KB", "perceptron"],
  ["mbp_bimodal_64KB", undefined],
  ["mbp_gshare_64KB", undefined],
  ["mbp_2bcgskew_64KB", undefined],
  ["mbp_tage_64KB", undefined],
  ["mbp_batage_64KB", undefined],
  ["kit_mpp_64KB", undefined],
  ["kit_tagescl_8KB", undefined],
  ["kit_tagescl_64KB", undefined],
] as const

const commands: readonly (readonly [string, (trace: string) => readonly string[]])[] = [
  ["run --on gshare-64kb", (trace) => ["run", trace, "--on", "gshare-64kb"]],
  ["run --on tage-sc-l-64kb", (trace) => ["run", trace, "--on", "tage-sc-l-64kb"]],
  ["branch compare, 7 predictors", (trace) => ["branch", "compare", trace]],
]

const print = (what: string, millionsPerSecond: number, rest: string): void =>
  console.log(`  ${what.padEnd(30)} ${millionsPerSecond.toFixed(1).padStart(6)} M branches/s${rest}`)

const benchPredictors = (columns: string, records: number): void => {
  for (const [design, loop] of designs) {
    const input = [columns, String(records)]
    const ours = fastest(records, () => numbers(process.execPath, [bundle, design, ...input]))
    let beside = ""
    if (compiled && loop !== undefined) {
      const theirs = fastest(records, () => numbers(reference, [loop, ...input]))
      const ratio = (ours.millionsPerSecond / theirs.millionsPerSecond).toFixed(2)
      const same = ours.misses === theirs.misses ? "same misses" : `C++ misses ${theirs.misses}`
      beside = `; C++ ${theirs.millionsPerSecond.toFixed(1)}, ratio ${ratio}, ${same}`
    }
    print(design, ours.millionsPerSecond, `, ${ours.misses} misses${beside}`)
  }
}

const benchCommands = (trace: string, records: number): void => {
  if (!existsSync(bin)) {
    console.log("  SKIPPED: whole commands, since dist/ is not built (npm run build)")
    return
  }
  for (const [what, args] of commands) {
    const costs = Array.from({ length: rounds }, () => commandCost(args(trace)))
    const seconds = Math.min(...costs.map(({ wallSeconds }) => wallSeconds))
    const peak = Math.max(...costs.map(({ peakMegabytes }) => peakMegabytes))
    print(
      what,
      records / seconds / 1e6,
      ` of wall time, ${seconds.toFixed(2)} s, ${peak.toFixed(0)} MB at most`,
    )
  }
}

const shortMobile = here("../../../../shared/traces/cbp5-bt9/SHORT_MOBILE-1.bt9.trace.gz")

const defaultTraces = (): readonly string[] => {
  if (existsSync(shortMobile)) return ["gzip-4M", "python-4M", shortMobile]
  console.log("SKIPPED: SHORT_MOBILE-1, which is not in ../shared/traces/cbp5-bt9")
  return ["gzip-4M", "python-4M"]
}

try {
  const given = process.argv.slice(2)
  for (const name of given.length > 0 ? given : defaultTraces()) {
    const trace = samplePath(name) ?? name
    const columns = join(folder, "columns")
    const records = await writeColumns(trace, columns)
    console.log(`${name}: ${records.toLocaleString("en-US")} branches`)
    benchPredictors(columns, records)
    benchCommands(trace, records)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
