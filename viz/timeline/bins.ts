/**
 * Levels of detail: cycles of a row's spans in bins of equal width. Bins are whole cycles wide and hold whole cycles, so
 * nothing is lost or made up: over all bins a series has exactly the cycles that its spans have.
 */
import { endOf, type SpanList } from "./timeline.ts"

export interface Bins {
  /** Cycles of a bin. */
  readonly width: number
  readonly count: number
  /** One array of `count` a series. */
  readonly cycles: readonly Float64Array[]
}

/** Whole cycles of the first `elapsed` of a span of `duration` in which a series has `cycles`, spread evenly. */
const elapsedShare = (cycles: number, elapsed: number, duration: number): number =>
  elapsed >= duration ? cycles : Math.min(cycles, Math.floor((cycles / duration) * elapsed))

/** Bins of a row, at most `most` of them, over an axis of `axis` cycles. `seriesOfLabel` says the series of block spans. */
export const binsOf = (
  spans: SpanList,
  axis: number,
  seriesCount: number,
  seriesOfLabel: readonly number[],
  most: number,
): Bins => {
  const width = Math.max(1, Math.ceil(axis / most))
  const count = Math.max(1, Math.ceil(axis / width))
  const cycles = Array.from({ length: seriesCount }, () => new Float64Array(count))
  const { start, label, parts } = spans
  for (let i = 0; i < spans.length; i++) {
    const from = start[i]
    const end = endOf(spans, i)
    const duration = end - from
    const last = Math.floor((end - 1) / width)
    for (let bin = Math.floor(from / width); bin <= last; bin++) {
      const left = Math.max(from, bin * width) - from
      const right = Math.min(end, (bin + 1) * width) - from
      if (parts === undefined) {
        cycles[seriesOfLabel[label[i]]][bin] += right - left
        continue
      }
      for (let s = 0; s < seriesCount; s++) {
        const part = parts[i * seriesCount + s]
        if (part > 0) {
          cycles[s][bin] += elapsedShare(part, right, duration) - elapsedShare(part, left, duration)
        }
      }
    }
  }
  return { width, count, cycles }
}

/** Bins of twice the width. */
export const coarser = ({ width, count, cycles }: Bins): Bins => {
  const half = Math.ceil(count / 2)
  return {
    width: width * 2,
    count: half,
    cycles: cycles.map((fine) =>
      Float64Array.from({ length: half }, (_, i) => fine[2 * i] + (2 * i + 1 < count ? fine[2 * i + 1] : 0)),
    ),
  }
}

/** `bins` and all coarser ones down to a single bin, finest first. */
export const pyramid = (bins: Bins): readonly Bins[] => {
  const levels = [bins]
  while (levels[levels.length - 1].count > 1) levels.push(coarser(levels[levels.length - 1]))
  return levels
}

/** What `all` holds beyond `some`; both of the same row and width. */
export const difference = (all: Bins, some: Bins): Bins => ({
  ...all,
  cycles: all.cycles.map((column, s) => column.map((value, i) => value - some.cycles[s][i])),
})
