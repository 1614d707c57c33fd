/**
 * Loaded into a process with `--import`: each of its threads, when it ends, tells the peak of all of it in KiB. Linux starts
 * `maxRSS` at what the parent process held, which `VmHWM` does not.
 */
import { existsSync, readFileSync } from "node:fs"

const status = "/proc/self/status"

process.on("exit", () => {
  const peak = existsSync(status)
    ? /^VmHWM:\s+(\d+)/m.exec(readFileSync(status, "utf8"))?.[1]
    : process.resourceUsage().maxRSS
  process.stderr.write(`peak ${peak}\n`)
})
