/** Whole runs under the roofs, joined in the order they were given: what a sweep does to a machine. */
import { rooflineChart } from "../../viz/roofline-chart.ts"
import { displayName } from "./display-name.ts"
import type { Figure } from "./figure.ts"
import type { NamedRun } from "./overview-page.ts"
import { conventionOf, drawnRoofs, memoryLevels } from "./roofline-figure.ts"

const peakOf = ({ aggregate }: NamedRun): number => {
  const { machine, clockHertz } = aggregate.manifest
  const compute = machine.roofs.filter(({ kind }) => kind === "compute")
  return Math.max(0, ...compute.map(({ perCycle }) => perCycle * clockHertz))
}

/** Undefined where the machines have no memory roof or count operations in different ways. */
export const trajectoryFigure = (runs: readonly NamedRun[], brush: string): Figure | undefined => {
  const roofed = runs.reduce((most, run) => (peakOf(run) > peakOf(most) ? run : most))
  const { roofs } = roofed.aggregate.manifest.machine
  const level = memoryLevels(roofs)[0]
  const conventions = new Set(runs.map(({ aggregate }) => conventionOf(aggregate.manifest.machine.roofs)))
  if (level === undefined || conventions.size > 1) return undefined
  const convention = conventionOf(roofs)
  const machines = new Set(runs.map(({ aggregate }) => JSON.stringify(aggregate.manifest.machine.roofs)))
  const longest = Math.max(...runs.map(({ seconds }) => seconds))
  return {
    id: "trajectory",
    title: `Runs under the roofs, ${displayName(level.name)}`,
    caption: `Arrows follow the runs in the order they were given. Area is the run's time, colour what binds it.${machines.size > 1 ? ` The roofs are those of ${roofed.label}; other runs have others.` : ""}`,
    brush,
    draw: (frame) =>
      rooflineChart(frame, {
        ...drawnRoofs(roofs, level, roofed.aggregate.manifest.clockHertz),
        dots: runs.map(({ point, label, seconds, tip, row, aggregate }) => {
          const own = memoryLevels(aggregate.manifest.machine.roofs)[0]
          return {
            name: label,
            intensity:
              point.levels.find(({ roof }) => roof.id === own?.id)?.intensity[convention] ?? Infinity,
            rate: point.attained[convention].flopPerSecond,
            share: longest === 0 ? 0 : seconds / longest,
            bound: point.bound,
            kind: "simulated",
            tip,
            row,
          }
        }),
        arrows: runs.slice(1).map((_, i) => [i, i + 1] as const),
        xTitle: `FLOP/byte of ${displayName(level.name)} traffic, operations ${convention}`,
        yTitle: `FLOP/s, operations ${convention}`,
      }),
  }
}
