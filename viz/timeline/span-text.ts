/** A span of a timeline in words. */
import { percentText, secondsText, wholeNumber } from "../number-format.ts"
import { endOf, spanAt, type Timeline } from "./timeline.ts"

/** Outermost first. */
const nesting = ["pass", "layer", "stage"]

export const depthOf = (level: string): number => {
  const depth = nesting.indexOf(level)
  return depth < 0 ? nesting.length : depth
}

/** Names of what is around a span, outermost first. */
const aroundOf = (timeline: Timeline, row: number, index: number): readonly string[] => {
  const { spans, level } = timeline.rows[row]
  return timeline.rows.flatMap((outer) => {
    if (outer.kind !== "block" || depthOf(outer.level) >= depthOf(level)) return []
    const found = spanAt(outer.spans, spans.start[index])
    if (found < 0 || endOf(outer.spans, found) < endOf(spans, index)) return []
    return [outer.labels[outer.spans.label[found]].name]
  })
}

export interface SpanPath {
  /** Names from outside in, the span's own last. */
  readonly names: readonly string[]
  /** The span has no name of its own but that of the stage that it belongs to. */
  readonly isNamedAfterStage: boolean
}

export const pathOf = (timeline: Timeline, row: number, index: number): SpanPath => {
  const { spans, labels, level } = timeline.rows[row]
  const around = aroundOf(timeline, row, index)
  const own = labels[spans.label[index]].name
  const isNamedAfterStage = level === "unit" && around.at(-1) === own
  return { names: isNamedAfterStage ? around : [...around, own], isNamedAfterStage }
}

export interface SpanText {
  readonly title: string
  /** Term and value. */
  readonly lines: readonly (readonly [string, string])[]
}

/** What a tooltip says of a span: when, how long, and what its cycles went to. */
export const spanText = (timeline: Timeline, row: number, index: number): SpanText => {
  const { spans, labels, series, title } = timeline.rows[row]
  const start = spans.start[index]
  const duration = spans.duration[index]
  const inSeconds = (cycles: number): string => secondsText(cycles / timeline.clockHertz)
  const { note } = labels[spans.label[index]]
  const { parts } = spans
  const causes =
    parts === undefined
      ? []
      : series.flatMap((s, at): (readonly [string, string])[] => {
          const cycles = parts[index * series.length + at]
          return cycles > 0
            ? [[timeline.series[s].name, `${wholeNumber(cycles)} cycles, ${percentText(cycles / duration)}`]]
            : []
        })
  return {
    title: pathOf(timeline, row, index).names.join(" · "),
    lines: [
      ["Row", title],
      ["Start", `cycle ${wholeNumber(start)}, ${inSeconds(start)}`],
      [
        "Length",
        `${wholeNumber(duration)} cycles, ${inSeconds(duration)}, ${percentText(duration / timeline.cycles)} of the run`,
      ],
      ...(note === "" ? [] : [["Bound by", note] as const]),
      ...causes,
    ],
  }
}
