/** The roofline's second view: operations per joule under the arch of the run's mean costs. */
import { energyRooflineChart } from "../../viz/energy-roofline-chart.ts"
import { joulesText, percentText, shortNumber } from "../../viz/number-format.ts"
import type { EnergyRoofline } from "../energy-roofline.ts"
import { displayName, displayPath } from "./display-name.ts"
import type { Figure } from "./figure.ts"
import type { TipBook } from "./tip-book.ts"

/** Pieces of work that have a dot beside the stages, those of most energy first. */
const mostEnergyDots = 12

export const energyRooflineFigure = (energy: EnergyRoofline, tips: TipBook): Figure => {
  const { level, convention, perFlop, perByte, balance } = energy
  const shown = [
    ...energy.byStage,
    ...energy.byLayerStage.toSorted((a, b) => b.share - a.share).slice(0, mostEnergyDots),
  ].filter((point) => Number.isFinite(point.intensity) && point.intensity > 0)
  return {
    id: "roofline-energy",
    title: `Energy roofline at ${displayName(level.name)}`,
    caption: `The curve is what the run's mean costs leave at an intensity: ${joulesText(perFlop)} per operation on chip, ${joulesText(perByte)} per byte of ${displayName(level.name)}, and static power for the least time. Energy of transfers does not hide behind that of operations, so it bends early. Area is the share of the energy; orange dots lie where bytes cost more than operations. A dot above the curve reuses more on chip than the mean.`,
    draw: (frame) =>
      energyRooflineChart(frame, {
        dots: shown.map((point) => ({
          name: displayPath(point.layer, point.stage),
          intensity: point.intensity,
          perJoule: 1e12 / point.perFlop,
          share: point.share,
          mark: point.intensity < balance ? "memory" : "compute",
          tip: tips.add({
            title: displayPath(point.layer, point.stage),
            lines: [
              ["Energy", `${percentText(point.share)} of the run, ${joulesText(point.perFlop)} per FLOP`],
              ["Intensity", `${shortNumber(point.intensity)} FLOP/byte of ${displayName(level.name)}`],
              ["On the curve", `${joulesText(energy.arch(point.intensity))} per FLOP`],
            ],
            sources: [],
          }),
        })),
        arch: (intensity) => 1e12 / energy.arch(intensity),
        archName: "mean costs of this run",
        balance,
        xTitle: `FLOP/byte of ${displayName(level.name)} traffic, operations ${convention}`,
        yTitle: `FLOP per joule, operations ${convention}`,
      }),
  }
}
