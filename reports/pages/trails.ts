/** How a number came about: counters, formula, machine numbers, sources. The text of the tooltips. */
import { operationCounts } from "../../sim/trace/vocabulary.ts"
import {
  bytesText,
  cyclesText,
  joulesText,
  percentText,
  secondsText,
  shortNumber,
  timesText,
  wholeNumber,
  withUnit,
} from "../../viz/number-format.ts"
import type { TrackBreakdown } from "../bottleneck.ts"
import type { AlignedRow, Measured, Side } from "../compare.ts"
import type { ActionShare } from "../energy.ts"
import type { RooflinePoint } from "../roofline.ts"
import { displayName, displayPath } from "./display-name.ts"
import type { Tip } from "./tip-book.ts"

/** Time, operations, traffic and limits of one roofline point. */
export const pointTrail = (point: RooflinePoint, clockHertz: number, prefix = ""): Tip => {
  const { attained, attainable, binding } = point
  const macs = operationCounts
    .filter((count) => point.macs[count] > 0)
    .map((count) => `${withUnit(point.macs[count], "")} ${count}`)
  const limits = point.limits
    .filter((limit) => limit.leastCycles > 0)
    .map(({ roof, leastCycles }): readonly [string, string] => {
      const bytes = point.levels.find((level) => level.roof === roof)?.bytes
      const work =
        bytes === undefined
          ? `MACs ÷ ${shortNumber(roof.perCycle)} MAC/cycle`
          : `${bytesText(bytes)} ÷ ${shortNumber(roof.perCycle)} B/cycle`
      return [roof.name, `${work} = ${cyclesText(leastCycles)} at least`]
    })
  const lines: (readonly [string, string])[] = [
    [
      "Time",
      `${cyclesText(point.cycles)} at ${withUnit(clockHertz, "Hz")}, ${percentText(point.timeShare)} of the run`,
    ],
  ]
  if (macs.length > 0) lines.push(["MACs", macs.join(", ")])
  lines.push(...limits)
  if (point.macs.issued > 0) {
    lines.push([
      "Attained",
      `2 × issued ÷ time = ${withUnit(attained.issued.flopPerSecond, "FLOP/s")} of ${withUnit(attainable.issued.flopPerSecond, "FLOP/s")}`,
    ])
  }
  lines.push([
    "Bound",
    binding === undefined
      ? "no roof applies"
      : `${point.bound}; ${binding.name} binds, ${timesText(point.slack)} the least time`,
  ])
  return {
    title: displayPath(prefix, point.pass, point.layer, point.stage) || "The whole run",
    lines,
    sources: binding === undefined ? [] : [`${binding.name}: ${binding.source} (${binding.status})`],
  }
}

/** How the time of B compares with that of A on one row. */
export const alignedTrail = (row: AlignedRow, a: Side, b: Side): Tip => {
  const lines: (readonly [string, string])[] = [
    [displayName(a.label), timeOf(row.a)],
    [displayName(b.label), timeOf(row.b)],
    ["Speed-up", `${secondsText(row.a.seconds)} ÷ ${secondsText(row.b.seconds)} = ${timesText(row.speedup)}`],
  ]
  if (row.a.macs["non-zero"] > 0 && row.b.macs["non-zero"] > 0) {
    lines.push([
      "Non-zero MACs",
      `${withUnit(row.a.macs["non-zero"], "")} → ${withUnit(row.b.macs["non-zero"], "")}, ${timesText(row.a.macs["non-zero"] / row.b.macs["non-zero"])} fewer`,
    ])
  }
  if (row.a.picojoules !== undefined && row.b.picojoules !== undefined) {
    lines.push(["Energy", `${joulesText(row.a.picojoules)} → ${joulesText(row.b.picojoules)}`])
  }
  return { title: displayPath(row.pass, row.layer, row.stage) || "The whole run", lines, sources: [] }
}

const timeOf = (measured: Measured): string =>
  `${wholeNumber(measured.cycles)} cycles, ${secondsText(measured.seconds)}`

/** The actions of one component: count × price each. */
export const componentTrail = (component: string, actions: readonly ActionShare[], run: string): Tip => ({
  title: displayPath(component, run),
  lines: actions.map((action) => [
    action.action,
    `${withUnit(action.count, "")} ${action.per}s × ${shortNumber(action.picojoules)} pJ = ${joulesText(action.energy)}`,
  ]),
  sources: [...new Set(actions.map(({ source, status }) => `${source} (${status})`))],
})

/** Static energy of a run. */
export const staticTrail = (
  watts: number,
  status: string,
  side: { readonly seconds: number; readonly energy: number },
  run: string,
): Tip => ({
  title: displayPath("static", run),
  lines: [["Formula", `${shortNumber(watts)} W × ${secondsText(side.seconds)} = ${joulesText(side.energy)}`]],
  sources: [`static power (${status})`],
})

/** One share of a unit's cycles. */
export const causeTrail = (track: TrackBreakdown, cause: string, cycles: number, run: string): Tip => ({
  title: displayPath(track.name, cause, run),
  lines: [
    [
      "Counter",
      cause === "unused"
        ? "run − all that is accounted for"
        : `time.${track.track} ${cause === "busy" ? "busy" : `stall.${cause}`}`,
    ],
    ["Cycles", `${wholeNumber(cycles)} of ${wholeNumber(track.cycles)}`],
  ],
  sources: [],
})
