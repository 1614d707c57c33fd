/** `sparsim run`: one workload on one machine. */
import { basename, join } from "node:path"
import * as Effect from "effect/Effect"
import { type SparsimError, UnsupportedError } from "../../../arch/errors.ts"
import { aggregate } from "../../../reports/aggregate.ts"
import { bottlenecks } from "../../../reports/bottleneck.ts"
import { formatPattern } from "../../../dataflows/sparsity/pattern/pattern-text.ts"
import { clientAssets } from "../../../reports/client-assets.ts"
import { compare } from "../../../reports/compare.ts"
import { energyReport } from "../../../reports/energy.ts"
import { layerTable } from "../../../reports/layer-table.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import { provenance } from "../../../reports/provenance.ts"
import { throughput, type ThroughputEnergy } from "../../../reports/throughput.ts"
import { stageShares } from "../../../reports/stage-shares.ts"
import { utilisationOf } from "../../../reports/utilisation.ts"
import { compareVerdict, runVerdict } from "../../../reports/verdict.ts"
import { totalOf } from "../../../reports/aggregate.ts"
import { scaleSimReports } from "../../../sim/trace/export/scalesim.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { openTraceStore } from "../../../sim/trace/parquet-store.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { bandAbout, headlineBands } from "../../run/headline-bands.ts"
import type { AblationTable, MachineRun } from "../../run/machine-run.ts"
import { type PreparedRun, prepareRun, runOf } from "../../run/prepare-run.ts"
import { describeSettings, formatUnstructured, isSparseRun, type RunInput } from "../../run/run-input.ts"
import type { RunSpec } from "../../run/run-spec.ts"
import { readSchedule } from "../../run/schedule-file.ts"
import { simulate } from "../../run/simulate.ts"
import type { Band } from "../../run/uncertainty.ts"
import type { Band as PageBand } from "../../../reports/pages/band.ts"
import { attempt } from "../edge.ts"
import { duration, energy, grouped, percent, short, times } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import { dim, headline, type Terminal } from "../terminal.ts"

export interface RunCommand {
  readonly spec: RunSpec
  /** Folder for the trace. */
  readonly out?: string
  /** File for the page. */
  readonly report?: string
  readonly json: boolean
  readonly quiet: boolean
  /** Layers shown: the slowest ones, or all. */
  readonly layers: number | "all"
  /** Whether to work out uncertainty bands, and what each feature buys. */
  readonly bands: boolean
  readonly ablations: boolean
  /** File to save the schedule in. */
  readonly saveSchedule?: string
}

/** What a run found, and its dense twin where the run is sparse. */
export interface RunOutcome {
  readonly prepared: PreparedRun
  readonly trace: Trace
  readonly dense?: Trace
  /** Of the speed-up, or of the time where nothing is pruned. */
  readonly band?: Band
  /** Of the energy, in picojoules. */
  readonly energyBand?: Band
  readonly ablations?: AblationTable
}

const isScaleSimRun = ({ manifest: { settings } }: Trace): boolean => settings["compat"] === "scalesim"

/** What not every kind of run has. @throws UnsupportedError */
const required = <T>(part: T | undefined, flag: string, { machine }: PreparedRun): T => {
  if (part !== undefined) return part
  throw new UnsupportedError({
    message: `${flag}: there is nothing of that kind in this run on ${machine.id}`,
    remedy: `Leave ${flag} out, or take an array machine such as sat-vcu1525.`,
  })
}

/** Simulates a run and, where it prunes, its dense twin and the band of the speed-up. */
export const outcomeOf = (
  prepared: PreparedRun,
  wanted: { bands: boolean; ablations: boolean },
  run: MachineRun = runOf(prepared),
): RunOutcome => {
  const { denseTwin, costOn, ablations } = run
  const table = wanted.ablations ? required(ablations, "--ablations", prepared)() : undefined
  const { trace } = run.simulate()
  const bands = wanted.bands && costOn !== undefined ? headlineBands(prepared) : undefined
  return {
    prepared,
    trace,
    ...(denseTwin === undefined ? {} : { dense: simulate(denseTwin).trace }),
    ...(table === undefined ? {} : { ablations: table }),
    ...(bands === undefined ? {} : { band: bands.headline, energyBand: bands.energy }),
  }
}

