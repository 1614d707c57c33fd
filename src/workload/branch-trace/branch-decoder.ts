/** What each format of branch traces implements: bytes in, records out, nothing kept but an unfinished record. */
import { WorkloadError } from "../../../arch/errors.ts"
import type { BranchBlock } from "../../../sim/branch/branch-block.ts"

export interface BranchDecoder {
  /**
   * Appends records to `block`, up to its capacity, from bytes [from, to); returns the first byte that is not used. It asks for
   * more bytes by using less than all of them while the block has room. `offset` is where `from` lies in the unpacked file.
   * @throws WorkloadError with the byte or line of what is wrong
   */
  readonly decode: (bytes: Uint8Array, from: number, to: number, block: BranchBlock, offset: number) => number
  /** After the last byte; `left` bytes were not used. Appends what only the end decides. @throws WorkloadError when truncated */
  readonly end: (left: Uint8Array, block: BranchBlock, offset: number) => void
  /** Of the header, undefined where there is none or it says 0; known once its bytes are decoded. */
  readonly declaredInstructions: () => number | undefined
  /** Instructions decoded so far, from the records. */
  readonly countedInstructions: () => number
}

/** A defect at a byte of the unpacked file. */
export const badByte = (file: string, offset: number, message: string, remedy: string): WorkloadError =>
  new WorkloadError({ message: `byte ${offset}: ${message}`, place: { file }, remedy })

export const truncated = (file: string, offset: number, what: string): WorkloadError =>
  badByte(
    file,
    offset,
    `the file ends ${what}`,
    "The file is cut off: fetch or capture it again, or take a whole one.",
  )

export const notOfFormat = "Check that the file is of this format, or name another with --format."
