/** Where the energy goes, by component, for one run or two. */
import { energyBars } from "../../viz/energy-bars.ts"
import { joulesText, percentText } from "../../viz/number-format.ts"
import type { EnergyReport } from "../energy.ts"
import { numberCell } from "./data-table.ts"
import { displayName } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { runMarks } from "./marks.ts"
import { section } from "./page.ts"
import type { Tip, TipBook } from "./tip-book.ts"
import { componentTrail, staticTrail } from "./trails.ts"

export interface PricedRun {
  /** Empty on a page of one run. */
  readonly label: string
  readonly seconds: number
  readonly energy: EnergyReport
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
  // One bar for the others needs others.
  const drawn = components.length > mostBars + 1 ? components.slice(0, mostBars) : components
  const rest = components.slice(drawn.length)
  const marks = runs.length > 1 ? runMarks : (["c1"] as const)
  const share = last.energy.total === 0 ? 0 : largest.energy / last.energy.total
  return section(
    "energy",
    `${largest.component === "static" ? "Static power" : displayName(largest.component)} is ${percentText(share)} of the energy${last.label === "" ? "" : ` of ${displayName(last.label)}`}`,
    `Counts × energy per action (${displayName(last.energy.tableName)}, scope ${displayName(last.energy.scope)}) + static power × time. ${percentText(last.energy.uncertainShare)} of the total rests on assumed or fitted prices.`,
    figureMarkup({
      id: "energy-by-component",
      title: "Energy by component",
      caption: "Bars from zero on one scale; “static” is power that is drawn whatever the machine does.",
      draw: (frame) =>
        energyBars(frame, {
          runs: runs.map((run, index) => ({ name: displayName(run.label), mark: marks[index] ?? "c1" })),
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
    }),
  )
}
