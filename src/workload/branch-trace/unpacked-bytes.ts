/** The bytes of a file, unpacked as they come: gzip, zstd, bzip2, xz or plain, told apart by their first bytes. */
import { createReadStream } from "node:fs"
import { open } from "node:fs/promises"
import { PassThrough, Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { Decompress as ZstdDecompress } from "fzstd"
import { WorkloadError } from "../../../arch/errors.ts"

/** Bytes asked for at once. */
const chunkBytes = 1 << 18

export type Packing = "gzip" | "zstd" | "bzip2" | "xz" | "plain"

const marks: readonly (readonly [Packing, readonly number[]])[] = [
  ["gzip", [0x1f, 0x8b]],
  ["zstd", [0x28, 0xb5, 0x2f, 0xfd]],
  ["bzip2", [0x42, 0x5a, 0x68]],
  ["xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
]

const packingOf = (head: Uint8Array): Packing =>
  marks.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0] ?? "plain"

const unreadable = (file: string, error: unknown): WorkloadError => {
  const code = error instanceof Error && "code" in error ? String(error.code) : ""
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EISDIR: "this is a folder, not a file",
    EACCES: "the file may not be read",
  }
  return new WorkloadError({
    message: reasons[code] ?? `the file cannot be read (${code})`,
    place: { file },
    remedy: "Check the path; it is relative to the current folder.",
  })
}

/** How a file is packed, by its first bytes. @throws WorkloadError where it cannot be read */
export const readPacking = async (file: string): Promise<Packing> => {
  try {
    const handle = await open(file)
    try {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(8), 0, 8, 0)
      return packingOf(buffer.subarray(0, bytesRead))
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** What a library says of bad data; its own stumbling over it would mean nothing to a reader. */
const reasonOf = (error: unknown): string => {
  const stumbled = !(error instanceof Error) || error instanceof TypeError || error instanceof RangeError
  return stumbled ? "" : `: ${error.message}`
}

const damaged = (file: string, packing: Packing, error: unknown): WorkloadError =>
  new WorkloadError({
    message: `the file is damaged or cut off, says the unpacking of ${packing}${reasonOf(error)}`,
    place: { file },
    remedy: "Fetch or write it again; the unpacking tool of the format says the same of it.",
  })

/** Plain bytes of a file. */
async function* packedBytes(file: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(file, { highWaterMark: chunkBytes })
  try {
    for await (const chunk of stream) yield chunk as Uint8Array
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    stream.destroy()
  }
}

/** What `unpack` makes of a file, with the errors of both. */
async function* through(file: string, unpack: NodeJS.ReadWriteStream): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: chunkBytes })
  // Not every library's stream can be iterated; this one can.
  const unpacked = new PassThrough()
  const failed = (error: Error): void => {
    unpacked.destroy(error)
  }
  source.on("error", failed)
  unpack.on("error", failed)
  source.pipe(unpack).pipe(unpacked)
  try {
    for await (const chunk of unpacked) yield chunk as Uint8Array
  } finally {
    source.destroy()
    unpacked.destroy()
  }
}

async function* gunzipped(file: string): AsyncGenerator<Uint8Array> {
  yield* through(file, createGunzip({ chunkSize: chunkBytes }))
}

/** Packed bytes unpacked at once: a block of 128 KiB may take four of them. */
const zstdPiece = 1 << 10

/** Frames one after another, as zstd's own tool takes them. Checksums are not verified: the library does not know them. */
async function* unzstd(file: string): AsyncGenerator<Uint8Array> {
  let ready: Uint8Array[] = []
  const unpack = new ZstdDecompress((chunk) => ready.push(chunk))
  let started = false
  for await (const chunk of packedBytes(file)) {
    started = true
    for (let at = 0; at < chunk.length; at += zstdPiece) {
      unpack.push(chunk.subarray(at, at + zstdPiece))
      yield* ready
      ready = []
    }
  }
  if (!started) return
  unpack.push(new Uint8Array(), true)
  yield* ready
}

async function* bunzipped(file: string): AsyncGenerator<Uint8Array> {
  const { default: bunzip } = await import("unbzip2-stream")
  yield* through(file, bunzip())
}

async function* unxz(file: string): AsyncGenerator<Uint8Array> {
  // A CommonJS module: its names stand under its default export in the bundle, and beside it when run from source.
  const xz = await import("xz-decompress")
  const { XzReadableStream } = xz.default ?? xz
  const packed = Readable.toWeb(Readable.from(packedBytes(file))) as ReadableStream<Uint8Array>
  const reader = new XzReadableStream(packed).getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/**
 * Unpacked chunks of a file, in order; at most a few of them are in memory. @throws WorkloadError for a file that cannot be
 * read, or is damaged
 */
export async function* unpackedBytes(file: string): AsyncGenerator<Uint8Array> {
  const packing = await readPacking(file)
  if (packing === "plain") {
    yield* packedBytes(file)
    return
  }
  const unpack = { gzip: gunzipped, zstd: unzstd, bzip2: bunzipped, xz: unxz }[packing]
  try {
    yield* unpack(file)
  } catch (error) {
    throw error instanceof WorkloadError ? error : damaged(file, packing, error)
  }
}
