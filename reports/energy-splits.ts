/** A run's energy split in other ways than by component: by action, memory level, stage and layer. */
import type { Aggregate } from "./aggregate.ts"
import type { EnergyReport } from "./energy.ts"

export interface EnergySplit {
  readonly by: "action" | "level" | "stage" | "layer"
  /** Picojoules, largest first; they sum to the run's energy. */
  readonly parts: readonly { readonly name: string; readonly energy: number }[]
}

/** What belongs to no memory that the machine's roofline names: logic, registers, caches without a roof. */
const elsewhere = "elsewhere on chip"

/** Memories by the components whose counters their roof sums up. */
const levelsOf = ({ manifest }: Aggregate): ReadonlyMap<string, string> =>
  new Map(
    manifest.machine.roofs
      .filter(({ kind }) => kind === "memory")
      .flatMap(({ name, counters }) =>
        counters.map((counter) => [counter.slice(0, counter.lastIndexOf(".")), name] as const),
      ),
  )

const summed = (parts: readonly (readonly [name: string, energy: number])[]): EnergySplit["parts"] => {
  const sums = new Map<string, number>()
  for (const [name, energy] of parts) sums.set(name, (sums.get(name) ?? 0) + energy)
  return [...sums]
    .map(([name, energy]) => ({ name, energy }))
    .filter(({ energy }) => energy > 0)
    .toSorted((a, b) => b.energy - a.energy)
}

export const energySplits = (run: Aggregate, report: EnergyReport): readonly EnergySplit[] => {
  const levels = levelsOf(run)
  const fixed = [["static", report.static] as const]
  return [
    {
      by: "action",
      parts: summed([
        ...report.byAction.map(
          ({ component, action, energy }) => [`${component} ${action}`, energy] as const,
        ),
        ...fixed,
      ]),
    },
    {
      by: "level",
      parts: summed([
        ...report.byAction.map(
          ({ component, energy }) => [levels.get(component) ?? elsewhere, energy] as const,
        ),
        ...fixed,
      ]),
    },
    {
      by: "stage",
      parts: summed(
        report.byStage.map(({ stage, total }) => [stage === "" ? "other" : stage, total] as const),
      ),
    },
    {
      by: "layer",
      parts: summed(
        report.byLayer.map(({ layer, total }) => [layer === "" ? "other" : layer, total] as const),
      ),
    },
  ]
}
