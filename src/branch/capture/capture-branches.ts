/** Runs a program under qemu-user and writes the branches of its main thread as they are executed. */
import { spawn } from "node:child_process"
import { PassThrough, type Readable } from "node:stream"
import { UnsupportedError, WorkloadError } from "../../../arch/errors.ts"
import type { BranchBlock } from "../../../sim/branch/branch-block.ts"
import type { Stretch } from "../../workload/branch-trace/branch-stretch.ts"
import { sbbtPacking, writeSbbt, type WrittenSbbt } from "../../workload/branch-trace/write-sbbt.ts"
import { type Captured, capturedBranches } from "./captured-branches.ts"
import { capturePlugin } from "./capture-plugin.ts"
import { findProgram, type Guest, inspectProgram } from "./guest-program.ts"
import { sysrootOf } from "./sysroot.ts"

export interface CaptureRequest {
  readonly program: string
  readonly args: readonly string[]
  readonly out: string
  readonly stretch: Stretch
  readonly sysroot?: string
  /** Where the program's own standard output goes. */
  readonly programOutput: "stdout" | "stderr"
}

export interface Capture extends WrittenSbbt {
  readonly guest: Guest["name"]
  /** How the program ended; a program that was stopped after `max` branches ended with 0. */
  readonly ended: { readonly code: number | null; readonly signal: string | null }
  /** False where the program was killed before the plugin could say how many instructions there were. */
  readonly complete: boolean
}

/** qemu's descriptor for the branches, beside the three usual ones. */
const branchDescriptor = 3

async function* watched(
  blocks: AsyncIterable<BranchBlock>,
  seen: (branches: number) => void,
): AsyncGenerator<BranchBlock> {
  let branches = 0
  for await (const block of blocks) {
    yield block
    branches += block.length
    seen(branches)
  }
}

/** What comes through a pipe. Node throws away what nobody reads yet when a child exits, so that reading begins here. */
const readAtOnce = (pipe: Readable): Readable => {
  const bytes = new PassThrough()
  pipe.on("error", (error) => bytes.destroy(error))
  return pipe.pipe(bytes)
}

const nothingCame = (request: CaptureRequest, emulator: string, started: boolean): Error =>
  started
    ? new WorkloadError({
        message: `${request.program} ended before ${request.stretch.skip === 0 ? "its first branch" : `it had executed ${request.stretch.skip} branches`}`,
        remedy: "Check that the program runs at all under qemu, and what --skip leaves out.",
      })
    : new UnsupportedError({
        message: `${emulator} ended before the program began; what it said stands above`,
        remedy: "qemu-user of version 7 or later, built with plugins, is needed: Debian's qemu-user is.",
      })

/**
 * Captures a program. @throws WorkloadError, UnsupportedError, ConfigError where it cannot be run, OutputError where its
 * branches cannot be written
 */
export const captureBranches = async (
  request: CaptureRequest,
  seen: (branches: number) => void,
  signal: AbortSignal,
): Promise<Capture> => {
  sbbtPacking(request.out)
  const program = inspectProgram(findProgram(request.program))
  const { emulator, name } = program.guest
  const plugin = capturePlugin(emulator)
  const sysroot = sysrootOf(program, request.sysroot)
  const { skip, max } = request.stretch
  const options = [`fd=${branchDescriptor}`, `skip=${skip}`, ...(max === undefined ? [] : [`max=${max}`])]
  const child = spawn(
    emulator,
    [
      ...(sysroot === undefined ? [] : ["-L", sysroot]),
      // The program sees the name it was called by.
      "-0",
      request.program,
      "-plugin",
      [plugin, ...options].join(","),
      program.path,
      ...request.args,
    ],
    { stdio: ["inherit", request.programOutput === "stdout" ? 1 : 2, 2, "pipe"] },
  )
  const ended = new Promise<Capture["ended"]>((resolve, reject) => {
    child.once("error", reject)
    child.once("close", (code, signal) => resolve({ code, signal }))
  })
  // Told below, once what came before has been.
  ended.catch(() => undefined)
  const bytes = readAtOnce(child.stdio[branchDescriptor] as Readable)
  const stop = (): void => void child.kill("SIGKILL")
  signal.addEventListener("abort", stop)
  const captured: Captured = { started: false, counted: 0, executed: undefined }
  try {
    const blocks = capturedBranches(bytes, program.path, captured)
    let branches = 0
    const counted = watched(blocks, (n) => seen((branches = n)))
    const written = await writeSbbt(
      request.out,
      {
        name: program.path,
        blocks: checked(counted, () => branches > 0 || nothingCame(request, emulator, captured.started)),
        instructions: () => captured.executed ?? captured.counted,
      },
      signal,
    )
    return { ...written, guest: name, ended: await ended, complete: captured.executed !== undefined }
  } finally {
    stop()
    signal.removeEventListener("abort", stop)
  }
}

/** The blocks, and at their end an error unless all is well: before a file of them gets its name. */
async function* checked(
  blocks: AsyncIterable<BranchBlock>,
  atEnd: () => true | Error,
): AsyncGenerator<BranchBlock> {
  yield* blocks
  const verdict = atEnd()
  if (verdict !== true) throw verdict
}
