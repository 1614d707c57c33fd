/** What is narrower than a pixel, summed: columns of a pixel, each filled to the share that is covered. */
import type { Bins } from "./bins.ts"
import type { Layout, View } from "./layout.ts"
import type { Painter } from "./painter.ts"
import type { TimelineRow } from "./timeline.ts"

/** Cycles summed by column of a pixel and by series. */
export class Columns {
  readonly #count: number
  readonly #series: number
  readonly #cycles: Float64Array
  /** Share of each column that spans cover which are drawn one by one. */
  readonly #taken: Float64Array
  readonly #layout: Layout
  readonly #from: number
  /** Cycles of a column. */
  readonly #width: number
  #isEmpty = true

  constructor(series: number, layout: Layout, view: View) {
    this.#count = Math.ceil(layout.plot)
    this.#series = series
    this.#cycles = new Float64Array(this.#count * series)
    this.#taken = new Float64Array(this.#count)
    this.#layout = layout
    this.#from = view.from
    this.#width = (view.to - view.from) / layout.plot
  }

  clear(): void {
    this.#cycles.fill(0)
    this.#isEmpty = true
  }

  /** Spreads `cycles` evenly over an interval. */
  #spread(series: number, start: number, end: number, cycles: number): void {
    const from = (start - this.#from) / this.#width
    const to = (end - this.#from) / this.#width
    if (to <= 0 || from >= this.#count) return
    this.#isEmpty = false
    const first = Math.max(0, Math.floor(from))
    const last = Math.min(this.#count - 1, Math.ceil(to) - 1)
    const base = series * this.#count
    if (first === last && from >= 0) {
      this.#cycles[base + first] += cycles
      return
    }
    const density = cycles / (to - from)
    for (let c = first; c <= last; c++) {
      this.#cycles[base + c] += density * (Math.min(to, c + 1) - Math.max(from, c))
    }
  }

  /** Only the edges count: in between nothing else is. */
  take(start: number, end: number): void {
    const from = (start - this.#from) / this.#width
    const to = (end - this.#from) / this.#width
    const first = Math.floor(from)
    const last = Math.floor(to)
    if (first >= 0 && first < this.#count) this.#taken[first] += first + 1 - from
    if (last >= 0 && last < this.#count) this.#taken[last] += to - last
  }

  addSpan(row: TimelineRow, index: number): void {
    const { spans, labels } = row
    const start = spans.start[index]
    const end = start + spans.duration[index]
    if (end === start) return
    if (spans.parts === undefined) {
      this.#spread(labels[spans.label[index]].series, start, end, end - start)
      return
    }
    for (let s = 0; s < this.#series; s++) {
      const part = spans.parts[index * this.#series + s]
      if (part > 0) this.#spread(s, start, end, part)
    }
  }

  addBins({ width, count, cycles }: Bins): void {
    const first = Math.max(0, Math.floor(this.#from / width))
    const last = Math.min(count - 1, Math.ceil((this.#from + this.#count * this.#width) / width))
    for (const [s, column] of cycles.entries()) {
      for (let i = first; i <= last; i++) {
        if (column[i] > 0) this.#spread(s, i * width, (i + 1) * width, column[i])
      }
    }
  }

  /** Stacks the series from the bottom; equal neighbours become one rectangle. */
  paint(marks: readonly string[], top: number, height: number, painter: Painter): void {
    if (this.#isEmpty) return
    const { left, plot } = this.#layout
    const below = new Float64Array(this.#count)
    for (const [s, mark] of marks.entries()) {
      let runFrom = 0
      let runLow = 0
      let runHigh = 0
      for (let c = 0; c <= this.#count; c++) {
        let low = 0
        let high = 0
        if (c < this.#count) {
          const free = Math.max(leastFree, 1 - this.#taken[c])
          const share = this.#cycles[s * this.#count + c] / (this.#width * free)
          low = halves(below[c])
          below[c] = Math.min(height, below[c] + share * height)
          high = halves(below[c])
        }
        if (low === runLow && high === runHigh && c < this.#count) continue
        if (runHigh > runLow) {
          const width = Math.min(c, plot) - runFrom
          painter.rect(mark, left + runFrom, top + height - runHigh, width, runHigh - runLow)
        }
        runFrom = c
        runLow = low
        runHigh = high
      }
    }
  }
}

/** A column that is all but covered must not blow up what rounding leaves of it. */
const leastFree = 0.02

/** Heights are drawn in steps of half a pixel, so that neighbours can be equal. */
const halves = (pixels: number): number => Math.round(pixels * 2) / 2
