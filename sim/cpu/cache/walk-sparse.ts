/**
 * A sparse pointwise layer walked line by line through a first cache: for every tile of pixels, for every row, for every kept
 * column. The loop nest of `dataflows/kernel/spmm-kernel.ts` with prefetch instructions as the libraries of phones have them.
 * `column-traffic.ts` is its closed form.
 */
import { type CacheShape, lineCache } from "./line-cache.ts"

export interface SparseMask {
  /** Kept columns of each row. */
  readonly counts: Uint32Array
  /** Their places, row by row. */
  readonly columns: Uint32Array
}

export interface WalkedLayer {
  readonly pixels: number
  readonly cin: number
  readonly cout: number
  /** Pixels of a tile, and how many bytes beyond a piece's start lines are asked for in advance. */
  readonly tile: number
  readonly aheadBytes: readonly number[]
}

/** Lines of one tile. */
export interface WalkedTile {
  /** Loads of activations, each line of a piece counted. */
  readonly reads: number
  /** Of them, lines that were not there though the tile had used them before. */
  readonly lost: number
  /** Of them, lines that the tile used for the first time and that were not there. */
  readonly first: number
  /** Lines of weights, deltas and counts that were not there. */
  readonly weights: number
}

const floatBytes = 4

/** Tiles `warmUp` to `warmUp + measured` of whole size; the means of the latter. */
export const walkSparse = (
  { pixels, cin, cout, tile, aheadBytes }: WalkedLayer,
  { counts, columns }: SparseMask,
  cache: CacheShape & { readonly lineBytes: number },
  warmUp = 2,
  measured = 2,
): WalkedTile => {
  const { lineBytes } = cache
  const touch = lineCache(cache)
  const pageOf = (bytes: number): number => Math.ceil(bytes / 4096) * 4096
  const stride = floatBytes * pixels
  const values = pageOf(stride * cin)
  const deltas = values + pageOf(floatBytes * (columns.length + counts.length))
  const lengths = deltas + pageOf(floatBytes * columns.length)
  const outputs = lengths + pageOf(floatBytes * counts.length)
  const lineOf = (address: number): number => Math.floor(address / lineBytes)
  const pieceBytes = floatBytes * tile
  const linesOfPiece = Math.ceil(pieceBytes / lineBytes) + 1
  const seen = new Int32Array(cin * linesOfPiece)
  // A row of the mask may stand for a block of output channels.
  const height = Math.ceil(cout / Math.max(1, counts.length))
  const found = { reads: 0, lost: 0, first: 0, weights: 0 }
  for (let t = 0; t < warmUp + measured; t += 1) {
    const counting = t >= warmUp
    seen.fill(0)
    const at = t * pieceBytes
    let value = values
    let kept = 0
    const stream = (address: number): void => {
      if (!touch(lineOf(address)) && counting) found.weights += 1
    }
    for (let row = 0; row < counts.length; row += 1) {
      stream(lengths + floatBytes * row)
      stream(value)
      value += floatBytes
      for (let i = 0; i < counts[row]; i += 1) {
        const column = columns[kept]
        stream(deltas + floatBytes * kept)
        stream(value)
        value += floatBytes
        kept += 1
        const start = column * stride + at
        const last = lineOf(start + pieceBytes - 1)
        for (let line = lineOf(start), n = 0; line <= last; line += 1, n += 1) {
          const hit = touch(line)
          const before = seen[column * linesOfPiece + n]
          seen[column * linesOfPiece + n] = 1
          if (!counting) continue
          found.reads += 1
          if (!hit) found[before === 1 ? "lost" : "first"] += 1
        }
        for (const ahead of aheadBytes) touch(lineOf(start + ahead))
      }
      for (let o = row * height; o < Math.min(cout, (row + 1) * height); o += 1) {
        const out = outputs + o * stride + at
        for (let line = lineOf(out); line <= lineOf(out + pieceBytes - 1); line += 1) touch(line)
      }
    }
  }
  return {
    reads: found.reads / measured,
    lost: found.lost / measured,
    first: found.first / measured,
    weights: found.weights / measured,
  }
}
