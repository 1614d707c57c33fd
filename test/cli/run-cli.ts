/** The built command line as a user runs it: another folder, no terminal. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const bin = fileURLToPath(new URL("../../dist/sparsim.js", import.meta.url))

export interface CliResult {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** An empty folder of its own for each test. */
export const emptyFolder = (): string => mkdtempSync(join(tmpdir(), "sparsim-test-"))

export const sparsim = (args: readonly string[], cwd = emptyFolder()): CliResult => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 1 << 28,
  })
  return { code: status, out: stdout, err: stderr }
}

export const startSparsim = (args: readonly string[], cwd: string): ChildProcess =>
  spawn(process.execPath, [bin, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] })

/** True where programs of this machine can be captured; where not, that is said loudly. */
export const hasCapture = (): boolean => {
  const missing = ["qemu-x86_64", "cc"].filter((tool) => spawnSync(tool, ["--version"]).status !== 0)
  if (missing.length === 0 && process.arch === "x64") return true
  process.emitWarning(
    `branch capture is not tested here: it needs an x86-64 machine, and ${missing.join(", ")}`,
  )
  return false
}
