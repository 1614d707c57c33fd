/**
 * The mapped loop nest itself: tiles in loop order, folds inside a tile, as index ranges. Timing only counts folds; this
 * enumerates them, so that what a mapping computes can be checked on data.
 */
import type { Dataflow } from "../arch/array-machine.ts"
import { keptPrefix, type MappedGemm } from "./gemm.ts"
import type { Tiling } from "./tiling.ts"

/** Half-open index ranges of one fold; k counts kept reduction elements, in order. */
export interface FoldRange {
  readonly m: readonly [number, number]
  readonly n: readonly [number, number]
  readonly k: readonly [number, number]
}

type Loop = "m" | "n" | "k"

/** Splits [from, to) into pieces of at most `size`. */
const pieces = (from: number, to: number, size: number): readonly (readonly [number, number])[] => {
  const out: (readonly [number, number])[] = []
  for (let at = from; at < to; at += size) out.push([at, Math.min(to, at + size)])
  return out
}

/** Sizes along which a dataflow cuts a tile into folds; the streamed dimension is not cut. */
const foldSizes = (dataflow: Dataflow, rows: number, cols: number): Readonly<Record<Loop, number>> => {
  const whole = Number.MAX_SAFE_INTEGER
  switch (dataflow) {
    case "os":
      return { m: rows, n: cols, k: whole }
    case "ws":
      return { m: whole, n: cols, k: rows }
    case "is":
      return { m: cols, n: whole, k: rows }
  }
}

/** Every fold of one product, in the order in which the array works on it. */
export function* foldsInOrder(
  work: Pick<MappedGemm, "gemm" | "sparsity">,
  tiling: Tiling,
  dataflow: Dataflow,
  rows: number,
  cols: number,
): Generator<FoldRange> {
  const tiles: Readonly<Record<Loop, readonly (readonly [number, number])[]>> = {
    m: pieces(0, work.gemm.m, tiling.m),
    n: pieces(0, work.gemm.n, tiling.n),
    k: pieces(0, work.gemm.k, tiling.k),
  }
  const size = foldSizes(dataflow, rows, cols)
  const [outer, middle, inner] = tiling.order.split("") as [Loop, Loop, Loop]
  for (const a of tiles[outer]) {
    for (const b of tiles[middle]) {
      for (const c of tiles[inner]) {
        const tile = { [outer]: a, [middle]: b, [inner]: c } as Readonly<
          Record<Loop, readonly [number, number]>
        >
        const keptFrom = keptPrefix(tile.k[0], work.sparsity)
        const keptTo = keptPrefix(tile.k[1], work.sparsity)
        for (const m of pieces(tile.m[0], tile.m[1], size.m)) {
          for (const n of pieces(tile.n[0], tile.n[1], size.n)) {
            for (const k of pieces(keptFrom, keptTo, size.k)) yield { m, n, k }
          }
        }
      }
    }
  }
}
