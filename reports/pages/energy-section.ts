/** Where the energy goes, by component, for one run or two. */
import { energyBars } from "../../viz/energy-bars.ts"
import { joulesText, percentText, withUnit } from "../../viz/number-format.ts"
import type { EnergyReport } from "../energy.ts"
import type { EnergySplit } from "../energy-splits.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { type Figure, switchedFigure } from "./figure.ts"
import { runMarks } from "./marks.ts"
import { section } from "./page.ts"
import type { Tip, TipBook } from "./tip-book.ts"
import { componentTrail, staticTrail } from "./trails.ts"

export interface PricedRun {
  /** Empty on a page of one run. */
  readonly label: string
  readonly seconds: number
  readonly energy: EnergyReport
  /** The same energy split in other ways; left out where the machine has none to show. */
  readonly splits?: readonly EnergySplit[]
  /** Multiply-accumulates of two values that are not zero. */
  readonly usefulMacs?: number
}

const energyIn = (run: PricedRun, component: string): number =>
  run.energy.byComponent.find((part) => part.component === component)?.energy ?? 0

const trailOf = (run: PricedRun, component: string): Tip =>
  component === "static"
    ? staticTrail(
        run.energy.staticWatts,
        run.energy.staticStatus,
        { seconds: run.seconds, energy: run.energy.static },
        run.label,
      )
    : componentTrail(
        component,
        run.energy.byAction.filter((action) => action.component === component),
        run.label,
      )

/** Components that have a bar of their own, where there are many. */
const mostBars = 12

const othersOf = (run: PricedRun, components: readonly string[]) => {
  const value = components.reduce((sum, component) => sum + energyIn(run, component), 0)
  return { value, text: joulesText(value) }
}

/** `runs` holds one run, or the two of a comparison in order; empty where no run has an energy table. */
export const energySection = (runs: readonly PricedRun[], tips: TipBook): string => {
  if (runs.length === 0) return ""
  const last = runs[runs.length - 1]
  const largest = last.energy.byComponent[0]
  if (largest === undefined) return ""
  const components = [
    ...new Set(runs.flatMap((run) => run.energy.byComponent.map(({ component }) => component))),
  ]
    .map((component) => ({ component, most: Math.max(...runs.map((run) => energyIn(run, component))) }))
    .toSorted((a, b) => b.most - a.most)
    .map(({ component }) => component)
  const share = last.energy.total === 0 ? 0 : largest.energy / last.energy.total
  return section(
    "energy",
    `${largest.component === "static" ? "Static power" : displayName(largest.component)} is ${percentText(share)} of the energy${last.label === "" ? "" : ` of ${displayName(last.label)}`}`,
    `Counts × energy per action (${displayName(last.energy.tableName)}, scope ${displayName(last.energy.scope)}) + static power × time. ${percentText(last.energy.uncertainShare)} of the total rests on assumed or fitted prices.${costsOf(last)}`,
    switchedFigure(
      [{ name: "Component", figure: componentFigure(runs, components, tips) }, ...splitFigures(runs)],
      "What the energy is split by",
    ),
    splitTable(runs),
  )
}

const componentFigure = (
  runs: readonly PricedRun[],
  components: readonly string[],
  tips: TipBook,
): Figure => {
  // One bar for the others needs others.
  const drawn = components.length > mostBars + 1 ? components.slice(0, mostBars) : components
  const rest = components.slice(drawn.length)
  return {
    id: "energy-by-component",
    title: "Energy by component",
    caption: "Bars from zero on one scale; “static” is power that is drawn whatever the machine does.",
    draw: (frame) =>
      energyBars(frame, {
        runs: seriesOf(runs),
        groups: [
          ...drawn.map((component) => ({
            name: displayName(component),
            values: runs.map((run) => ({
              value: energyIn(run, component),
              text: joulesText(energyIn(run, component)),
              tip: tips.add(trailOf(run, component)),
            })),
          })),
          ...(rest.length === 0
            ? []
            : [{ name: `${rest.length} others`, values: runs.map((run) => othersOf(run, rest)) }]),
        ],
      }),
    table: {
      id: "energy-by-component-table",
      caption: "Energy by component",
      columns: [
        { name: "Component", numeric: false },
        ...runs.map((run) => ({
          name: run.label === "" ? "Energy, pJ" : `${displayName(run.label)}, pJ`,
          numeric: true,
        })),
        ...runs.map((run) => ({
          name: run.label === "" ? "Share" : `${displayName(run.label)}, share`,
          numeric: true,
        })),
      ],
      rows: components.map((component) => ({
        cells: [
          { text: displayName(component) },
          ...runs.map((run) => numberCell(energyIn(run, component), joulesText)),
          ...runs.map((run) =>
            numberCell(
              run.energy.total === 0 ? undefined : energyIn(run, component) / run.energy.total,
              percentText,
            ),
          ),
        ],
      })),
    },
  }
}

