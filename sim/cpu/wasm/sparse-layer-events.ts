/**
 * What happens in a sparse pointwise layer, without what it costs: turns of loops, rows, lines that move. Remainder tiles walk all
 * weights again and are counted by themselves.
 */
import { type LoopProfile, loopProfile } from "../../../dataflows/kernel/loop-profile.ts"
import { columnLoop, type SpmmVariant, tileCounts } from "../../../dataflows/kernel/spmm-kernel.ts"
import { lostColumns } from "../cache/column-traffic.ts"
import { pageMisses } from "./page-misses.ts"

/** What the time of a sparse layer depends on. */
export interface SparseWork {
  readonly pixels: number
  readonly cin: number
  readonly cout: number
  /** Kept columns of each block of rows, as packed. */
  readonly counts: Uint32Array
  /** Rows of each entry of `counts`. */
  readonly heights: readonly number[]
}

/** The first data cache and TLB. */
export interface FirstCache {
  readonly tlbPages: number
  readonly l1Sets: number
  readonly lineBytes: number
  readonly l1Bytes: number
}

/** Events of one tile. */
export interface TileEvents {
  /** Tiles of this size in the layer. */
  readonly tiles: number
  /** Innermost loops: how many of them have how many turns. */
  readonly loops: readonly {
    readonly profile: LoopProfile
    readonly turns: readonly (readonly [turns: number, rows: number])[]
  }[]
  readonly rows: number
  /** Vectors added up, clamped and stored at the ends of rows. */
  readonly rowVectors: number
  /** Lines of the activation column that L1 lost between two rows. */
  readonly columnLines: number
  readonly weightLines: number
  /** Loads of vectors from pages that the first TLB has to look up again. */
  readonly pageVectors: number
  /** Lines of activations and outputs at their first use in the tile. */
  readonly touchedLines: number
}

export interface SparseEvents {
  readonly tiles: readonly TileEvents[]
  /** Weights, activations and outputs. */
  readonly layerBytes: number
  readonly weightBytes: number
}

/** A piece of a column that begins anywhere on 16 bytes reaches into the next line by 48 bytes of 64 on average. */
const unalignedShare = 0.75

/** Mean lines of a piece of a column. */
const linesOfPiece = (pixels: number, tile: number, lineBytes: number): number =>
  Math.max(1, (4 * tile) / lineBytes + ((4 * pixels) % lineBytes === 0 ? 0 : unalignedShare))

const tileEvents = (
  work: SparseWork,
  variant: SpmmVariant,
  tile: number,
  tiles: number,
  cache: FirstCache,
): TileEvents & { readonly weightBytes: number } => {
  const { pixels, cin, cout, counts, heights } = work
  const vectors = Math.max(1, tile / 4)
  const loops: TileEvents["loops"][number][] = []
  let rowVectors = 0
  let kept = 0
  let values = 0
  for (const height of new Set(heights)) {
    const unrolled = new Map<number, number>()
    const single = new Map<number, number>()
    const add = (to: Map<number, number>, turns: number): void => {
      if (turns > 0) to.set(turns, (to.get(turns) ?? 0) + 1)
    }
    for (let i = 0; i < counts.length; i += 1) {
      if (heights[i] !== height) continue
      add(unrolled, Math.floor(counts[i] / variant.unroll))
      add(single, counts[i] % variant.unroll)
      rowVectors += height * vectors * variant.unroll
      kept += counts[i]
      values += height * (counts[i] + 1)
    }
    for (const [i, loop] of columnLoop(variant, tile, height).entries()) {
      const turns = i === 0 ? unrolled : single
      if (loop.op === "repeat") loops.push({ profile: loopProfile(loop.body), turns: [...turns] })
    }
  }
  const weightBytes = 4 * (values + kept + counts.length)
  const shape = { pixels, cin, cout, rows: counts.length }
  const groups = [{ share: 1, density: kept / Math.max(1, counts.length * cin) }]
  const { l1Sets: sets, lineBytes, l1Bytes } = cache
  const ways = l1Bytes / lineBytes / sets
  const walk = { ...shape, tile, groups, weightBytes, aheadBytes: [] }
  const { share } = lostColumns(walk, { sets, ways, lineBytes })
  return {
    tiles,
    loops,
    rows: counts.length,
    rowVectors,
    columnLines: share * kept * linesOfPiece(pixels, tile, cache.lineBytes),
    pageVectors: vectors * pageMisses({ ...shape, groups, weightBytes }, cache.tlbPages),
    weightLines: weightBytes / cache.lineBytes,
    touchedLines: (4 * tile * (cin + cout)) / cache.lineBytes,
    weightBytes,
  }
}

/** Events of the kernel `variant` on the layer. */
export const sparseLayerEvents = (
  work: SparseWork,
  variant: SpmmVariant,
  cache: FirstCache,
): SparseEvents => {
  const tiles = tileCounts(work.pixels, variant.pixels).map(({ size, count }) =>
    tileEvents(work, variant, size, count, cache),
  )
  const weightBytes = tiles[0]?.weightBytes ?? 0
  return { tiles, weightBytes, layerBytes: weightBytes + 4 * work.pixels * (work.cin + work.cout) }
}
