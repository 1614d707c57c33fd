/** From what was asked to what is simulated: workload and machine resolved, real weights pruned. */
import { asArrayMachine } from "../../arch/machine.ts"
import { weightMaskCount } from "../../dataflows/training-method.ts"
import { resolveWorkload, type Workload } from "../workload/resolve-workload.ts"
import { machineFromConfig, resolveAnyMachine } from "./resolve-machine.ts"
import type { RunSpec } from "./run-spec.ts"
import { scaleSimRun } from "./simulate-scalesim.ts"
import type { MachineRun } from "./machine-run.ts"
import { networkOf, type RunInput } from "./run-input.ts"
import { runOn } from "./run-on.ts"
import { type LayerDensity, weightDensities } from "./weight-density.ts"

export interface PreparedRun extends RunInput {
  readonly workload: Workload
  /** Densities of real weights; empty where the workload has none or nothing is pruned. */
  readonly densities: readonly LayerDensity[]
}

/** @throws WorkloadError, ConfigError */
export const prepareRun = async (
  spec: RunSpec,
  step: (what: string, share?: number) => void = () => undefined,
): Promise<PreparedRun> => {
  step(`reading ${spec.workload}`)
  const workload = await resolveWorkload(spec.workload, spec)
  const machine =
    workload.config === undefined
      ? await resolveAnyMachine(spec.machine, spec.overrides)
      : machineFromConfig(workload.config, spec.overrides)
  const prunesWeights = spec.training === undefined || weightMaskCount(spec.training) > 0
  const densities = prunesWeights
    ? weightDensities(networkOf({ spec, network: workload.network }), spec.pattern, (layer, share) =>
        step(`pruning ${layer}`, share),
      )
    : []
  return {
    spec: workload.config === undefined ? spec : { ...spec, machine: machine.id },
    workload,
    network: workload.network,
    machine,
    warnings: workload.warnings,
    densities,
    nonZeroShare: new Map(densities.map(({ layer, nonZeroShare }) => [layer, nonZeroShare])),
  }
}

/** What runs: the model of the machine's kind, or SCALE-Sim's own counting where that is asked for. */
export const runOf = (prepared: PreparedRun): MachineRun => {
  const { workload, spec, machine } = prepared
  const { topology, config } = workload
  return topology !== undefined && config !== undefined && spec.compat === "scalesim"
    ? scaleSimRun({ ...prepared, machine: asArrayMachine(machine) }, topology, config)
    : runOn(prepared)
}
