/** A run on an array machine as mapped work: what is asked for, checked against the machine. */
import { ConfigError } from "../../arch/errors.ts"
import type { ArrayMachine } from "../../arch/machine.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { mapNetwork, type MappedWork, type WorkOptions } from "../../dataflows/work.ts"
import type { ModelOptions } from "../../sim/sat/stage-cost.ts"
import { refuseOtherFlags } from "./kind-flags.ts"
import {
  type ArrayRunInput,
  checkDtype,
  hasOwnPatterns,
  isSparseRun,
  multiplyingNetworkOf,
  networkOf,
  nothingToPrune,
} from "./run-input.ts"
import type { RunSpec } from "./run-spec.ts"

/** @throws ConfigError for groups larger than the machine selects from; `origin` says where the pattern stands */
export const checkGroup = (machine: ArrayMachine, pattern: SparsityPattern, origin: string): void => {
  if (isDense(pattern) || pattern.m <= machine.array.maxGroup.value) return
  throw new ConfigError({
    message: `${origin}: ${machine.id} selects from groups of at most ${machine.array.maxGroup.value}`,
    remedy: "Take a smaller M, or raise the limit with --set array.maxGroup=… to see what it would buy.",
  })
}

const checkRequest = (input: ArrayRunInput): void => {
  const { spec, machine } = input
  refuseOtherFlags(machine, spec, [
    "training",
    "dataflow",
    "metadata",
    "ablate",
    "optimizer",
    "objective",
    "schedule",
    "detail",
  ])
  const { pattern, layerPatterns } = spec
  if (pattern !== undefined) checkGroup(machine, pattern, `--sparsity ${formatPattern(pattern)}`)
  for (const [layer, own] of layerPatterns?.layers ?? []) {
    if (own !== "dense") {
      checkGroup(machine, own, `${formatPattern(own)} of layer ${layer} in ${layerPatterns?.file ?? ""}`)
    }
  }
  if (
    spec.training !== undefined &&
    spec.training !== "dense" &&
    pattern === undefined &&
    !hasOwnPatterns(networkOf(input))
  ) {
    throw new ConfigError({
      message: `--train ${spec.training} prunes, so it needs a pattern`,
      remedy: "Add for example --sparsity 2:8, or take --train dense.",
    })
  }
  if (spec.metadata !== undefined && !isSparseRun(input)) {
    throw new ConfigError({
      message: `--metadata ${spec.metadata}: nothing is pruned, so there are no positions to write down`,
      remedy: "Add for example --sparsity 2:8, or drop it.",
    })
  }
  if (spec.optimizer !== undefined && spec.training === undefined) {
    throw new ConfigError({
      message: `--optimizer ${spec.optimizer}: inference has no weight update`,
      remedy: "Add for example --train dense, or drop it.",
    })
  }
  checkDtype(input)
  if (spec.dataflow !== undefined && !machine.array.dataflows.includes(spec.dataflow)) {
    throw new ConfigError({
      message: `--dataflow ${spec.dataflow}: ${machine.id} cannot switch to it`,
      remedy: `It has ${machine.array.dataflows.join(" and ")}.`,
    })
  }
}

/** When masks are made: behind the weight update, or before FF and BP where that is ablated. */
export const masksOf = (spec: RunSpec): "pregenerated" | "inline" =>
  spec.ablate.includes("pregeneration") ? "inline" : "pregenerated"

/** What a run asks of the machine's model. */
export const modelOptions = ({ dataflow, ablate, objective, optimizer }: RunSpec): ModelOptions => ({
  ...(dataflow === undefined ? {} : { dataflow }),
  without: new Set(ablate),
  objective,
  ...(optimizer === undefined ? {} : { optimizer }),
})

/** What a run asks of the mapping of its network. */
export const workOptions = (input: ArrayRunInput): WorkOptions => {
  const { spec } = input
  const pruned = spec.pattern !== undefined || hasOwnPatterns(networkOf(input))
  return {
    ...(spec.training === undefined ? {} : { training: spec.training }),
    ...(spec.pattern === undefined ? {} : { pattern: spec.pattern }),
    ...(spec.metadata === undefined ? {} : { metadata: spec.metadata }),
    inference: pruned ? "sparse" : "dense",
    masks: masksOf(spec),
    ...(input.nonZeroShare === undefined ? {} : { nonZeroShare: input.nonZeroShare }),
  }
}

/** The run's network mapped onto stages. @throws ConfigError where it asks what the machine cannot do */
export const mapRun = (input: ArrayRunInput): MappedWork => {
  checkRequest(input)
  const network = multiplyingNetworkOf(input)
  const work = mapNetwork(network, workOptions(input))
  if (isSparseRun(input) && !prunesAnything(work)) throw nothingToPrune(network)
  return work
}

const prunesAnything = ({ passes }: MappedWork): boolean =>
  passes.some(({ layers }) =>
    layers.some(({ stages }) =>
      stages.some((stage) => "gemms" in stage && stage.gemms.some(({ sparsity }) => sparsity !== undefined)),
    ),
  )
