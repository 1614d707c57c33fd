/** Choosing dataflow and tiling of a product on an array: the least estimated time, then the least traffic. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { keptK, type MappedGemm } from "../../dataflows/gemm.ts"
import {
  loopOrders,
  type OperandBytes,
  passesOf,
  type TileCapacity,
  tileSizes,
  type Tiling,
  trips,
} from "../../dataflows/tiling.ts"
import { type ArrayShape, arrayTiming } from "./array-timing.ts"

export interface Mapping {
  readonly dataflow: Dataflow
  readonly tiling: Tiling
}

/**
 * Estimated time of a tiling: the slower of the array (all tiles as full ones) and DRAM, plus the first load. The tile walk
 * then times the winner exactly.
 */
export const bestMapping = (
  work: MappedGemm,
  dataflows: readonly Dataflow[],
  array: ArrayShape,
  bytes: OperandBytes,
  capacity: TileCapacity,
  dramBytesPerCycle: number,
): Mapping => {
  const { m, n, k } = work.gemm
  const keptShare = keptK(work) / k
  const group = work.sparsity?.pattern.m ?? 1
  let best: Mapping | undefined
  let bestTime = Number.POSITIVE_INFINITY
  let bestBytes = Number.POSITIVE_INFINITY
  for (const dataflow of dataflows) {
    const reduction = Math.ceil(array.rows / keptShare / group) * group
    const edges =
      dataflow === "os"
        ? { m: array.rows, n: array.cols, k: Math.max(group, Math.ceil(256 / group) * group) }
        : dataflow === "ws"
          ? { m: array.rows, n: array.cols, k: reduction }
          : { m: array.cols, n: array.rows, k: reduction }
    for (const size of tileSizes(work, bytes, capacity, edges)) {
      const kept = Math.ceil(size.k * keptShare)
      const tile = arrayTiming({ m: size.m, n: size.n, k: kept }, dataflow, array)
      const compute = tile.cycles * (m / size.m) * (n / size.n) * (k / size.k)
      if (compute > bestTime * (1 + 1e-9)) continue
      const firstLoad = (size.m * size.k * bytes.a + size.k * size.n * bytes.b) / dramBytesPerCycle
      const tm = trips(m, size.m)
      const tn = trips(n, size.n)
      const tk = trips(k, size.k)
      for (const order of loopOrders) {
        const passes = passesOf(order, tm, tn, tk)
        const moved =
          m * k * bytes.a * passes.a +
          k * n * bytes.b * passes.b +
          m * n * (bytes.c + 2 * bytes.partial * (passes.c - 1))
        const time = Math.max(compute, moved / dramBytesPerCycle) + firstLoad
        if (time < bestTime * (1 - 1e-9) || (time <= bestTime * (1 + 1e-9) && moved < bestBytes)) {
          best = { dataflow, tiling: { ...size, order } }
          bestTime = time
          bestBytes = moved
        }
      }
    }
  }
  if (best === undefined) throw new RangeError("a machine has at least one dataflow")
  return best
}
