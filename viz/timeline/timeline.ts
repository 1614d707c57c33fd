/** What a timeline shows: rows of spans over one axis of cycles. Plain data; no word of where it comes from. */
import type { Bins } from "./bins.ts"

/** A colour of the timeline: a stage, or what a unit does with its cycles. */
export interface Series {
  /** What kind of rows it colours; the heading of its part of the legend. */
  readonly group: string
  readonly name: string
  /** Class of the mark. */
  readonly mark: string
}

/** What spans share that are called the same. */
export interface SpanLabel {
  readonly name: string
  /** Index into the row's series; of no meaning in an account row. */
  readonly series: number
  /** What bounds the span, or empty. */
  readonly note: string
}

/** Spans of one row, by start; none overlaps the next. Cycles are whole numbers. */
export interface SpanList {
  readonly length: number
  readonly start: Float64Array
  readonly duration: Float64Array
  /** Index into the row's labels. */
  readonly label: Int32Array
  /** Account rows: cycles of span i and series s at i × (number of series) + s. They sum to the duration. */
  readonly parts?: Float64Array
}

export interface TimelineRow {
  readonly title: string
  /** `pass`, `layer`, `stage`, `unit`, `tile` or another word: how deep the spans are nested. */
  readonly level: string
  /** A block is a span of one colour; an account splits each span's cycles. */
  readonly kind: "block" | "account"
  /** Indices into the timeline's series, in stacking order. */
  readonly series: readonly number[]
  readonly labels: readonly SpanLabel[]
  readonly spans: SpanList
  /** All spans of the row, those that are only in its bins included. */
  readonly total: number
  /** Cycles of all spans by bin; there where spans are many or missing. */
  readonly bins?: Bins
}

export interface Timeline {
  /** Length of the axis. */
  readonly cycles: number
  readonly clockHertz: number
  readonly series: readonly Series[]
  readonly rows: readonly TimelineRow[]
}

/** The groups of a timeline's series, each with its own, in order of first appearance. */
export const seriesGroups = ({ series }: Timeline): readonly (readonly [string, readonly Series[]])[] =>
  [...new Set(series.map(({ group }) => group))].map((group) => [
    group,
    series.filter((one) => one.group === group),
  ])

export const endOf = (spans: SpanList, index: number): number => spans.start[index] + spans.duration[index]

/** The first span that ends after `cycle`; the number of spans where none does. */
export const firstEndingAfter = (spans: SpanList, cycle: number): number => {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (endOf(spans, middle) > cycle) high = middle
    else low = middle + 1
  }
  return low
}

/** The first span that starts at `cycle` or later. */
export const firstStartingFrom = (spans: SpanList, cycle: number): number => {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (spans.start[middle] >= cycle) high = middle
    else low = middle + 1
  }
  return low
}

/** The span that covers `cycle`, or −1. */
export const spanAt = (spans: SpanList, cycle: number): number => {
  const index = firstEndingAfter(spans, cycle)
  return index < spans.length && spans.start[index] <= cycle ? index : -1
}
