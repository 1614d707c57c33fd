/** Moving about on a timeline: every stretch lies on the axis and is never shorter than a few cycles. */
import type { View } from "./layout.ts"

/** Nothing happens between two cycles. */
const shortestView = 8

export const wholeView = (cycles: number): View => ({ from: 0, to: Math.max(1, cycles) })

/** The stretch of `length` from `from`, moved and shortened so that it lies on the axis. */
const placed = (from: number, length: number, cycles: number): View => {
  const whole = Math.max(1, cycles)
  const kept = Math.min(whole, Math.max(length, Math.min(shortestView, whole)))
  const start = Math.min(Math.max(0, from), whole - kept)
  return { from: start, to: start + kept }
}

/** `factor` > 1 shows less; what is at `anchor` stays where it is. */
export const zoomed = ({ from, to }: View, factor: number, anchor: number, cycles: number): View => {
  const length = Math.min(Math.max(1, cycles), Math.max((to - from) / factor, Math.min(shortestView, cycles)))
  const place = (anchor - from) / (to - from)
  return placed(anchor - place * length, length, cycles)
}

export const panned = ({ from, to }: View, by: number, cycles: number): View =>
  placed(from + by, to - from, cycles)

/** All of an interval, with room beside it. */
export const framed = (start: number, end: number, cycles: number): View => {
  const room = 0.08 * (end - start)
  return placed(start - room, end - start + 2 * room, cycles)
}

/** `view`, moved as little as needed so that the interval shows: its start where it is longer than the view. */
export const showing = (view: View, start: number, end: number, cycles: number): View => {
  if (start >= view.from && end <= view.to) return view
  const length = view.to - view.from
  if (end - start >= length) {
    return start < view.to && end > view.from ? view : placed(start - 0.1 * length, length, cycles)
  }
  return placed(start < view.from ? start - 0.1 * length : end - 0.9 * length, length, cycles)
}

/** The share of the axis that is not seen, as a magnification. */
export const magnification = ({ from, to }: View, cycles: number): number => Math.max(1, cycles) / (to - from)
