/** What a whole command costs: reading, unpacking, decoding, predicting and telling of it. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

/** The bundle of `npm run build`. */
export const command = fileURLToPath(new URL("../../../dist/sparsim.js", import.meta.url))

/** Has a process tell its peak memory in KiB when it ends, each of its threads once more. */
const tellPeak = `data:text/javascript,process.on("exit",()=>process.stderr.write("peak "+process.resourceUsage().maxRSS+"\\n"))`

export interface CommandCost {
  readonly wallSeconds: number
  readonly peakMegabytes: number
}

/** Runs `sparsim ARGS`. @throws Error with what it said where it fails */
export const commandCost = (args: readonly string[]): CommandCost => {
  const started = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ["--import", tellPeak, command, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  })
  const wallSeconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`sparsim ${args.join(" ")}: ${stderr}`)
  const peaks = [...stderr.matchAll(/^peak (\d+)$/gm)].map(([, kibibytes]) => Number(kibibytes))
  return { wallSeconds, peakMegabytes: (Math.max(...peaks) * 1024) / 1e6 }
}
