/** Runs on array machines: inference and training steps, ablations, schedules. */
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import { asArrayMachine, type Machine } from "../../arch/machine.ts"
import { methodDefinition } from "../../dataflows/training-method.ts"
import { arrayEnergyComponents } from "../../sim/sat/energy-components.ts"
import { simulateArray } from "../../sim/sat/engine.ts"
import { planCycles, type PlannedStage, planRun } from "../../sim/sat/plan.ts"
import { arrayReplay } from "../../sim/sat/replay.ts"
import { arrayRoofs } from "../../sim/sat/roofs.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { type RowSink, TraceBuilder } from "../../sim/trace/builder.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import { ablationTable } from "./ablations.ts"
import type { MachineRun, RunCost, RunResult } from "./machine-run.ts"
import { costOnOthers, runCost } from "./run-cost.ts"
import { pricedActions } from "./priced-actions.ts"
import { manifestHead, networkIdentity } from "./manifest-head.ts"
import { mapRun, masksOf, modelOptions, workOptions } from "./map-run.ts"
import { normalisedCommand } from "./normalised-command.ts"
import {
  type ArrayRunInput,
  denseTwin,
  energyTableOf,
  isSparseRun,
  networkOf,
  patternSetting,
} from "./run-input.ts"
import { checkSchedule, scheduleText } from "./schedule-file.ts"

const settingsOf = (input: ArrayRunInput): Readonly<Record<string, string>> => {
  const { spec } = input
  const { training } = spec
  const sparse = isSparseRun(input)
  return {
    mode: training === undefined ? "inference" : "training",
    ...(training === undefined ? {} : { method: methodDefinition(training).name }),
    pattern: patternSetting(input),
    ...(spec.metadata === undefined || !sparse ? {} : { metadata: spec.metadata }),
    dataflow: spec.dataflow ?? "best of the machine's, per product",
    ...(training === undefined || !sparse ? {} : { masks: masksOf(spec) }),
    ...(spec.ablate.length === 0 ? {} : { without: spec.ablate.join(", ") }),
    ...(training === undefined ? {} : { optimizer: spec.optimizer ?? "momentum" }),
    ...(spec.objective === "time" ? {} : { objective: spec.objective }),
    ...(spec.schedule === undefined ? {} : { schedule: "fixed by a file" }),
  }
}

export interface ArrayRunResult extends RunResult {
  readonly stages: readonly PlannedStage[]
}

const replayOf = (input: ArrayRunInput): Manifest["replay"] => {
  const { array, dtype, accumulate } = input.machine
  const forms = { dtype, accumulate, dataflows: array.dataflows }
  const replay = arrayReplay(networkOf(input), forms, workOptions(input), modelOptions(input.spec))
  return { ...replay, choices: { ...replay.choices } }
}

/** @throws ConfigError, UnsupportedError */
export const simulateOnArray = (input: ArrayRunInput, sink?: RowSink): ArrayRunResult => {
  const work = mapRun(input)
  const builder = new TraceBuilder(sink === undefined ? {} : { sink })
  const { spec, machine } = input
  const stages = simulateArray(machine, work, builder, {
    detail: spec.detail,
    ...modelOptions(spec),
    ...(spec.schedule === undefined ? {} : { schedule: spec.schedule }),
  })
  if (spec.schedule !== undefined) checkSchedule(spec.schedule, stages, machine.array.dataflows)
  const cycles = builder.lastCycle
  const table = energyTableOf(input)
  const trace = builder.finish(
    manifestHead({
      machine,
      roofs: arrayRoofs(machine, spec.pattern, work),
      workload: networkIdentity(networkOf(input)),
      energy: pricedActions(table, arrayEnergyComponents(machine)),
      settings: settingsOf(input),
      command: normalisedCommand(spec),
      ...(spec.schedule === undefined ? { replay: replayOf(input) } : {}),
      seed: spec.seed,
      warnings: input.warnings,
    }),
  )
  return { trace, stages, cycles }
}

/** The run's cost on an array machine, mapped once. */
const costing = (input: ArrayRunInput): ((machine: Machine) => RunCost) => {
  const { spec } = input
  const work = mapRun(input)
  return (other) => {
    const machine = asArrayMachine(other)
    const stages = planRun(work, arrayModel(machine, modelOptions(spec)), spec.schedule)
    const cycles = planCycles(stages)
    return runCost({
      machine,
      cycles,
      clock: machine.clock.value,
      counts: stages.map(({ cost }) => cost.counts),
      actions: (table) => resolveEnergy(table, arrayEnergyComponents(machine)),
    })
  }
}

export const arrayRun = (input: ArrayRunInput): MachineRun => ({
  simulate: (sink) => simulateOnArray(input, sink),
  denseTwin: isSparseRun(input) ? denseTwin(input) : undefined,
  costOn: costOnOthers(() => costing(input)),
  scheduleText: () => {
    const { spec, machine, network } = input
    const stages = planRun(mapRun(input), arrayModel(machine, modelOptions(spec)), spec.schedule)
    return scheduleText({ machine: machine.id, workload: network.id }, stages)
  },
  ablations: () => ablationTable(input),
})
