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
import { throughput } from "../../../reports/throughput.ts"
import { stageShares } from "../../../reports/stage-shares.ts"
import { utilisationOf } from "../../../reports/utilisation.ts"
import { totalOf } from "../../../reports/aggregate.ts"
import { scaleSimReports } from "../../../sim/trace/export/scalesim.ts"
import { writeAtomically } from "../../../sim/trace/export/write-atomically.ts"
import { openTraceStore } from "../../../sim/trace/parquet-store.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { bandAbout, headlineBands } from "../../run/headline-bands.ts"
import type { MachineRun } from "../../run/machine-run.ts"
import { type PreparedRun, prepareRun, runOf } from "../../run/prepare-run.ts"
import { formatUnstructured, isSparseRun, type RunInput } from "../../run/run-input.ts"
import { readSchedule } from "../../run/schedule-file.ts"
import { simulate } from "../../run/simulate.ts"
import type { Band } from "../../run/uncertainty.ts"
import type { Band as PageBand } from "../../../reports/pages/band.ts"
import { attempt } from "../edge.ts"
import { progress } from "../progress.ts"
import { type Terminal } from "../terminal.ts"
import type { RunCommand } from "./run-command.ts"
import { isScaleSimRun, outcomeVerdict, type RunOutcome } from "./run-outcome.ts"
import { runSummary } from "./run-summary.ts"

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
    terminal.out(runSummary(outcome, command, terminal))
    if (!command.quiet) {
      for (const warning of outcome.trace.manifest.warnings) terminal.err(`note: ${warning}\n`)
    }
    for (const path of written) terminal.out(`wrote ${path}\n`)
  })
