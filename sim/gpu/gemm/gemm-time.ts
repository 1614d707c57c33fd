/** The time of a GEMM: the best kernel of a library's catalogue, why it takes that long, and what the runner-up would cost. */
import type { GemmBoard } from "./gemm-board.ts"
import { type GpuGemm, operandBytes } from "./gemm-request.ts"
import type { KernelFamily } from "./kernel-catalogue.ts"
import { kernelTime, type KernelTime } from "./kernel-time.ts"
import { splitFits } from "./split-k.ts"

export interface GemmTime {
  readonly best: KernelTime
  /** The next best kernel; undefined for a catalogue of one. */
  readonly second: KernelTime | undefined
}

/**
 * Times every kernel of `family` and keeps the two fastest. Pure and deterministic: of equal times the first in the
 * catalogue's order wins.
 */
export const gemmTime = (gemm: GpuGemm, board: GemmBoard, family: KernelFamily): GemmTime => {
  const bytes = operandBytes(gemm)
  let best: KernelTime | undefined
  let second: KernelTime | undefined
  for (const tile of family.tiles) {
    const tiles = Math.ceil(gemm.m / tile.m) * Math.ceil(gemm.n / tile.n)
    for (const split of family.splits) {
      if (!splitFits(split, gemm.k, tiles, board.sms)) continue
      const timed = kernelTime(gemm, bytes, board, family, tile, split, second?.time)
      if (timed === undefined) continue
      if (best === undefined || timed.time < best.time) {
        second = best
        best = timed
      } else if (second === undefined || timed.time < second.time) {
        second = timed
      }
    }
  }
  if (best === undefined) throw new RangeError("a kernel catalogue without tiles")
  return { best, second }
}
