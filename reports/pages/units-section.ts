/** What each hardware unit does with its cycles. */
import { breakdownBar } from "../../viz/breakdown-bar.ts"
import { percentText, permilleText, wholeNumber } from "../../viz/number-format.ts"
import type { TrackBreakdown } from "../bottleneck.ts"
import { numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { marksOfCauses } from "./marks.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"
import { causeTrail } from "./trails.ts"

export interface TrackedRun {
  /** Empty on a page of one run. */
  readonly label: string
  readonly tracks: readonly TrackBreakdown[]
}

const busyOf = (track: TrackBreakdown): number =>
  track.shares.find(({ cause }) => cause === "busy")?.permille ?? 0

export const unitsSection = (runs: readonly TrackedRun[], tips: TipBook): string => {
  const last = runs[runs.length - 1]
  const busiest = last.tracks.toSorted((a, b) => busyOf(b) - busyOf(a))[0]
  if (busiest === undefined) return ""
  const causes = runs.flatMap((run) => run.tracks.flatMap((track) => track.shares.map(({ cause }) => cause)))
  const ids = [...new Set(runs.flatMap((run) => run.tracks.map(({ track }) => track)))]
  // Unit by unit, so that the two runs of a comparison stand under each other.
  const rows = ids.flatMap((id) =>
    runs.flatMap((run) => run.tracks.filter(({ track }) => track === id).map((track) => ({ run, track }))),
  )
  return section(
    "units",
    `${displayName(busiest.name)} is busy ${permilleText(busyOf(busiest))} of the time${last.label === "" ? "" : ` in ${displayName(last.label)}`}`,
    "Every cycle of every unit is either busy or has a cause; a bar is the whole run.",
    figureMarkup({
      id: "unit-breakdown",
      title: "Cycles of each unit by cause",
      caption:
        "Busy cycles first, then stalls by cause, largest first; a stall named after a unit waits for that unit, “idle” has nothing to do while others work, “unused” is outside the stages that use the unit. Each bar sums to exactly 100 %.",
      draw: (frame) =>
        breakdownBar(frame, {
          marks: marksOfCauses(causes),
          rows: rows.map(({ run, track }) => ({
            name: displayPath(track.name, run.label),
            parts: track.shares.map((share) => ({
              name: displayName(share.cause),
              permille: share.permille,
              tip: tips.add(causeTrail(track, share.cause, share.cycles, run.label)),
            })),
          })),
        }),
      table: {
        id: "unit-breakdown-table",
        caption: "Cycles of each unit by cause",
        columns: [
          { name: "Unit", numeric: false },
          { name: "Cause", numeric: false },
          { name: "Cycles", numeric: true },
          { name: "Share", numeric: true },
        ],
        rows: rows.flatMap(({ run, track }) =>
          track.shares.map((share) => ({
            cells: [
              { text: displayPath(track.name, run.label) },
              { text: displayName(share.cause) },
              numberCell(share.cycles, wholeNumber),
              numberCell(share.permille / 1000, percentText),
            ],
          })),
        ),
      },
    }),
  )
}