/** The page of an outcome: a comparison with the dense twin where there is one. */
export const outcomePage = async ({
  trace,
  dense,
  band,
  energyBand,
  ablations,
}: RunOutcome): Promise<string> => {
  const assets = await clientAssets()
  const shown = (one: Band | undefined): PageBand | undefined =>
    one && { low: one.low, high: one.high, about: bandAbout(one) }
  const [bandOf, energyOf] = [shown(band), shown(energyBand)]
  return dense === undefined
    ? runPage(
        {
          trace,
          bands: {
            ...(bandOf === undefined ? {} : { seconds: bandOf }),
            ...(energyOf === undefined ? {} : { picojoules: energyOf }),
          },
          ...(ablations === undefined ? {} : { ablations }),
        },
        assets,
      )
    : comparePage(
        {
          a: dense,
          b: trace,
          ...(bandOf === undefined ? {} : { bands: { speedup: bandOf } }),
          ...(ablations === undefined ? {} : { ablations }),
        },
        assets,
      )
}

/** The sentence of an outcome. */
export const outcomeVerdict = ({ trace, dense }: Pick<RunOutcome, "trace" | "dense">): string => {
  const run = aggregate(trace)
  return dense === undefined
    ? runVerdict(run).sentence
    : compareVerdict(compare(aggregate(dense), run), run).sentence
}

/** Folder name of a run's trace: workload, machine, method and pattern; never that of its dense twin. */
export const traceName = (run: RunInput): string => {
  const { spec, network, machine } = run
  const method = spec.training ?? "inference"
  const { pattern: nm, unstructured, layerPatterns } = spec
  const ofLayers = layerPatterns !== undefined || (nm === undefined && unstructured === undefined)
  const pattern = isSparseRun(run)
    ? [
        ...(nm === undefined ? [] : [formatPattern(nm).replaceAll(":", "of")]),
        ...(unstructured === undefined
          ? []
          : [formatUnstructured(unstructured).replace("%", "pct").replace("/", "-")]),
        ...(ofLayers ? ["per-layer"] : []),
      ]
    : []
  const design = [spec.design, spec.library, spec.dtype].filter((part) => part !== undefined)
  const parts = [network.id, machine.id, ...design, method, ...pattern]
  return `${parts
    .join("-")
    .replaceAll(/[^\w.@-]+/g, "_")
    .slice(0, 120)}.trace`
}

const json = (
  { prepared, trace, dense, band, energyBand, ablations }: RunOutcome,
  written: readonly string[],
) => {
  const run = aggregate(trace)
  const comparison = dense === undefined ? undefined : compare(aggregate(dense), run)
  const report = energyReport(run)
  const total = utilisationOf(run, totalOf(run))
  return {
    schema: "sparsim-run/1",
    command: trace.manifest.command,
    workload: trace.manifest.workload,
    machine: { id: trace.manifest.machine.id, hash: trace.manifest.machine.hash },
    settings: trace.manifest.settings,
    verdict: outcomeVerdict({ trace, ...(dense === undefined ? {} : { dense }) }),
    cycles: run.cycles,
    seconds: run.cycles / trace.manifest.clockHertz,
    utilisation: total?.useful ?? null,
    energyPicojoules: report?.total ?? null,
    throughput: throughput(run) ?? null,
    energyUncertainShare: report?.uncertainShare ?? null,
    dense:
      comparison === undefined
        ? null
        : {
            cycles: comparison.a.cycles,
            energyPicojoules: comparison.a.picojoules ?? null,
            speedup: comparison.speedup,
            operationRatio: comparison.operationRatio ?? null,
          },
    band:
      band === undefined
        ? null
        : {
            of: dense === undefined ? "seconds" : "speedup",
            low: band.low,
            high: band.high,
            sensitivities: band.sensitivities,
          },
    energyBand:
      energyBand === undefined
        ? null
        : { low: energyBand.low, high: energyBand.high, sensitivities: energyBand.sensitivities },
    stages: stageShares(run).map(({ stage, cycles, permille }) => ({
      stage,
      cycles,
      share: permille / 1000,
    })),
    tracks: bottlenecks(run),
    layers: layerTable(run).map(
      ({ pass, layer, stage, cycles, timeShare, macs, utilisation, bound, bindingRoof, slack, energy }) => ({
        pass,
        layer,
        stage,
        cycles,
        timeShare,
        macs,
        utilisation: utilisation ?? null,
        bound,
        bindingRoof,
        slack: Number.isFinite(slack) ? slack : null,
        energyPicojoules: energy ?? null,
      }),
    ),
    ablations: ablations ?? null,
    densities: prepared.densities,
    numbersByStatus: provenance(trace.manifest).byStatus,
    warnings: trace.manifest.warnings,
    written,
  }
}

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

