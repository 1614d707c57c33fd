/** Choosing dataflow and tiling of a product on an array: the least estimated time, then the least traffic. */
import type { Dataflow } from "../../arch/array-machine.ts"
import { keptK, type MappedGemm } from "../../dataflows/gemm.ts"
import {
  type OperandBytes,
  type TileCapacity,
  type Tiling,
  tilings,
  trafficOf,
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
    for (const tiling of tilings(work, bytes, capacity, edges)) {
      const traffic = trafficOf(work, tiling, bytes)
      const moved =
        traffic.aReads + traffic.bReads + traffic.cWrites + traffic.partialReads + traffic.partialWrites
      const kept = Math.ceil(tiling.k * keptShare)
      const tile = arrayTiming({ m: tiling.m, n: tiling.n, k: kept }, dataflow, array)
      const tiles = (m / tiling.m) * (n / tiling.n) * (k / tiling.k)
      const load = tiling.m * tiling.k * bytes.a + tiling.k * tiling.n * bytes.b
      const time = Math.max(tile.cycles * tiles, moved / dramBytesPerCycle) + load / dramBytesPerCycle
      if (time < bestTime * (1 - 1e-9) || (time <= bestTime * (1 + 1e-9) && moved < bestBytes)) {
        best = { dataflow, tiling }
        bestTime = time
        bestBytes = moved
      }
    }
  }
  if (best === undefined) throw new RangeError("a machine has at least one dataflow")
  return best
}
