/** Writes an SBBT file, plain or packed, under a temporary name and renames it when it is complete. */
import { existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { ConfigError } from "../../../arch/errors.ts"
import type { BranchBlock } from "../../../sim/branch/branch-block.ts"
import { outputError } from "../../../sim/trace/output-error.ts"
import { forgetUnfinished, rememberUnfinished } from "../../../sim/trace/unfinished-output.ts"
import { encodeSbbt, largestGap, sbbtHeader } from "./sbbt-encoder.ts"
import { frameCompressor, storedFrame } from "./zstd-frames.ts"

export interface SbbtSource {
  /** Named in errors about single records. */
  readonly name: string
  readonly blocks: AsyncIterable<BranchBlock>
  /** Of the stretch that the blocks are; asked for after the last one. */
  readonly instructions: () => number
}

export interface WrittenSbbt {
  readonly instructions: number
  readonly branches: number
  /** Branches after more instructions than a record can say; the header's count has them all. */
  readonly cutGaps: number
  readonly bytes: number
}

type Packing = "plain" | "zstd"

/** How a file of that name is packed. @throws ConfigError where the name says neither */
export const sbbtPacking = (path: string): Packing => {
  if (path.endsWith(".sbbt.zst")) return "zstd"
  if (path.endsWith(".sbbt")) return "plain"
  throw new ConfigError({
    message: `--out ${path}: traces are written as .sbbt or .sbbt.zst`,
    remedy: `For example -o ${basename(path).replace(/\..*$/, "") || "trace"}.sbbt.zst.`,
  })
}

const packers = {
  plain: async () => ({ push: (bytes: Uint8Array) => bytes, end: () => new Uint8Array() }),
  zstd: frameCompressor,
} as const

const cutGapsOf = ({ length, gap }: BranchBlock): number => {
  let cut = 0
  for (let i = 0; i < length; i++) if (gap[i] > largestGap) cut++
  return cut
}

const writeInto = async (
  handle: FileHandle,
  packing: Packing,
  source: SbbtSource,
  signal: AbortSignal,
): Promise<WrittenSbbt> => {
  const header = (instructions: number, branches: number): Uint8Array => {
    const plain = sbbtHeader(instructions, branches)
    return packing === "zstd" ? storedFrame(plain) : plain
  }
  const packer = await packers[packing]()
  let bytes = 0
  let branches = 0
  let cutGaps = 0
  const write = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, at, chunk.length - at, bytes)
      at += bytesWritten
      bytes += bytesWritten
    }
  }
  await write(header(0, 0))
  for await (const block of source.blocks) {
    signal.throwIfAborted()
    await write(packer.push(encodeSbbt(block, branches, source.name)))
    branches += block.length
    cutGaps += cutGapsOf(block)
  }
  await write(packer.end())
  const instructions = source.instructions()
  const filled = header(instructions, branches)
  await handle.write(filled, 0, filled.length, 0)
  return { instructions, branches, cutGaps, bytes }
}

let written = 0

/**
 * Writes `source` to `path`; an existing file is replaced once the new one is complete, and left alone otherwise.
 * @throws ConfigError for a name of neither packing, OutputError where writing fails; what the source throws passes through
 */
export const writeSbbt = async (
  path: string,
  source: SbbtSource,
  signal: AbortSignal,
): Promise<WrittenSbbt> => {
  const packing = sbbtPacking(path)
  const target = existsSync(path) ? realpathSync(path) : path
  const temporary = join(dirname(target), `.${basename(target).slice(0, 60)}.${process.pid}.${++written}.tmp`)
  const refused = (error: unknown): unknown =>
    error instanceof Error && "syscall" in error ? outputError(error, path) : error
  rememberUnfinished(temporary)
  try {
    if (existsSync(target) && statSync(target).isDirectory()) {
      throw Object.assign(new Error("is a directory"), { code: "EISDIR", syscall: "open" })
    }
    const handle = await open(temporary, "w")
    let result: WrittenSbbt
    try {
      result = await writeInto(handle, packing, source, signal)
    } finally {
      await handle.close()
    }
    renameSync(temporary, target)
    return result
  } catch (error) {
    throw refused(error)
  } finally {
    rmSync(temporary, { force: true })
    forgetUnfinished(temporary)
  }
}
