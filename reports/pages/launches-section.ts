/** Kernels of a run on a board: which ran, how their thread blocks fill it, and what the next best would take. */
import { percentText, shortNumber, timesText, wholeNumber } from "../../viz/number-format.ts"
import { stackedBars } from "../../viz/stacked-bars.ts"
import type { KernelLaunches, LaunchGroup } from "../kernel-launches.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Bars of the chart; further groups are in its table. */
const mostBars = 12

const used = "thread blocks"
const empty = "empty slots of the last wave"

const gridText = ({ blocks, slots, waves }: LaunchGroup): string =>
  `${blocks < 10 * slots ? (blocks / slots).toFixed(2) : shortNumber(blocks / slots)} of ${wholeNumber(waves)} ${waves === 1 ? "wave" : "waves"}`

export const launchesSection = (found: KernelLaunches | undefined, cycles: number, tips: TipBook): string => {
  if (found === undefined) return ""
  const { groups, share, tail } = found
  const shown = groups.slice(0, mostBars)
  const worst = shown.toSorted((a, b) => b.empty * b.cycles - a.empty * a.cycles)[0]
  return section(
    "launches",
    tail < 0.0005
      ? "Thread blocks fill the board in whole waves"
      : `Waiting for the last wave takes ${percentText(tail)} of the time`,
    `Tiled kernels take ${percentText(share)} of it. Thread blocks are dealt out in waves, as many at once as the board's SMs hold; ${displayName(worst.kernel)} with ${wholeNumber(worst.blocks)} ${worst.blocks === 1 ? "block" : "blocks"} leaves ${percentText(worst.empty)} of its slots empty.`,
    figureMarkup({
      id: "kernel-waves",
      title: "How thread blocks fill the board",
      caption: `A bar is a kernel with one grid, the longest in time first: the share of the slots of all its waves that blocks take; before its name, how often it is launched. Empty slots are SMs that idle while the last wave ends.${groups.length > shown.length ? ` The ${groups.length - shown.length} shortest are in the table.` : ""}`,
      draw: (frame) =>
        stackedBars(frame, {
          series: [
            { name: used, mark: "c1" },
            { name: empty, mark: "wait" },
          ],
          axisTitle: "share of the slots of all waves",
          formatTick: percentText,
          bars: shown.map((group) => {
            const name = displayName(group.kernel)
            const tip = tips.add({
              title: name,
              lines: [
                ["Launches", wholeNumber(group.launches)],
                ["Thread blocks", wholeNumber(group.blocks)],
                ["Slots of a wave", wholeNumber(group.slots)],
                ["Waves", `${wholeNumber(group.blocks)} ÷ ${wholeNumber(group.slots)} = ${gridText(group)}`],
                ["Time", `${percentText(group.cycles / Math.max(1, cycles))} of the run`],
              ],
              sources: [],
            })
            return {
              name: group.launches === 1 ? name : `${wholeNumber(group.launches)} × ${name}`,
              total: gridText(group),
              parts: [
                { series: used, value: 1 - group.empty, text: "", tip },
                { series: empty, value: group.empty, text: "", tip },
              ],
            }
          }),
        }),
      table: groupsTable(groups, cycles),
    }),
    `<details><summary>Every launch and its next best kernel</summary>${dataTable(launchesTable(found))}</details>`,
  )
}

const groupsTable = (groups: readonly LaunchGroup[], cycles: number): DataTable => ({
  id: "kernel-waves-table",
  caption: "Kernels by grid",
  columns: [
    { name: "Kernel", numeric: false },
    { name: "Thread blocks", numeric: true },
    { name: "Slots", numeric: true },
    { name: "Waves", numeric: true },
    { name: "Empty", numeric: true },
    { name: "Launches", numeric: true },
    { name: "Cycles", numeric: true },
    { name: "Share", numeric: true },
  ],
  rows: groups.map((group) => ({
    cells: [
      { text: displayName(group.kernel) },
      numberCell(group.blocks, wholeNumber),
      numberCell(group.slots, wholeNumber),
      numberCell(group.waves, wholeNumber),
      numberCell(group.empty, percentText),
      numberCell(group.launches, wholeNumber),
      numberCell(group.cycles, wholeNumber),
      numberCell(group.cycles / Math.max(1, cycles), percentText),
    ],
  })),
})

const launchesTable = ({ launches }: KernelLaunches): DataTable => ({
  id: "launches-table",
  caption: "Launches of tiled kernels",
  columns: [
    { name: "Layer", numeric: false },
    { name: "Kernel", numeric: false },
    { name: "Thread blocks", numeric: true },
    { name: "Waves", numeric: true },
    { name: "Empty", numeric: true },
    { name: "Next best kernel", numeric: false },
    { name: "It would take", numeric: true },
  ],
  rows: launches.map(({ layer, stage, kernel, blocks, waves, empty: unused, runnerUp }) => ({
    cells: [
      { text: displayPath(layer) || displayPath(stage) },
      { text: displayName(kernel) },
      numberCell(blocks, wholeNumber),
      numberCell(waves, wholeNumber),
      numberCell(unused, percentText),
      { text: runnerUp === undefined ? "–" : displayName(runnerUp.kernel) },
      numberCell(runnerUp?.ratio, timesText),
    ],
  })),
})
