/**
 * Lines that a tile of a sparse pointwise layer asks for and does not find in the first cache: the closed form of
 * `walk-sparse.ts`, which properties hold it to.
 */
import { beyondCapacity } from "./beyond-capacity.ts"
import { type CacheSets, type ColumnGroup, linesPerSet, missShare } from "./column-reuse.ts"

export interface FirstCache {
  readonly capacityBytes: number
  readonly ways: number
  readonly lineBytes: number
}

export interface TileWalk {
  readonly pixels: number
  readonly cin: number
  readonly cout: number
  /** Pixels of the tile. */
  readonly tile: number
  /** Rows of the weights as packed: output channels or blocks of them. */
  readonly rows: number
  /** Kept columns of all rows together. */
  readonly kept: number
  /** How many rows keep a column; the mean density times rows × cin is `kept`. */
  readonly groups: readonly ColumnGroup[]
  /** Weights, deltas and counts that the tile streams. */
  readonly weightBytes: number
  /** How far beyond a piece's start the kernel asks for lines in advance. */
  readonly aheadBytes: readonly number[]
}

/** Lines of one tile. */
export interface TileTraffic {
  /** Reads of activation lines. */
  readonly reads: number
  /** Of them, lines that the tile had used before and the cache lost since. */
  readonly lost: number
  /** Of them, lines at their first use that nothing asked for in advance. */
  readonly first: number
  readonly weights: number
}

const floatBytes = 4

/** Mean number of lines that a piece of `bytes` touches when pieces lie `stride` apart, and of them those not asked for by the tile before. */
const pieceLines = (
  bytes: number,
  stride: number,
  lineBytes: number,
  aheadBytes: readonly number[],
): { readonly all: number; readonly unasked: number } => {
  // Starts repeat after at most a line's worth of steps of four bytes.
  const period = lineBytes / floatBytes
  let all = 0
  let unasked = 0
  for (let c = 0; c < period; c += 1) {
    const before = c * stride
    const start = before + bytes
    const hadUpTo = Math.floor((start - 1) / lineBytes)
    const end = Math.floor((start + bytes - 1) / lineBytes)
    for (let line = Math.floor(start / lineBytes); line <= end; line += 1) {
      all += 1
      let asked = line <= hadUpTo
      for (const ahead of aheadBytes) asked ||= line === Math.floor((before + ahead) / lineBytes)
      if (!asked) unasked += 1
    }
  }
  return { all: all / period, unasked: unasked / period }
}

/** Columns that any row keeps, on average. */
const usedColumns = (cin: number, rows: number, groups: readonly ColumnGroup[]): number =>
  cin * groups.reduce((sum, { share, density }) => sum + share * (1 - (1 - density) ** rows), 0)

/** Tiles that were asked for before: a fit, a band and a page's sliders ask for the same ones thousands of times. */
const known = new Map<string, TileTraffic>()
const mostKnown = 4096

export const tileTraffic = (walk: TileWalk, cache: FirstCache): TileTraffic => {
  const key = JSON.stringify([walk, cache])
  const before = known.get(key)
  if (before !== undefined) return before
  const found = computeTraffic(walk, cache)
  if (known.size >= mostKnown) known.clear()
  known.set(key, found)
  return found
}

/** Share of the lines of a column in use that are gone when a row asks for them again, and how many lines all columns and outputs take. */
export const lostColumns = (
  { pixels, cin, cout, tile, rows, groups, weightBytes, aheadBytes }: Omit<TileWalk, "kept">,
  { sets, ways, lineBytes }: CacheSets & { readonly ways: number },
): { readonly share: number; readonly lines: number } => {
  const stride = floatBytes * pixels
  const pieceBytes = floatBytes * tile
  const column = linesPerSet(cin, pieceBytes, stride, { sets, lineBytes }, aheadBytes)
  const outputs = linesPerSet(cout, pieceBytes, stride, { sets, lineBytes })
  const shares = new Map<number, number>()
  let lines = 0
  let written = 0
  let missing = 0
  for (let set = 0; set < sets; set += 1) {
    const count = column[set]
    const key = count * (cout * lineBytes + 1) + outputs[set]
    // Every row takes its share of the weight stream, which goes through all sets, and of the outputs, which may crowd a few.
    const passing = (weightBytes / lineBytes / sets + outputs[set]) / Math.max(1, rows)
    const share = shares.get(key) ?? missShare(count, ways, groups, passing)
    shares.set(key, share)
    lines += count
    written += outputs[set]
    missing += count * share
  }
  return { share: lines === 0 ? 0 : missing / lines, lines: lines + written }
}

const computeTraffic = (walk: TileWalk, cache: FirstCache): TileTraffic => {
  const { pixels, cin, tile, rows, kept, groups, weightBytes, aheadBytes } = walk
  const { lineBytes, ways } = cache
  // A cache of any size that a person tries has at least one whole set.
  const sets = Math.max(1, Math.floor(cache.capacityBytes / lineBytes / ways))
  const { share, lines } = lostColumns(walk, { sets, ways, lineBytes })
  const piece = pieceLines(floatBytes * tile, floatBytes * pixels, lineBytes, aheadBytes)
  const touched = usedColumns(cin, rows, groups)
  return {
    reads: kept * piece.all,
    lost: Math.max(0, kept - touched) * piece.all * share,
    // What was asked for in advance may be gone as well when its turn comes.
    first: touched * (piece.unasked + (piece.all - piece.unasked) * share),
    weights: (weightBytes / lineBytes) * beyondCapacity(weightBytes + lineBytes * lines, cache.capacityBytes),
  }
}