const summary = (outcome: RunOutcome, command: RunCommand, terminal: Terminal): string => {
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

/** Writes trace, dense twin and SCALE-Sim reports below a folder; returns the paths. */
const writeTraces = async (
  { prepared, trace, dense }: RunOutcome,
  { denseTwin }: MachineRun,
  out: string,
): Promise<readonly string[]> => {
  const written: string[] = []
  const write = async (name: string, content: Trace): Promise<void> => {
    const path = join(out, name)
    const store = await openTraceStore(path)
    await store.commit(content)
    written.push(path)
  }
  await write(traceName(prepared), trace)
  if (dense !== undefined && denseTwin !== undefined) await write(traceName(denseTwin), dense)
  if (isScaleSimRun(trace)) {
    for (const [name, text] of scaleSimReports(trace)) {
      const path = join(out, name)
      await writeAtomically(path, [text])
      written.push(path)
    }
  }
  return written
}

/** Runs the command. Succeeds with nothing; fails with what the user must mend. */
export const runRun = (command: RunCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    const fixed = command.spec.scheduleFile
    const schedule = fixed === undefined ? {} : { schedule: yield* attempt(() => readSchedule(fixed)) }
    const prepared = yield* attempt(() => prepareRun({ ...command.spec, ...schedule }, shown.step))
    shown.step(`simulating ${prepared.network.id}`)
    const run = yield* attempt(() => runOf(prepared))
    const { saveSchedule } = command
    const savedSchedule =
      saveSchedule === undefined
        ? undefined
        : yield* attempt(() => required(run.scheduleText, "--save-schedule", prepared)())
    const outcome = yield* attempt(() => outcomeOf(prepared, command, run))
    const written: string[] = []
    if (command.out !== undefined) {
      const { out } = command
      shown.step("writing the trace")
      written.push(...(yield* attempt(() => writeTraces(outcome, run, out))))
    }
    if (saveSchedule !== undefined && savedSchedule !== undefined) {
      yield* attempt(() => writeAtomically(saveSchedule, [savedSchedule]))
      written.push(saveSchedule)
    }
    if (command.report !== undefined) {
      const { report } = command
      shown.step("writing the page")
      yield* attempt(async () => writeAtomically(report, [await outcomePage(outcome)]))
      written.push(report)
    }
    shown.end()
    if (command.json) {
      terminal.out(
        `${JSON.stringify(
          json(
            outcome,
            written.map((path) => basename(path)),
          ),
          null,
          2,
        )}\n`,
      )
      return
    }
    terminal.out(summary(outcome, command, terminal))
    if (!command.quiet) {
      for (const warning of outcome.trace.manifest.warnings) terminal.err(`note: ${warning}\n`)
    }
    for (const path of written) terminal.out(`wrote ${path}\n`)
  })
