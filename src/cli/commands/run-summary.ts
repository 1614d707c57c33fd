/** A run as text: its verdict, time, energy, power and rates, then its layers. */
import { aggregate } from "../../../reports/aggregate.ts"
import { bottlenecks } from "../../../reports/bottleneck.ts"
import { compare } from "../../../reports/compare.ts"
import { energyReport } from "../../../reports/energy.ts"
import { layerTable } from "../../../reports/layer-table.ts"
import { provenance } from "../../../reports/provenance.ts"
import { throughput, type ThroughputEnergy } from "../../../reports/throughput.ts"
import { stageShares } from "../../../reports/stage-shares.ts"
import { scaleSimReports } from "../../../sim/trace/export/scalesim.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { bandAbout } from "../../run/headline-bands.ts"
import type { AblationTable } from "../../run/machine-run.ts"
import { describeSettings } from "../../run/run-input.ts"
import type { Band } from "../../run/uncertainty.ts"
import { duration, energy, grouped, percent, short, times } from "../format.ts"
import { table } from "../table.ts"
import { dim, headline, type Terminal } from "../terminal.ts"
import type { RunCommand } from "./run-command.ts"
import { isScaleSimRun, outcomeVerdict, type RunOutcome } from "./run-outcome.ts"

const layerLines = (outcome: RunOutcome, show: number | "all", width: number): string => {
  const rows = layerTable(aggregate(outcome.trace))
  const slowest = rows.toSorted((a, b) => b.cycles - a.cycles)
  const shown = show === "all" ? rows : slowest.slice(0, show)
  const density = new Map(outcome.prepared.densities.map((d) => [d.layer, d]))
  const text = table(
    shown,
    [
      { title: "layer", cell: (row) => row.layer, flexible: true },
      { title: "stage", cell: (row) => row.stage },
      { title: "cycles", cell: (row) => grouped(row.cycles), align: "right" },
      { title: "share", cell: (row) => percent(row.timeShare), align: "right" },
      { title: "MACs", cell: (row) => short(row.macs["non-zero"]), align: "right" },
      {
        title: "PE util",
        cell: (row) => (row.utilisation === undefined ? "" : percent(row.utilisation)),
        align: "right",
      },
      {
        title: "bound",
        cell: (row) => (row.bound === "none" ? "" : row.bound === "unit" ? row.bindingRoof : row.bound),
      },
      ...(density.size === 0
        ? []
        : [
            {
              title: "density",
              cell: (row: (typeof rows)[number]) => {
                const known = density.get(row.layer)
                return known === undefined ? "" : percent(known.density)
              },
              align: "right" as const,
            },
            {
              title: "|w| kept",
              cell: (row: (typeof rows)[number]) => {
                const known = density.get(row.layer)
                return known === undefined ? "" : percent(known.keptMagnitude)
              },
              align: "right" as const,
            },
          ]),
    ],
    width,
  )
  const hidden = rows.length - shown.length
  return hidden > 0 ? `${text}… and ${hidden} more; --layers all shows every one\n` : text
}

const scaleSimLines = (trace: Trace, width: number): string => {
  const compute = scaleSimReports(trace).get("COMPUTE_REPORT.csv") ?? ""
  const rows = compute
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(", "))
  const names = layerTable(aggregate(trace)).map(({ layer }) => layer)
  return table(
    rows.map((cells, i) => ({ name: names[i] ?? "", cells })),
    [
      { title: "layer", cell: ({ name }) => name, flexible: true },
      { title: "total cycles", cell: ({ cells }) => grouped(Number(cells[2])), align: "right" },
      { title: "stalls", cell: ({ cells }) => grouped(Number(cells[3])), align: "right" },
      { title: "overall util %", cell: ({ cells }) => Number(cells[4]).toFixed(2), align: "right" },
      { title: "mapping eff %", cell: ({ cells }) => Number(cells[5]).toFixed(2), align: "right" },
      {
        title: "compute util %",
        cell: ({ cells }) => Number.parseFloat(cells[6]).toFixed(2),
        align: "right",
      },
    ],
    width,
  )
}

const ablationLines = ({ each, all, cycles }: AblationTable, width: number): string =>
  table(
    [...each, { feature: "all of them", cycles: all * cycles, buys: all }],
    [
      { title: "without", cell: ({ feature }) => feature },
      { title: "cycles", cell: (row) => grouped(row.cycles), align: "right" },
      { title: "the feature buys", cell: ({ buys }) => times(buys), align: "right" },
    ],
    width,
  )

