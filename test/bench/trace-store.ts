/**
 * What the trace store costs: writes a trace of many spans through the flushing builder, then reads it back and groups it,
 * each in a process of its own so that peak memory is that of the step. Usage: tsx test/bench/trace-store.ts [SPANS]
 */
import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { TraceBuilder } from "../../sim/trace/builder.ts"
import { openTraceStore } from "../../sim/trace/parquet-store.ts"
import { queryTrace } from "../../sim/trace/query.ts"
import { readTrace } from "../../sim/trace/read.ts"
import { manifestHead } from "../arbitraries/trace.ts"

const tilesPerLayer = 10_000

/** A run of layers of tiles on four units, two counters a tile. */
const write = async (directory: string, spans: number): Promise<void> => {
  const store = await openTraceStore(directory)
  const builder = new TraceBuilder({ sink: store })
  const units = ["array", "dram", "decoder", "writer"].map((id) =>
    builder.track({ id, name: id, exclusive: true }),
  )
  const tile = builder.code("tile")
  const bounds = ["compute", "dram"].map((bound) => builder.code(bound))
  const names = Array.from({ length: 100 }, (_, i) => builder.code(`tile ${i}`))
  const read = builder.code("read")
  const dram = builder.code("dram")
  const run = builder.span(-1, units[0], builder.code("run"), builder.code("net"), 0, 0, 0)
  let layer = run
  let cycle = 0
  for (let i = 1; i < spans; i++) {
    if (i % tilesPerLayer === 1) {
      if (layer !== run) builder.closeSpan(layer, tilesPerLayer * 32, bounds[0])
      layer = builder.span(run, units[0], builder.code("layer"), builder.code(`layer ${i}`), 0, cycle, 0)
    } else {
      const duration = 16 + ((i * 7919) % 16)
      const id = builder.span(layer, units[i & 3], tile, names[i % 100], bounds[i & 1], cycle, duration)
      if (i % 2 === 0) builder.count(id, dram, read, 64 * (i % 37))
      cycle += duration
    }
  }
  builder.closeSpan(layer, cycle, bounds[0])
  builder.closeSpan(run, 2 * cycle, bounds[0])
  await store.commit(builder.finish(manifestHead))
}

const steps: Readonly<Record<string, (directory: string, spans: number) => Promise<void>>> = {
  write,
  group: async (directory) => {
    await queryTrace(
      directory,
      "SELECT name, sum(duration) AS cycles FROM spans GROUP BY name ORDER BY cycles DESC",
    )
  },
  read: async (directory) => {
    await readTrace(directory)
  },
}

const [spansGiven = "5000000", step, directory = ""] = process.argv.slice(2)
const spans = Number(spansGiven)
if (step !== undefined) {
  await steps[step](directory, spans)
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
  const cpu = (userCPUTime + systemCPUTime) / 1e6
  console.log(
    `${step.padEnd(6)} ${cpu.toFixed(2).padStart(6)} CPU-s  peak RSS ${(maxRSS / 1024).toFixed(0).padStart(5)} MB`,
  )
} else {
  const folder = mkdtempSync(join(tmpdir(), "sparsim-bench-"))
  try {
    const trace = join(folder, "bench.trace")
    console.log(`${spans} spans, in a process each (start-up included):`)
    for (const name of Object.keys(steps)) {
      const script = fileURLToPath(import.meta.url)
      spawnSync(process.execPath, [...process.execArgv, script, spansGiven, name, trace], {
        stdio: "inherit",
      })
    }
    for (const file of readdirSync(trace)) {
      console.log(`${file.padEnd(18)} ${(statSync(join(trace, file)).size / 1e6).toFixed(1).padStart(6)} MB`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
