/** Random timelines: rows of spans that do not overlap, of one colour or split by cause, with names that files find hard. */
import * as fc from "fast-check"
import type { SpanList, Timeline, TimelineRow } from "../../viz/timeline/timeline.ts"
import { hostileNames } from "../fixtures/hostile-names.ts"

const series = [
  { group: "Blocks", name: "FF", mark: "c1" },
  { group: "Blocks", name: "</script>", mark: "c2" },
  { group: "Units", name: "busy", mark: "c1" },
  { group: "Units", name: "idle", mark: "wait" },
] as const

const names = ["layer1.conv", "FF", "tile 3", "wave", ...hostileNames.slice(0, 3)]

interface SpanChoice {
  readonly gap: number
  readonly duration: number
  readonly label: number
  /** Share of the cycles that are busy, of an account. */
  readonly busy: number
}

const spanChoice: fc.Arbitrary<SpanChoice> = fc.record({
  gap: fc.oneof(fc.constant(0), fc.nat(5), fc.nat(100_000)),
  duration: fc.oneof(fc.nat(6), fc.constant(64), fc.nat(1_000_000)),
  label: fc.nat(names.length - 1),
  busy: fc.double({ min: 0, max: 1, noNaN: true }),
})

const spansOf = (choices: readonly SpanChoice[], kind: TimelineRow["kind"]): SpanList => {
  const length = choices.length
  const start = new Float64Array(length)
  let end = 0
  for (const [i, { gap, duration }] of choices.entries()) {
    start[i] = end + gap
    end = start[i] + duration
  }
  const parts = choices.flatMap(({ duration, busy }) => {
    const cycles = Math.floor(busy * duration)
    return [cycles, duration - cycles]
  })
  return {
    length,
    start,
    duration: Float64Array.from(choices, ({ duration }) => duration),
    label: Int32Array.from(choices, ({ label }) => label),
    ...(kind === "account" ? { parts: Float64Array.from(parts) } : {}),
  }
}

const row: fc.Arbitrary<TimelineRow> = fc
  .record({
    kind: fc.constantFrom("block", "account"),
    level: fc.constantFrom("layer", "stage", "tile"),
    choices: fc.array(spanChoice, { maxLength: 60 }),
  })
  .map(({ kind, level, choices }) => ({
    title: level,
    level,
    kind,
    series: kind === "account" ? [2, 3] : [0, 1],
    labels: names.map((name, i) => ({ name, series: i % 2, note: i % 3 === 0 ? "dram" : "" })),
    spans: spansOf(choices, kind),
    total: choices.length,
  }))

/** A timeline of one to four rows. */
export const timeline: fc.Arbitrary<Timeline> = fc
  .record({ rows: fc.array(row, { minLength: 1, maxLength: 4 }), rest: fc.nat(1000) })
  .map(({ rows, rest }) => {
    const ends = rows.map(({ spans: { start, duration, length } }) =>
      length === 0 ? 0 : start[length - 1] + duration[length - 1],
    )
    return { cycles: Math.max(1, ...ends) + rest, clockHertz: 1e9, series, rows }
  })
