/** What other energy tables say of the same counts, and which prices the result hinges on. */
import { energyBars } from "../../viz/energy-bars.ts"
import { joulesText, percentText, timesText } from "../../viz/number-format.ts"
import { tornadoChart } from "../../viz/tornado-chart.ts"
import type { EnergyByTables, TableEnergy } from "../energy-tables.ts"
import { dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { figureMarkup, switchedFigure } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Prices that the tornado shows, and components of a chart. */
const shownSwings = 5
const shownComponents = 6

/** Empty where no other table prices the run. */
export const energyTablesSection = (by: EnergyByTables | undefined, tips: TipBook): string => {
  if (by === undefined || by.total === 0) return ""
  const totals = by.tables.map(({ total }) => total)
  const spread = Math.max(...totals) / Math.min(...totals)
  const others = by.tables.length - 1
  return section(
    "energy-tables",
    `${others === 1 ? "Another energy table says" : `${others} other energy tables say`} otherwise: they differ by ${timesText(spread)}`,
    "The counts are the run’s; only prices differ. A table’s scope says what a price covers: a circuit alone, a whole device, the path to it, or a board; tables of different scope do not contradict each other.",
    tablesTable(by) +
      switchedFigure(
        by.tables.map((table) => ({
          name: displayName(table.table),
          figure: componentsFigure(table, tips),
        })),
        "Energy table",
      ) +
      (by.swings.length === 0 ? "" : tornado(by, tips)),
  )
}

const tablesTable = ({ tables, total }: EnergyByTables): string =>
  dataTable({
    id: "energy-tables-table",
    caption: "Energy of the run by table",
    columns: [
      { name: "Table", numeric: false },
      { name: "Scope", numeric: false },
      { name: "Energy, pJ", numeric: true },
      { name: "Against the run’s own", numeric: true },
    ],
    rows: tables.map((table) => ({
      cells: [
        { text: displayName(table.name) },
        { text: displayName(table.scope) },
        numberCell(table.total, joulesText),
        numberCell(table.total / total, timesText),
      ],
    })),
  })

const componentsFigure = ({ table, name, total, byComponent }: TableEnergy, tips: TipBook) => {
  const spent = byComponent.filter(({ energy }) => energy > 0)
  // One component that is left over is named like the others.
  const shown = spent.length === shownComponents + 1 ? spent.length : shownComponents
  const largest = spent.slice(0, shown)
  const rest = spent.slice(shown)
  const groups = [
    ...largest,
    ...(rest.length === 0
      ? []
      : [{ component: `${rest.length} others`, energy: rest.reduce((sum, { energy }) => sum + energy, 0) }]),
  ]
  return {
    small: true as const,
    id: `energy-under-${table.replaceAll(/[^\w-]+/g, "-")}`,
    title: `Energy by component, ${displayName(name)}`,
    caption: `${joulesText(total)} by ${displayName(name)}.`,
    draw: (frame: Parameters<typeof energyBars>[0]) =>
      energyBars(frame, {
        runs: [{ name: displayName(name), mark: "c1" }],
        groups: groups.map(({ component, energy }) => ({
          name: displayName(component),
          values: [
            {
              value: energy,
              text: joulesText(energy),
              tip: tips.add({
                title: displayName(component),
                lines: [
                  ["Energy", joulesText(energy)],
                  ["Share", percentText(total === 0 ? 0 : energy / total)],
                ],
                sources: [`energy table ${name}`],
              }),
            },
          ],
        })),
      }),
  }
}

const tornado = ({ swings, total }: EnergyByTables, tips: TipBook): string => {
  const shown = swings.slice(0, shownSwings)
  return figureMarkup({
    id: "energy-tornado",
    title: "What the energy becomes with one price of another table",
    caption: `The ${shown.length === 1 ? "price" : `${shown.length} prices`} that matter most, one at a time: at the least and at the greatest of all these tables, everything else as it is.`,
    draw: (frame) =>
      tornadoChart(frame, {
        total,
        rows: shown.map(({ component, action, low, high, lowTable, highTable }) => ({
          name: displayName(`${component} ${action}`),
          low,
          high,
          lowText: joulesText(low),
          highText: joulesText(high),
          tip: tips.add({
            title: `${component} ${action}`,
            lines: [
              ["Least", `${joulesText(low)} with the price of ${lowTable}`],
              ["As it is", joulesText(total)],
              ["Greatest", `${joulesText(high)} with the price of ${highTable}`],
            ],
            sources: [],
          }),
        })),
        axisTitle: "energy of the run",
        format: joulesText,
      }),
    table: {
      id: "energy-tornado-table",
      caption: "Energy with one price of another table",
      columns: [
        { name: "Price", numeric: false },
        { name: "Least, pJ", numeric: true },
        { name: "Greatest, pJ", numeric: true },
        { name: "Table of the least", numeric: false },
        { name: "Table of the greatest", numeric: false },
      ],
      rows: shown.map(({ component, action, low, high, lowTable, highTable }) => ({
        cells: [
          { text: displayName(`${component} ${action}`) },
          numberCell(low, joulesText),
          numberCell(high, joulesText),
          { text: displayName(lowTable) },
          { text: displayName(highTable) },
        ],
      })),
    },
  })
}
