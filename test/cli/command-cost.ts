/** What a whole command takes: wall time, and the peak memory of the process with all its threads. */
import { spawnSync } from "node:child_process"
import { bin } from "./run-cli.ts"

const tellPeak = new URL("tell-peak-memory.mjs", import.meta.url).href

export interface CommandCost {
  readonly wallSeconds: number
  readonly peakMegabytes: number
}

/** Runs `sparsim ARGS` quietly. @throws Error with what it said where it fails */
export const commandCost = (args: readonly string[], cwd?: string): CommandCost => {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ["--import", tellPeak, bin, ...args, "--quiet"], {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  })
  const wallSeconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`sparsim ${args.join(" ")}: ${stderr}`)
  const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, kibibytes]) => Number(kibibytes))
  return { wallSeconds, peakMegabytes: (Math.max(...peaks) * 1024) / 1e6 }
}