/** Energy of a useful operation, and energy × delay. */
const costsOf = ({ energy, seconds, usefulMacs }: PricedRun): string => {
  const each =
    usefulMacs === undefined || usefulMacs === 0
      ? ""
      : ` A useful multiply-accumulate takes ${joulesText(energy.total / usefulMacs)};`
  return each === "" ? "" : `${each} energy × delay is ${withUnit(energy.total * 1e-12 * seconds, "J·s")}.`
}

const seriesOf = (runs: readonly PricedRun[]) => {
  const marks = runs.length > 1 ? runMarks : (["c1"] as const)
  return runs.map((run, index) => ({ name: displayName(run.label), mark: marks[index] ?? "c1" }))
}

/** What a reader chooses to split energy by. */
const splitNames: Readonly<Record<EnergySplit["by"], string>> = {
  action: "Action",
  level: "Memory level",
  stage: "Stage",
  layer: "Layer",
}
const mostParts = 8

/** Parts of all runs by name, those of the largest in any run first. */
const partsOf = (runs: readonly PricedRun[], by: EnergySplit["by"]) => {
  const values = new Map<string, number[]>()
  for (const [r, { splits }] of runs.entries()) {
    for (const { name, energy } of splits?.find((split) => split.by === by)?.parts ?? []) {
      const row = values.get(name) ?? runs.map(() => 0)
      row[r] = energy
      values.set(name, row)
    }
  }
  return [...values].toSorted((a, b) => Math.max(...b[1]) - Math.max(...a[1]))
}

const splitsOf = (runs: readonly PricedRun[]): readonly EnergySplit["by"][] =>
  (runs[0]?.splits ?? []).map(({ by }) => by).filter((by) => partsOf(runs, by).length > 1)

const splitFigures = (
  runs: readonly PricedRun[],
): readonly { readonly name: string; readonly figure: Figure }[] =>
  splitsOf(runs).map((by) => {
    const parts = partsOf(runs, by)
    const shown = parts.slice(0, mostParts)
    return {
      name: splitNames[by],
      figure: {
        id: `energy-by-${by}`,
        small: true,
        title: `Energy by ${splitNames[by].toLowerCase()}`,
        caption:
          parts.length > shown.length
            ? `The ${shown.length} largest of ${parts.length}; the others are in the table.`
            : "All parts; they sum to the energy of the run.",
        draw: (frame) =>
          energyBars(frame, {
            runs: seriesOf(runs),
            groups: shown.map(([name, energies]) => ({
              name: displayName(name),
              values: energies.map((value) => ({ value, text: joulesText(value) })),
            })),
          }),
      },
    }
  })

const splitTable = (runs: readonly PricedRun[]): string => {
  const rows = splitsOf(runs)
    .filter((by) => by !== "layer")
    .flatMap((by) => partsOf(runs, by).map(([name, energies]) => ({ by, name, energies })))
  if (rows.length === 0) return ""
  const table: DataTable = {
    id: "energy-splits-table",
    caption: "Energy by action, memory level and stage",
    columns: [
      { name: "By", numeric: false },
      { name: "Part", numeric: false },
      ...runs.map((run) => ({
        name: run.label === "" ? "Energy, pJ" : `${displayName(run.label)}, pJ`,
        numeric: true,
      })),
    ],
    rows: rows.map(({ by, name, energies }) => ({
      cells: [
        { text: splitNames[by] },
        { text: displayName(name) },
        ...energies.map((energy) => numberCell(energy, joulesText)),
      ],
    })),
  }
  return `<details><summary>Energy by action, memory level and stage; by layer it is in the table of layers</summary>${dataTable(table)}</details>`
}
