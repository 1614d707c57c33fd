/**
 * What a predicted trace costs, in millions of branches a second of CPU time, each predictor in a process of its own; gshare
 * and the hashed perceptron also beside plain C++ loops (`reference.cpp`, g++ -O2) in the same run, where g++ is installed.
 * Usage: tsx test/bench/branch/main.ts [TRACE.sbbt ...] (raw, not compressed; without one, the self-test stream ten times over)
 */
import { execFileSync, spawnSync } from "node:child_process"
import { appendFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { buildSync } from "esbuild"
import { benchTrace } from "./bench-trace.ts"

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "branch-bench-"))
const rounds = 3

interface Figure {
  readonly misses: number
  readonly millionsPerSecond: number
}

/** The fastest of several runs of a command, which prints records, mispredictions and seconds. */
const fastest = (run: () => readonly number[]): Figure =>
  Array.from({ length: rounds }, run)
    .map(([records, misses, seconds]) => ({ misses, millionsPerSecond: records / seconds / 1e6 }))
    .reduce((best, figure) => (figure.millionsPerSecond > best.millionsPerSecond ? figure : best))

const numbers = (command: string, args: readonly string[]): readonly number[] =>
  execFileSync(command, args, { encoding: "utf8" }).trim().split(" ").map(Number)

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
if (!compiled) console.log("g++ is not installed or failed: no C++ figures")

const designs = [
  ["kit_gshare32KB", "gshare"],
  ["mbp_hashed_perceptron_64KB", "perceptron"],
  ["mbp_bimodal_64KB", undefined],
  ["mbp_gshare_64KB", undefined],
  ["mbp_2bcgskew_64KB", undefined],
  ["mbp_tage_64KB", undefined],
  ["mbp_batage_64KB", undefined],
  ["kit_mpp_64KB", undefined],
] as const

const benchOne = (path: string | undefined): void => {
  const block = benchTrace(path)
  const columns = join(folder, "columns")
  rmSync(columns, { force: true })
  for (const { buffer, byteOffset, byteLength } of [block.pc, block.pcHigh, block.flags]) {
    appendFileSync(columns, new Uint8Array(buffer, byteOffset, byteLength))
  }
  console.log(`${path ?? "self-test stream"}: ${block.length.toLocaleString("en-US")} branches`)
  for (const [design, loop] of designs) {
    const ours = fastest(() =>
      numbers(process.execPath, [bundle, design, ...(path === undefined ? [] : [path])]),
    )
    let beside = ""
    if (compiled && loop !== undefined) {
      const records = String(block.length)
      const theirs = fastest(() => [block.length, ...numbers(reference, [loop, columns, records])])
      const ratio = (ours.millionsPerSecond / theirs.millionsPerSecond).toFixed(2)
      const same = ours.misses === theirs.misses ? "same misses" : `C++ misses ${theirs.misses}`
      beside = `; C++ ${theirs.millionsPerSecond.toFixed(1)}, ratio ${ratio}, ${same}`
    }
    const speed = ours.millionsPerSecond.toFixed(1).padStart(6)
    console.log(`  ${design.padEnd(28)} ${speed} M branches/s, ${ours.misses} misses${beside}`)
  }
}

try {
  for (const path of process.argv.length > 2 ? process.argv.slice(2) : [undefined]) benchOne(path)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
