/**
 * Cycles of a sparse pointwise layer: for each size of tile, tiles × (rows × row overhead + kept columns × a turn of the loop +
 * what caches add). Remainder tiles walk all weights again.
 */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import { type LoopProfile, loopProfile } from "../../../dataflows/kernel/loop-profile.ts"
import { columnLoop, spmmName, type SpmmVariant, tileCounts } from "../../../dataflows/kernel/spmm-kernel.ts"
import { beyondL2 } from "./beyond-l2.ts"
import { linesPerSet, missShare } from "./column-reuse.ts"
import { loopTurnCycles } from "./loop-turn-cycles.ts"

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

export interface SparseCycles {
  readonly total: number
  /** Turns of the innermost loops. */
  readonly products: number
  /** Starts and ends of rows. */
  readonly rows: number
  /** Lines of the activation column that L1 lost between two rows. */
  readonly column: number
  /** Lines from beyond L2: weights streamed again for every tile, activations and outputs at first touch. */
  readonly beyondL2: number
}

/** Profiles depend on the kernel alone, and a fit asks for the same ones thousands of times. */
const known = new Map<string, readonly LoopProfile[]>()

const profiles = (variant: SpmmVariant, tile: number, height: number): readonly LoopProfile[] => {
  const key = `${spmmName(variant)} ${tile} ${height}`
  const before = known.get(key)
  if (before !== undefined) return before
  const made = columnLoop(variant, tile, height).map((loop) =>
    loopProfile(loop.op === "repeat" ? loop.body : []),
  )
  known.set(key, made)
  return made
}

interface TileCycles {
  readonly products: number
  readonly rows: number
  readonly column: number
  readonly beyondL2: number
}

const tileCycles = (work: SparseWork, variant: SpmmVariant, tile: number, n: WasmNumbers): TileCycles => {
  const { pixels, cin, cout, counts, heights } = work
  const vectors = Math.max(1, tile / 4)
  let products = 0
  let rows = 0
  let kept = 0
  let values = 0
  for (const height of new Set(heights)) {
    const turns = profiles(variant, tile, height).map((profile) => loopTurnCycles(profile, n))
    for (let i = 0; i < counts.length; i += 1) {
      if (heights[i] !== height) continue
      const whole = Math.floor(counts[i] / variant.unroll)
      products += whole * turns[0] + (turns.length > 1 ? (counts[i] - whole * variant.unroll) * turns[1] : 0)
      rows += n.rowCycles + height * vectors * variant.unroll * n.rowVectorCycles
      kept += counts[i]
      values += height * (counts[i] + 1)
    }
  }
  const blocks = counts.length
  const weightBytes = 4 * (values + kept + blocks)
  const stride = 4 * pixels
  const cache = { sets: n.l1Sets, lineBytes: n.lineBytes }
  const perSet = linesPerSet(cin, 4 * tile, stride, cache)
  const lines = perSet.reduce((sum, count) => sum + count, 0)
  const outputs = linesPerSet(cout, 4 * tile, stride, cache)
  const rowsOfTile = Math.max(1, blocks)
  const density = kept / Math.max(1, blocks * cin)
  const ways = n.l1Bytes / n.lineBytes / n.l1Sets
  const shares = new Map<number, number>()
  let missing = 0
  for (const [set, count] of perSet.entries()) {
    const key = count * (cout * 4 + 1) + outputs[set]
    // Every row takes its share of the weight stream, which goes through all sets, and of the outputs, which may crowd a few.
    const passing = (weightBytes / n.lineBytes / n.l1Sets + outputs[set]) / rowsOfTile
    const lost = shares.get(key) ?? missShare(count, ways, density, passing)
    shares.set(key, lost)
    missing += count * lost
  }
  const linesOfPiece = (4 * tile + (stride % n.lineBytes === 0 ? 0 : 48)) / n.lineBytes
  const column = (missing / Math.max(1, lines)) * kept * Math.max(1, linesOfPiece) * n.l2LineCycles
  const touchedBytes = 4 * tile * (cin + cout)
  // The whole layer competes for L2: least-recently-used would keep the weights, but measured layers show that they leave
  // once activations and outputs do not fit beside them (they are read ahead of use and fill it).
  const share = beyondL2(weightBytes + 4 * pixels * (cin + cout), n.l2Bytes)
  const beyond = (share * (weightBytes * n.streamLineCycles + touchedBytes * n.touchLineCycles)) / n.lineBytes
  return { products, rows, column, beyondL2: beyond }
}

/** Cycles of the kernel `variant` on the layer. */
export const sparseLayerCycles = (
  work: SparseWork,
  variant: SpmmVariant,
  numbers: WasmNumbers,
): SparseCycles => {
  const sum = { products: 0, rows: 0, column: 0, beyondL2: 0 }
  for (const { size, count } of tileCounts(work.pixels, variant.pixels)) {
    const tile = tileCycles(work, variant, size, numbers)
    sum.products += count * tile.products
    sum.rows += count * tile.rows
    sum.column += count * tile.column
    sum.beyondL2 += count * tile.beyondL2
  }
  return { ...sum, total: sum.products + sum.rows + sum.column + sum.beyondL2 }
}