/** Mean power of a board beside its limit, with the band of the energy. */
const powerLine = (
  { watts, limitWatts }: ThroughputEnergy,
  seconds: number,
  band: Band | undefined,
): string => {
  const ofBand = (picojoules: number): string => ((picojoules * 1e-12) / seconds).toPrecision(3)
  const range = band === undefined ? "" : ` (${ofBand(band.low)} to ${ofBand(band.high)} W)`
  return `  power     ${watts.toPrecision(3)} W on average${range}; the board's limit is ${limitWatts} W`
}

export const runSummary = (outcome: RunOutcome, command: RunCommand, terminal: Terminal): string => {
  const { trace, dense, band, energyBand } = outcome
  const run = aggregate(trace)
  const { manifest } = trace
  const lines: string[] = [
    `${manifest.workload.name}, batch ${manifest.workload.batch} · ${describeSettings(manifest.settings)} · ${manifest.machine.name}`,
    "",
    headline(terminal, outcomeVerdict(outcome), 2),
    "",
  ]
  const seconds = run.cycles / manifest.clockHertz
  if (dense !== undefined) {
    const comparison = compare(aggregate(dense), run)
    const range =
      band === undefined ? "" : `  (${times(band.low)} to ${times(band.high)}, ${bandAbout(band)})`
    lines.push(`  speed-up  ${times(comparison.speedup)}${range}`)
    if (comparison.operationRatio !== undefined) {
      lines.push(`  operations alone would give ${times(comparison.operationRatio)}`)
    }
    if (comparison.productSpeedup !== undefined) {
      lines.push(
        `  products alone are ${times(comparison.productSpeedup)} as fast; the rest takes what it took`,
      )
    }
    lines.push(
      `  time      ${duration(seconds)} (${short(run.cycles)} cycles), dense ${duration(comparison.a.seconds)}`,
    )
  } else {
    const range =
      band === undefined ? "" : `  (${duration(band.low)} to ${duration(band.high)}, ${bandAbout(band)})`
    lines.push(`  time      ${duration(seconds)} (${grouped(run.cycles)} cycles)${range}`)
  }
  const report = energyReport(run)
  if (report !== undefined) {
    lines.push(
      `  energy    ${energy(report.total)}${energyBand === undefined ? "" : ` (${energy(energyBand.low)} to ${energy(energyBand.high)})`}: ${percent(report.total === 0 ? 0 : report.static / report.total, 0)} is static power, the rest counts × ${report.table}; ${percent(report.uncertainShare, 0)} rests on assumed numbers`,
    )
  }
  const rate = throughput(run)
  if (rate?.energy?.limitWatts !== undefined) lines.push(powerLine(rate.energy, seconds, energyBand))
  if (rate !== undefined) {
    const perJoule =
      rate.energy === undefined ? "" : `, ${rate.energy.gopsPerWatt["non-zero"].toPrecision(4)} GOPS/W`
    lines.push(
      `  rate      ${rate.samplesPerSecond.toPrecision(4)} inputs/s, ${rate.gops["non-zero"].toPrecision(4)} GOPS on non-zeros (${rate.gops["dense-equivalent"].toPrecision(4)} dense-equivalent)${perJoule}`,
    )
  }
  lines.push(
    `  time by stage  ${stageShares(run)
      .map(({ stage, permille }) => `${stage} ${(permille / 10).toFixed(1)} %`)
      .join(", ")}`,
  )
  const multipliers = bottlenecks(run).find(({ track }) => track === "array" || track === "tensor")
  if (multipliers !== undefined) {
    lines.push(
      `  ${multipliers.track} cycles ${" ".repeat(8 - multipliers.track.length)}${multipliers.shares
        .filter(({ permille }) => permille > 0)
        .map(({ cause, permille }) => `${cause} ${(permille / 10).toFixed(1)} %`)
        .join(", ")}`,
    )
  }
  const top = band?.sensitivities[0]
  if (dense !== undefined && top !== undefined) {
    lines.push(
      `  what matters most  ${top.path}: ${times(top.atLow)} at ${short(top.low)}, ${times(top.atHigh)} at ${short(top.high)}`,
    )
  }
  lines.push(
    "",
    isScaleSimRun(trace)
      ? scaleSimLines(trace, terminal.width)
      : layerLines(outcome, command.layers, terminal.width),
  )
  if (outcome.ablations !== undefined) lines.push(ablationLines(outcome.ablations, terminal.width))
  const { byStatus } = provenance(manifest)
  lines.push(
    dim(
      terminal,
      `rests on ${byStatus.assumed} assumed, ${byStatus.fitted} fitted, ${byStatus.derived} derived and ${byStatus.published + byStatus.measured} published or measured numbers`,
    ),
  )
  return `${lines.join("\n")}\n`
}
