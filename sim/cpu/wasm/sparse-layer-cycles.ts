/**
 * Cycles of a sparse pointwise layer: for each size of tile, tiles × (kept columns × a turn of the loop + rows × row overhead +
 * what caches add).
 */
import type { WasmNumbers } from "../../../arch/wasm-machine.ts"
import { beyondCapacity } from "../cache/beyond-capacity.ts"
import { loopCycles, turnBounds } from "./loop-turn-cycles.ts"
import type { SparseEvents } from "./sparse-layer-events.ts"
import { weightsGone } from "./weights-gone.ts"

export interface SparseCycles {
  readonly total: number
  /** Turns of the innermost loops, with the lines of the activation column that L1 lost between two rows. */
  readonly products: number
  /** Starts and ends of rows. */
  readonly rows: number
  /** Look-ups of pages that the first TLB lost. */
  readonly pages: number
  /** Lines from beyond L2: weights streamed again for every tile, activations and outputs at first touch. */
  readonly beyondL2: number
}

const turnsOf = ({ loops }: SparseEvents["tiles"][number]): number =>
  loops.reduce((all, { turns }) => all + turns.reduce((sum, [count, rows]) => sum + count * rows, 0), 0)

/** Cycles of the events with an engine's numbers. */
export const sparseLayerCycles = (events: SparseEvents, numbers: WasmNumbers): SparseCycles => {
  const beyond = beyondCapacity(events.layerBytes, numbers.l2Bytes)
  const gone = weightsGone(events.weightBytes, events.layerBytes, numbers)
  const sum = { products: 0, rows: 0, pages: 0, beyondL2: 0 }
  for (const tile of events.tiles) {
    const lost = (tile.columnLines * numbers.l2LineCycles) / Math.max(1, turnsOf(tile))
    for (const { profile, turns } of tile.loops) {
      const { issue, chain } = turnBounds(profile, numbers)
      // Lines that L1 lost hold up loads, which run ahead of a slower chain; a page's look-up holds up both.
      const bounds = { issue: issue + lost, chain }
      for (const [count, rows] of turns) {
        sum.products += tile.tiles * rows * loopCycles(bounds, count, numbers.hiddenCycles)
      }
    }
    sum.rows += tile.tiles * (tile.rows * numbers.rowCycles + tile.rowVectors * numbers.rowVectorCycles)
    sum.pages += tile.tiles * tile.pageVectors * numbers.pageCycles
    sum.beyondL2 +=
      tile.tiles *
      (gone * tile.weightLines * numbers.streamLineCycles +
        beyond * tile.touchedLines * numbers.touchLineCycles)
  }
  return { ...sum, total: sum.products + sum.rows + sum.pages + sum.beyondL2 }
}
