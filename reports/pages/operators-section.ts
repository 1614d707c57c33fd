/** Operators of a run on a core: what binds the longest of them, and which cache holds what they work on. */
import { capacityBars } from "../../viz/capacity-bars.ts"
import { bytesText, cyclesText, percentText, tickText, wholeNumber } from "../../viz/number-format.ts"
import { stackedBars } from "../../viz/stacked-bars.ts"
import type { CoreOperator, CoreOperators } from "../core-operators.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import { type Figure, figureMarkup } from "./figure.ts"
import { marksOfCauses } from "./marks.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Bars of a chart; further operators are in the table. */
const mostBars = 14

/** Colours of what holds a working set. */
const marks: ReadonlyMap<string, string> = new Map([
  ["L1", "c2"],
  ["last cache", "c1"],
])

const nameOf = ({ layer, stage }: CoreOperator): string => displayPath(layer) || displayPath(stage)

const sizeOf = ({ weights, input, output }: CoreOperator): number => weights + input + output

export const operatorsSection = (found: CoreOperators | undefined, cycles: number, tips: TipBook): string => {
  if (found === undefined || found.operators.length === 0) return ""
  const shown = found.operators.toSorted((a, b) => b.cycles - a.cycles).slice(0, mostBars)
  const longest = shown[0]
  return section(
    "operators",
    `${displayPath(longest.layer)} is the longest operator, bound by ${displayName(longest.bound)}`,
    `${displayName(longest.kernel)}, ${percentText(longest.cycles / Math.max(1, cycles))} of the time. Operators whose weights, input and output no cache holds together take ${percentText(found.beyond)} of it.`,
    figureMarkup(causesFigure(shown, tips)),
    figureMarkup(residencyFigure(found, shown, tips)),
    `<details><summary>Every operator, its kernel and its bytes</summary>${dataTable(operatorsTable(found))}</details>`,
  )
}

const causesFigure = (shown: readonly CoreOperator[], tips: TipBook): Figure => {
  const names = [...new Set(shown.flatMap(({ causes }) => causes.map(({ cause }) => cause)))]
  const colours = marksOfCauses(names)
  return {
    id: "operator-causes",
    title: "What the longest operators wait for",
    caption:
      "Cycles of the vector unit: busy with multiply-adds at its own rate; index is the fetching of kept values, kernel what loads, tiles and pipeline lose, pointwise work that multiplies nothing, operator the step from one to the next.",
    draw: (frame) =>
      stackedBars(frame, {
        series: names.map((name) => ({ name: displayName(name), mark: colours.get(name) ?? "c6" })),
        axisTitle: "cycles",
        formatTick: (value) => tickText(value),
        bars: shown.map((operator) => ({
          name: nameOf(operator),
          total: cyclesText(operator.cycles),
          parts: operator.causes.map(({ cause, cycles }) => ({
            series: displayName(cause),
            value: cycles,
            text: "",
            tip: tips.add({
              title: displayPath(nameOf(operator), cause),
              lines: [
                ["Kernel", displayName(operator.kernel)],
                ["Cycles", `${wholeNumber(cycles)} of ${wholeNumber(operator.cycles)}`],
              ],
              sources: [],
            }),
          })),
        })),
      }),
  }
}

const residencyFigure = (
  { caches }: CoreOperators,
  shown: readonly CoreOperator[],
  tips: TipBook,
): Figure => ({
  id: "cache-residency",
  title: "What the longest operators work on",
  caption:
    "Weights as stored, input and output together, against the caches, on a logarithmic axis. What reaches beyond a line does not stay in that cache from one operator to the next.",
  draw: (frame) =>
    capacityBars(frame, {
      capacities: caches,
      axisTitle: "bytes, logarithmic",
      bars: shown.map((operator) => ({
        name: nameOf(operator),
        size: sizeOf(operator),
        mark: marks.get(operator.fits) ?? "c3",
        tip: tips.add({
          title: nameOf(operator),
          lines: [
            ["Weights", bytesText(operator.weights)],
            ["Input", bytesText(operator.input)],
            ["Output", bytesText(operator.output)],
            ["Held by", operator.fits],
          ],
          sources: [],
        }),
      })),
    }),
})

/** The columns of L2 stand only where the core has one of its own. */
const operatorsTable = ({ operators, caches }: CoreOperators): DataTable => {
  const ownL2 = caches.some(({ name }) => name === "L2")
  return {
    id: "operators-table",
    caption: "Operators",
    columns: [
      { name: "Operator", numeric: false },
      { name: "Kernel", numeric: false },
      { name: "Bound", numeric: false },
      { name: "Cycles", numeric: true },
      { name: "Weights, B", numeric: true },
      { name: "Input, B", numeric: true },
      { name: "Output, B", numeric: true },
      { name: "Held by", numeric: false },
      { name: "L1 reads, B", numeric: true },
      ...(ownL2 ? [{ name: "L2 reads, B", numeric: true }] : []),
      { name: "Last cache reads, B", numeric: true },
      { name: "DRAM reads, B", numeric: true },
    ],
    rows: operators.map((operator) => ({
      cells: [
        { text: nameOf(operator) },
        { text: displayName(operator.kernel) },
        { text: displayName(operator.bound) },
        numberCell(operator.cycles, wholeNumber),
        numberCell(operator.weights, bytesText),
        numberCell(operator.input, bytesText),
        numberCell(operator.output, bytesText),
        { text: operator.fits },
        numberCell(operator.fromL1, bytesText),
        ...(ownL2 ? [numberCell(operator.fromL2, bytesText)] : []),
        numberCell(operator.fromLastCache, bytesText),
        numberCell(operator.fromDram, bytesText),
      ],
    })),
  }
}
