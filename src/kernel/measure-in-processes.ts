/**
 * Measurements over several processes, one after the other: memory lies at other physical pages in each, and the least time of all
 * counts. Each runs V8's optimising compiler from the first call (`--no-liftoff`).
 */
import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { OutputError } from "../../arch/errors.ts"
import type { EnginePeaks } from "./engine-peaks.ts"
import type { Measurement } from "./measure-layers.ts"
import type { MeasureReply, MeasureRequest } from "./measure-request.ts"

export interface MeasuredRun {
  readonly measurements: readonly Measurement[]
  readonly peaks: EnginePeaks
  readonly processes: number
}

/** How this program starts itself as a measuring process: the arguments after the executable. */
export type MeasureCommand = readonly string[]

const askProcess = async (
  command: MeasureCommand,
  request: MeasureRequest,
  each: (reply: MeasureReply) => void,
): Promise<void> => {
  const child = spawn(process.execPath, ["--no-liftoff", ...command], { stdio: ["pipe", "pipe", "pipe"] })
  let complaint = ""
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint += text
  })
  const stop = (): void => {
    child.kill()
  }
  process.once("exit", stop)
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
  try {
    // Before the lines are read: a process that fails at once has closed by then.
    const closed = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject)
      child.once("close", resolve)
    })
    child.stdin.end(JSON.stringify(request))
    for await (const line of createInterface({ input: child.stdout })) each(JSON.parse(line) as MeasureReply)
    const code = await closed
    if (code !== 0) {
      throw new OutputError({
        message: `a measuring process ended with ${code ?? "a signal"}: ${complaint.trim().slice(0, 400)}`,
        remedy: "The kernels need WebAssembly SIMD, which Node.js has since version 16.4.",
      })
    }
  } finally {
    process.off("exit", stop)
    process.off("SIGINT", stop)
    process.off("SIGTERM", stop)
  }
}

/** The less of two measurements; one on an undisturbed core stands alone. */
const least = (a: Measurement, b: Measurement): Measurement => {
  if (a.undisturbed !== b.undisturbed) return a.undisturbed ? a : b
  const seconds = Object.entries(a.seconds).map(([kernel, own]): readonly [string, number] => [
    kernel,
    Math.min(own, b.seconds[kernel] ?? own),
  ])
  return { ...a, seconds: Object.fromEntries(seconds) }
}

/** @throws OutputError when a process fails, a wrong result of a kernel included */
export const measureInProcesses = async (
  command: MeasureCommand,
  request: MeasureRequest,
  processes: number,
  progress: (share: number) => void,
): Promise<MeasuredRun> => {
  const best: Measurement[] = []
  let peaks: EnginePeaks = { clock: 0, flops: 0 }
  for (let run = 0; run < processes; run += 1) {
    let at = 0
    await askProcess(command, request, (reply) => {
      if ("peaks" in reply) {
        const { clock, flops } = reply.peaks
        peaks = { clock: Math.max(peaks.clock, clock), flops: Math.max(peaks.flops, flops) }
        return
      }
      const before = best[at]
      best[at] = before === undefined ? reply.measurement : least(before, reply.measurement)
      at += 1
      progress((run + at / request.layers.length) / processes)
    })
  }
  return { measurements: best, peaks, processes }
}
