/** Which format a branch trace is in, by its first unpacked bytes. */
import { WorkloadError } from "../../../arch/errors.ts"
import { newBranchBlock } from "../../../sim/branch/branch-block.ts"
import type { BranchDecoder } from "./branch-decoder.ts"
import { bt9Decoder, bt9Mark } from "./bt9-decoder.ts"
import { champSimDecoder, champSimLayout, cloudSuiteLayout } from "./champsim-decoder.ts"
import { cbpNgMark, cvpDecoder } from "./cvp-decoder.ts"
import { sbbtDecoder, sbbtMark } from "./sbbt-decoder.ts"
import { ucsdDecoder } from "./ucsd-decoder.ts"

const decoders = {
  sbbt: sbbtDecoder,
  bt9: bt9Decoder,
  "cbp-ng": (file) => cvpDecoder(file, "with-mark"),
  cbp2025: (file) => cvpDecoder(file, "without-mark"),
  champsim: (file) => champSimDecoder(file, champSimLayout),
  cloudsuite: (file) => champSimDecoder(file, cloudSuiteLayout),
  ucsd: ucsdDecoder,
} as const satisfies Record<string, (file: string) => BranchDecoder>

export type BranchTraceFormat = keyof typeof decoders
export const branchTraceFormats = Object.keys(decoders) as readonly BranchTraceFormat[]

export const decoderOf = (format: BranchTraceFormat, file: string): BranchDecoder => decoders[format](file)

const startsWith = (head: Uint8Array, mark: ArrayLike<number>): boolean =>
  head.length >= mark.length && Array.from(mark).every((byte, i) => head[i] === byte)

/** Whether the bytes decode without a defect and hold a branch that fits the next address. */
const decodes = (format: BranchTraceFormat, head: Uint8Array): boolean => {
  try {
    const block = newBranchBlock(4096)
    decoderOf(format, "").decode(head, 0, head.length, block, 0)
    return block.length > 0
  } catch {
    return false
  }
}

/** Share of records with an address below 2^48 or sign-extended: a test of formats without a mark. */
const plausible = (format: BranchTraceFormat, head: Uint8Array): boolean => {
  if (!decodes(format, head)) return false
  const block = newBranchBlock(4096)
  decoderOf(format, "").decode(head, 0, head.length, block, 0)
  let good = 0
  for (let i = 0; i < block.length; i++) {
    const top = block.pcHigh[i] >> 16
    if (top === 0 || top === -1) good++
  }
  return good === block.length
}

/** The format, by its mark or, where a format has none, by whether its first 64 KiB make sense. @throws WorkloadError */
export const detectFormat = (head: Uint8Array, file: string): BranchTraceFormat => {
  const text = new TextEncoder()
  if (startsWith(head, sbbtMark.slice(0, 5))) return "sbbt"
  if (startsWith(head, text.encode(bt9Mark))) return "bt9"
  if (startsWith(head, cbpNgMark)) return "cbp-ng"
  if (/^(0x)?[\da-f]{1,16} [01]\r?\n/i.test(new TextDecoder("latin1").decode(head.subarray(0, 40)))) {
    return "ucsd"
  }
  const found = (["champsim", "cbp2025", "cloudsuite"] as const).find((format) => plausible(format, head))
  if (found !== undefined) return found
  throw new WorkloadError({
    message:
      head.length === 0
        ? "the file is empty"
        : "this is no branch trace of a known format: it has no mark of one, and its first bytes make no sense as records of the others",
    place: { file },
    remedy: `Known formats: ${branchTraceFormats.join(", ")}, plain or packed with gzip, zstd or bzip2; --format names one of them.`,
  })
}
