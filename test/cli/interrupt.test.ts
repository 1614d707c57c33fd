/** Ctrl-C: the program leaves promptly, says so, and leaves nothing half-written behind. */
import type { ChildProcess } from "node:child_process"
import { existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { describe, expect, it, onTestFinished } from "vitest"
import { emptyFolder, sparsim, startSparsim } from "./run-cli.ts"

interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly err: string
}

const ending = (child: ChildProcess): Promise<Ending> => {
  // One that does not heed the signal must not outlive its test.
  onTestFinished(() => void child.kill("SIGKILL"))
  let err = ""
  child.stderr?.on("data", (chunk: Buffer) => {
    err += chunk.toString()
  })
  child.stdout?.resume()
  return new Promise((resolve) => {
    child.once("close", (code, signal) => resolve({ code, signal, err }))
  })
}

/** Names below a folder that are on their way to becoming something. */
const unfinished = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tmp")) : []

/** Interrupts as soon as something is being written below `folder`. */
const interruptWhileWriting = async (
  child: ChildProcess,
  folder: string,
  signal: NodeJS.Signals,
): Promise<Ending> => {
  const end = ending(child)
  while (child.exitCode === null && unfinished(folder).length === 0) await setTimeout(2)
  child.kill(signal)
  return end
}

/** 200,000 spans: the trace takes long enough to write to be caught at it. */
const long = ["run", "llama-7b", "--detail", "tile", "--no-band"]
const message = "sparsim: interrupted; nothing half-written was left behind.\n"

describe("Ctrl-C while a trace is written", () => {
  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "(%s) ends with exit code %d and leaves the folder as empty as it was",
    async (signal, code) => {
      const cwd = emptyFolder()
      const child = startSparsim([...long, "-o", join("made", "for", "it")], cwd)
      expect(await interruptWhileWriting(child, join(cwd, "made", "for", "it"), signal)).toEqual({
        code,
        signal: null,
        err: message,
      })
      expect(readdirSync(cwd)).toEqual([])
    },
  )

  it("leaves an older trace of that name as it was, and readable", async () => {
    const cwd = emptyFolder()
    const name = "llama-7b-sat-vcu1525-inference.trace"
    expect(sparsim(["run", "llama-7b", "--no-band", "-o", "t"], cwd).code).toBe(0)
    writeFileSync(join(cwd, "t", name, "notes.txt"), "mine")
    const child = startSparsim([...long, "-o", "t"], cwd)
    expect((await interruptWhileWriting(child, join(cwd, "t"), "SIGINT")).code).toBe(130)
    expect(readdirSync(join(cwd, "t"))).toEqual([name])
    expect(readdirSync(join(cwd, "t", name))).toContain("notes.txt")
    expect(sparsim(["trace", "check", join("t", name)], cwd).code).toBe(0)
  })
})

describe("Ctrl-C while a question is answered", () => {
  it("stops the query, however long it would take", async () => {
    const cwd = emptyFolder()
    sparsim(["run", "gemm:64x64x64", "--no-band", "-o", "."], cwd)
    const [trace] = readdirSync(cwd)
    const endless = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"
    /** A signal that comes before the command has begun ends the process by itself; then it is tried later. */
    const after = async (seconds: number): Promise<Ending> => {
      const child = startSparsim(["query", trace, endless], cwd)
      const end = ending(child)
      await setTimeout(seconds * 1000)
      child.kill("SIGINT")
      const result = await end
      return result.signal === null || seconds > 8 ? result : after(seconds * 2)
    }
    expect(await after(1)).toEqual({ code: 130, signal: null, err: message })
  })
})

describe("Ctrl-C while predictors run in threads of their own", () => {
  it.each([
    ["branch compare", ["branch", "compare", "perl-4M", "-o", "t", "--report", "r.html"]],
    ["training of sparse models", ["run", "perl-4M", "--on", "tage-sc-l-64kb+sparse", "-o", "t"]],
  ])("(%s) ends them and leaves nothing behind", async (_, args) => {
    const cwd = emptyFolder()
    const child = startSparsim(args, cwd)
    const end = ending(child)
    await setTimeout(1500)
    expect(child.exitCode).toBeNull()
    child.kill("SIGINT")
    expect(await end).toEqual({ code: 130, signal: null, err: message })
    expect(readdirSync(cwd)).toEqual([])
  })
})
