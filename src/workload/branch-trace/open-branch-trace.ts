/**
 * Opening a branch trace of any known format. Records come in blocks, in the trace's order; memory does not grow with the
 * file, which is read and unpacked as the blocks are asked for.
 */

import { type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"
import type { BranchDecoder } from "./branch-decoder.ts"
import { type BranchTraceFormat, decoderOf, detectFormat } from "./trace-format.ts"
import { unpackedBytes } from "./unpacked-bytes.ts"

export interface BranchTraceReader {
  readonly file: string
  readonly format: BranchTraceFormat
  /**
   * Every record, once. A block is filled anew for the next one, so it must be used up before.
   * @throws WorkloadError with byte or line where the file is not what it claims to be
   */
  readonly blocks: () => AsyncGenerator<BranchBlock>
  /** Of the header; undefined where the format has none, or it says 0. Known with the first block. */
  readonly declaredInstructions: () => number | undefined
  /** Once all blocks are read: the header's count, or that of the records where there is none. */
  readonly instructions: () => number
}

export interface BranchTraceOptions {
  /** Taken on trust; found out where absent. */
  readonly format?: BranchTraceFormat
}

/** Enough of a file to tell its format by. */
const headBytes = 1 << 16

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  if (a.length === 0) return b
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** The first bytes, and everything from the start again. */
const withHead = async (
  file: string,
): Promise<{ readonly head: Uint8Array; readonly bytes: () => AsyncGenerator<Uint8Array> }> => {
  const chunks = unpackedBytes(file)
  let head: Uint8Array = new Uint8Array()
  while (head.length < headBytes) {
    const next = await chunks.next()
    if (next.done === true) break
    head = joined(head, next.value)
  }
  return {
    head,
    bytes: async function* bytes() {
      yield head
      yield* chunks
    },
  }
}

async function* decoded(
  bytes: AsyncIterable<Uint8Array>,
  decoder: BranchDecoder,
): AsyncGenerator<BranchBlock> {
  const block = newBranchBlock()
  let left: Uint8Array = new Uint8Array()
  /** Where `left` lies in the unpacked file. */
  let offset = 0
  for await (const chunk of bytes) {
    const all = joined(left, chunk)
    let at = 0
    for (;;) {
      const used = decoder.decode(all, at, all.length, block, offset)
      offset += used - at
      at = used
      if (block.length < block.pc.length) break
      yield block
      block.length = 0
    }
    left = all.slice(at)
  }
  decoder.end(left, block, offset)
  if (block.length > 0) yield block
}

/** Opens a trace and finds out its format. @throws WorkloadError where it cannot be read or is of no known format */
export const openBranchTrace = async (
  file: string,
  options: BranchTraceOptions = {},
): Promise<BranchTraceReader> => {
  const { head, bytes } = await withHead(file)
  const format = options.format ?? detectFormat(head.subarray(0, headBytes), file)
  const decoder = decoderOf(format, file)
  return {
    file,
    format,
    blocks: () => decoded(bytes(), decoder),
    declaredInstructions: decoder.declaredInstructions,
    instructions: () => decoder.declaredInstructions() ?? decoder.countedInstructions(),
  }
}
