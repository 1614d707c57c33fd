/** What the capture plugin sends: SBBT without counts, and behind the last branch the instructions that were executed. */
import { type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"
import { sbbtDecoder, sbbtHeaderBytes, sbbtRecordBytes } from "../../workload/branch-trace/sbbt-decoder.ts"

export interface Captured {
  /** The header came: the plugin was loaded. */
  started: boolean
  /** Sum of the gaps. */
  counted: number
  /** What the plugin counted; undefined where the program ended without telling, killed by a signal. */
  executed: number | undefined
}

const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => {
  const both = new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** The instructions of a last record that is no branch. */
const executedIn = (record: Uint8Array): number | undefined => {
  if (record.length !== sbbtRecordBytes) return undefined
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  return view.getBigInt64(0, true) === -1n ? Number(view.getBigUint64(8, true)) : undefined
}

/** Records as they come; `captured` is told what is known of them. @throws WorkloadError where the stream is damaged */
export async function* capturedBranches(
  bytes: AsyncIterable<Uint8Array>,
  program: string,
  captured: Captured,
): AsyncGenerator<BranchBlock> {
  const decoder = sbbtDecoder(program)
  const block = newBranchBlock()
  let left: Uint8Array = new Uint8Array()
  let offset = 0
  /** Decodes what of `left` is whole, but for `kept` bytes. */
  function* decoded(kept: number): Generator<BranchBlock> {
    for (;;) {
      const end = Math.max(0, left.length - kept)
      const used = decoder.decode(left, 0, end, block, offset)
      offset += used
      left = left.subarray(used)
      captured.counted = decoder.countedInstructions()
      if (block.length < block.pc.length) return
      yield block
      block.length = 0
    }
  }
  for await (const chunk of bytes) {
    left = joined(left, chunk)
    captured.started ||= left.length >= sbbtHeaderBytes
    // The last record may be the one that is no branch.
    yield* decoded(sbbtRecordBytes)
  }
  captured.executed = executedIn(left)
  if (captured.executed === undefined) yield* decoded(0)
  if (block.length > 0) yield block
}
