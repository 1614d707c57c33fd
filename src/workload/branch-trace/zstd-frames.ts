/**
 * A file of two zstd frames: a stored header, whose packed bytes have the same length whatever they say, so that it can be
 * filled in at the end; and everything else, compressed as it comes.
 *
 * Frames: RFC 8878, section 3.1.
 */
import { Zstd } from "@hpcc-js/wasm-zstd"

/** Packs branch traces about as well as any level and faster than they can be captured. */
const level = 9

/** A frame of one stored block of fewer than 256 bytes. */
export const storedFrame = (content: Uint8Array): Uint8Array => {
  if (content.length > 255) throw new RangeError("a stored frame holds at most 255 bytes")
  const magic = [0x28, 0xb5, 0x2f, 0xfd]
  // One segment, its size in one byte, no checksum; then a last block, stored, its size from bit 3 on.
  const blockHeader = (content.length << 3) | 1
  const head = [...magic, 0x20, content.length, blockHeader & 255, blockHeader >> 8, 0]
  return Uint8Array.from([...head, ...content])
}

export interface Compressor {
  readonly push: (bytes: Uint8Array) => Uint8Array
  readonly end: () => Uint8Array
}

/** One frame, whatever its length; its window bounds the memory. Only one at a time: the library holds one state. */
export const frameCompressor = async (): Promise<Compressor> => {
  const zstd = await Zstd.load()
  zstd.setCompressionLevel(level)
  zstd.reset()
  return { push: (bytes) => zstd.compressChunk(bytes), end: () => zstd.compressEnd() }
}
