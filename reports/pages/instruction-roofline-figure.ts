/** The roofline of a core's instructions, with the windows of a program on it. */
import { instructionRooflineChart } from "../../viz/instruction-roofline-chart.ts"
import { percentText, shortNumber, wholeNumber } from "../../viz/number-format.ts"
import type { BranchReport } from "../branch/branch-report.ts"
import { mergedWindows } from "../branch/branch-windows.ts"
import { attainableIpc, instructionRoofline, type InstructionPoint } from "../branch/instruction-roofline.ts"
import { pointTrailOf } from "./branch-trails.ts"
import { numberCell } from "./data-table.ts"
import { type Figure, figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Dots beyond this many hide each other. */
const mostDots = 100

/** Empty where the machine states no dispatch width. */
export const instructionRooflineSection = (report: BranchReport, tips: TipBook): string => {
  const { roofline } = report
  if (roofline === undefined) return ""
  const { total } = roofline
  const attainable = attainableIpc(roofline.width, roofline.penalty, total.distance)
  const claim = `${shortNumber(total.ipc)} of ${shortNumber(roofline.width)} instructions per cycle, where mispredictions alone would leave ${shortNumber(attainable)}`
  return section(
    "roofline",
    claim,
    "How far apart mispredictions are, and how fast the core then is. What is left between a dot and the curve are wrong targets and redirects; beyond the ridge better prediction buys less than a wider core.",
    figureMarkup(rooflineFigure(report, tips)),
  )
}

const rooflineFigure = (report: BranchReport, tips: TipBook): Figure => {
  const roofline =
    instructionRoofline(report.manifest, report.total, mergedWindows(report.windows, mostDots)) ??
    report.roofline
  if (roofline === undefined) throw new TypeError("a roofline without a width")
  const { width, penalty, ridge, total, windows, widthStatus } = roofline
  const dotOf = (point: InstructionPoint, title: string) => ({
    distance: point.distance,
    ipc: point.ipc,
    share: point.timeShare,
    tip: tips.add(pointTrailOf(title, point, roofline)),
  })
  const silent = windows.filter(({ distance }) => !Number.isFinite(distance)).length
  return {
    id: "instruction-roofline",
    title: "Roofline of instructions",
    caption: `A ring is a window of the program, its area is its time; the full dot is the whole measured run. The curve is IPC = 1 ÷ (1 ÷ width + penalty ÷ instructions per misprediction) with the run's mean penalty of ${shortNumber(penalty)} cycles, so a window whose mispredictions are cheaper than the mean may lie above it.${silent > 0 ? ` ${wholeNumber(silent)} windows without a misprediction are not drawn.` : ""}`,
    draw: (frame) =>
      instructionRooflineChart(frame, {
        ceiling: {
          ipc: width,
          name: `dispatch width ${shortNumber(width)} instructions per cycle · ${widthStatus}`,
        },
        roof: (distance) => attainableIpc(width, penalty, distance),
        roofName: `roof with ${shortNumber(penalty)} cycles a misprediction`,
        ...(ridge > 0 ? { ridge: { distance: ridge, name: `ridge ${shortNumber(ridge)}` } } : {}),
        windows: windows.map((point, i) => dotOf(point, `Window ${i + 1} of ${windows.length}`)),
        total: { ...dotOf(total, "The whole measured run"), name: "whole run" },
        xTitle: "instructions per misprediction",
        yTitle: "instructions per cycle",
      }),
    table: {
      id: "instruction-roofline-table",
      caption: "Roofline of instructions",
      columns: [
        { name: "Part", numeric: false },
        { name: "Instructions per misprediction", numeric: true },
        { name: "IPC", numeric: true },
        { name: "Roof", numeric: true },
        { name: "Share of time", numeric: true },
      ],
      rows: [total, ...windows].map((point, i) => ({
        cells: [
          { text: i === 0 ? "whole run" : `window ${i}` },
          numberCell(point.distance, shortNumber),
          numberCell(point.ipc, shortNumber),
          numberCell(attainableIpc(width, penalty, point.distance), shortNumber),
          numberCell(point.timeShare, percentText),
        ],
      })),
    },
  }
}
