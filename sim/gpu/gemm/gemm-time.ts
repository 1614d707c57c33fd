/** The time of a GEMM: the best kernel of a library's catalogue, why it takes that long, and what the runner-up would cost. */
import type { GemmBoard } from "./gemm-board.ts"
import { type GpuGemm, operandBytes } from "./gemm-request.ts"
import type { CtaTile, KernelFamily } from "./kernel-catalogue.ts"
import { kernelTime, type KernelTime } from "./kernel-time.ts"
import { splitFits } from "./split-k.ts"

export interface GemmTime {
  readonly best: KernelTime
  /** The next best kernel; undefined for a catalogue of one. */
  readonly second: KernelTime | undefined
}

/** A kernel of a catalogue: its tile, and into how many parts it splits the reduction. */
export interface Kernel {
  readonly tile: CtaTile
  readonly split: number
}

/** The kernels of `family` that can run `gemm`, in the catalogue's order. */
export const kernelsFor = (
  { m, n, k }: Pick<GpuGemm, "m" | "n" | "k">,
  { sms }: Pick<GemmBoard, "sms">,
  { tiles, splits }: KernelFamily,
): readonly Kernel[] => {
  const kernels: Kernel[] = []
  for (const tile of tiles) {
    const count = Math.ceil(m / tile.m) * Math.ceil(n / tile.n)
    for (const split of splits) if (splitFits(split, k, count, sms)) kernels.push({ tile, split })
  }
  return kernels
}

/**
 * Times every kernel of `family` and keeps the two fastest. Pure and deterministic: of equal times the first in the
 * catalogue's order wins.
 */
export const gemmTime = (gemm: GpuGemm, board: GemmBoard, family: KernelFamily): GemmTime => {
  const bytes = operandBytes(gemm)
  let best: KernelTime | undefined
  let second: KernelTime | undefined
  for (const { tile, split } of kernelsFor(gemm, board, family)) {
    const timed = kernelTime(gemm, bytes, board, family, tile, split, second?.time)
    if (timed === undefined) continue
    if (best === undefined || timed.time < best.time) {
      second = best
      best = timed
    } else if (second === undefined || timed.time < second.time) {
      second = timed
    }
  }
  if (best === undefined) throw new RangeError("a kernel catalogue without tiles")
  return { best, second }
}
