/** Everything a run needs, resolved; and what is true of a run whatever machine it is on. */
import type { ArrayMachine, Machine, SpatialArrayMachine } from "../../arch/machine.ts"
import { type EnergyTable } from "../../arch/energy-table.ts"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { ConfigError } from "../../arch/errors.ts"
import { gemmLayers, type Network } from "../../dataflows/network.ts"
import { withLayerPatterns } from "../../dataflows/sparsity/layer-patterns.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { WeightSparsity } from "../../sim/cpu/network/weight-sparsity.ts"
import type { RunSpec } from "./run-spec.ts"

export interface RunInput<M extends Machine = Machine> {
  readonly spec: RunSpec
  readonly network: Network
  readonly machine: M
  readonly warnings: readonly string[]
  /** Share of kept weights that are not zero, by layer, from real weights. */
  readonly nonZeroShare?: ReadonlyMap<string, number>
}
export type ArrayRunInput = RunInput<ArrayMachine>

/** The run's network with the patterns of its sparsity file. @throws ConfigError for a layer that it has not */
export const networkOf = ({ spec, network }: Pick<RunInput, "spec" | "network">): Network =>
  spec.layerPatterns === undefined ? network : withLayerPatterns(network, spec.layerPatterns)

/** The network of a run on any machine. @throws ConfigError where it multiplies nothing */
export const multiplyingNetworkOf = (input: RunInput): Network => {
  const network = networkOf(input)
  if (gemmLayers(network).length > 0) return network
  throw new ConfigError({
    message: `${network.id} has no convolution or matrix product to simulate`,
    remedy: "Give a network with at least one such layer.",
  })
}

/** @throws ConfigError where a number format is asked for that the machine does not compute in */
export const checkDtype = ({ spec, machine }: RunInput<ArrayMachine | SpatialArrayMachine>): void => {
  if (spec.dtype === undefined || spec.dtype === machine.dtype) return
  throw new ConfigError({
    message: `--dtype ${spec.dtype}: ${machine.id} computes in ${machine.dtype}`,
    remedy: "Take another machine, or a machine file of your own with that dtype.",
  })
}

export const hasOwnPatterns = (network: Network): boolean =>
  network.layers.some(({ sparsity }) => sparsity !== undefined && sparsity !== "dense")

/** True when the run prunes anything. */
export const isSparseRun = (input: Pick<RunInput, "spec" | "network">): boolean => {
  const { spec } = input
  if (spec.training === "dense") return false
  if (spec.unstructured !== undefined || spec.layerZeros !== undefined || spec.ownZeros) return true
  return (spec.pattern !== undefined && !isDense(spec.pattern)) || hasOwnPatterns(networkOf(input))
}

/** The dense twin of a run: the same network, machine and pass, nothing pruned. */
export const denseTwin = <M extends Machine>(input: RunInput<M>): RunInput<M> => {
  const {
    pattern: _,
    unstructured: _zeros,
    layerZeros: _zerosOfLayers,
    ownZeros: _zerosOfFile,
    layerPatterns: _file,
    metadata: _positions,
    schedule: _ownSchedule,
    scheduleFile: _ownScheduleFile,
    ...spec
  } = input.spec
  const layers = input.network.layers.map(({ sparsity: _own, ...layer }) => layer)
  return {
    ...input,
    network: { ...input.network, layers },
    spec: spec.training === undefined ? spec : { ...spec, training: "dense" },
  }
}

/** The run where nothing could be pruned although it asks for it. */
export const nothingToPrune = (network: Network): ConfigError =>
  new ConfigError({
    message: `nothing of ${network.id} can be pruned: its only layers are the stem (a convolution over the raw image) or have no weights`,
    remedy: "Leave out --sparsity, or give layers patterns of their own with --sparsity-file.",
  })

export const energyTableOf = ({ spec, machine }: RunInput): EnergyTable =>
  loadEnergyTable(spec.energyTable ?? machine.energy.table)

/** As `--sparsity` takes it: "90%", "90%/4x1". */
export const formatUnstructured = ({ zeros, block }: WeightSparsity): string =>
  `${Number((zeros * 100).toFixed(6))}%${block === 1 ? "" : `/${block}x1`}`

/** The pattern of a run, as its settings say it. */
export const patternSetting = (input: RunInput): string => {
  const { pattern, layerPatterns, training, unstructured } = input.spec
  if (training === "dense") return "dense"
  if (unstructured !== undefined) return formatUnstructured(unstructured)
  if (input.spec.ownZeros) return "weights' zeros"
  if (input.spec.layerZeros !== undefined) return "per-layer zeros"
  const mixed = layerPatterns !== undefined && layerPatterns.layers.length > 0
  if (pattern !== undefined && !isDense(pattern) && !mixed) return formatPattern(pattern)
  return hasOwnPatterns(networkOf(input)) ? "per layer" : "dense"
}

/** A run in words, from its settings: "BDWP 2:8 training", "dense inference". */
export const describeSettings = (settings: Readonly<Record<string, string>>): string =>
  [...new Set([settings["method"], settings["pattern"], settings["mode"]])]
    .filter((word) => word !== undefined)
    .join(" ")
