/**
 * A run on an array machine as plain data, and the same run planned anew from it: on the machine as it was, or with other
 * numbers. It is the engine's own plan, so a point costs what `sparsim run … --set PATH=VALUE` says of it.
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { Network } from "../../dataflows/network.ts"
import {
  packNetwork,
  type PackedNetwork,
  readPattern,
  unpackNetwork,
} from "../../dataflows/packed-network.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import { parseTrainingMethod } from "../../dataflows/training-method.ts"
import { mapNetwork, type WorkOptions } from "../../dataflows/work.ts"
import { type ArrayForms, arrayNumbers } from "./array-numbers.ts"
import { planCycles, type PlannedStage, planRun } from "./plan.ts"
import { arrayModel, type ModelOptions } from "./stage-cost.ts"

/** The choices of a run as text, as the command line takes them. */
export interface ReplayChoices {
  readonly training?: string
  readonly pattern?: string
  readonly metadata?: string
  readonly inference?: string
  readonly masks?: string
  readonly dataflow?: string
  readonly objective?: string
  readonly optimizer?: string
}

export interface ArrayReplay extends PackedNetwork {
  readonly model: "array"
  /** What of the machine is no number. */
  readonly forms: {
    readonly dtype: string
    readonly accumulate: string
    readonly dataflows: readonly string[]
  }
  readonly choices: ReplayChoices
  /** Features of the machine that are switched off. */
  readonly without: readonly string[]
}

/** What changes at another point. */
export interface WhatIfPoint {
  /** The machine's numbers by path, base units. */
  readonly numbers: ReadonlyMap<string, number>
  /** The run's pattern; its own when absent. */
  readonly pattern?: string
}

/** Time of the step at a point. */
export interface PointCost {
  readonly cycles: number
  readonly seconds: number
  /** Share of the cycles in stages of each bound, largest first. */
  readonly bounds: readonly (readonly [bound: string, share: number])[]
}

/** The run as plain data. */
export const arrayReplay = (
  network: Network,
  forms: ArrayForms,
  work: WorkOptions,
  model: ModelOptions,
): ArrayReplay => {
  const { training, pattern, metadata, inference, masks } = work
  const { dataflow, objective, optimizer } = model
  return {
    model: "array",
    forms: { dtype: forms.dtype, accumulate: forms.accumulate, dataflows: forms.dataflows },
    ...packNetwork(network),
    choices: {
      ...(training === undefined ? {} : { training }),
      ...(pattern === undefined ? {} : { pattern: formatPattern(pattern) }),
      ...(metadata === undefined ? {} : { metadata }),
      ...(inference === undefined ? {} : { inference }),
      ...(masks === undefined ? {} : { masks }),
      ...(dataflow === undefined ? {} : { dataflow }),
      ...(objective === undefined ? {} : { objective }),
      ...(optimizer === undefined ? {} : { optimizer }),
    },
    without: [...(model.without ?? [])],
  }
}

/** Choices that were written by `arrayReplay`; the trace's own check has read their form. */
const choicesOf = (
  { choices, without }: ArrayReplay,
  pattern: string | undefined,
): { readonly work: WorkOptions; readonly model: ModelOptions } => {
  const { training, metadata, inference, masks, dataflow, objective, optimizer } = choices
  const work = { metadata, inference, masks } as WorkOptions
  return {
    work: {
      ...work,
      ...(training === undefined ? {} : { training: parseTrainingMethod(training) }),
      ...(pattern === undefined ? {} : { pattern: readPattern(pattern) }),
    },
    model: {
      ...({ objective, optimizer } as Pick<ModelOptions, "objective" | "optimizer">),
      ...(dataflow === undefined ? {} : { dataflow: dataflow as Dataflow }),
      without: new Set(without),
    },
  }
}

/** The plan of the run at a point. @throws ConfigError where the buffers do not hold a fold, or a number is missing */
export const replayStages = (replay: ArrayReplay, point: WhatIfPoint): readonly PlannedStage[] => {
  const { work, model } = choicesOf(replay, point.pattern ?? replay.choices.pattern)
  const machine = arrayNumbers(replay.forms as ArrayForms, point.numbers)
  return planRun(mapNetwork(unpackNetwork(replay), work), arrayModel(machine, model))
}

/** Time of the run at a point. @throws ConfigError as `replayStages` */
export const replayCost = (replay: ArrayReplay, point: WhatIfPoint): PointCost => {
  const stages = replayStages(replay, point)
  const cycles = planCycles(stages)
  const byBound = new Map<string, number>()
  for (const { cost } of stages) byBound.set(cost.bound, (byBound.get(cost.bound) ?? 0) + cost.cycles)
  return {
    cycles,
    seconds: cycles / (point.numbers.get("clock") ?? Number.NaN),
    bounds: [...byBound]
      .map(([bound, part]): readonly [string, number] => [bound, part / cycles])
      .toSorted((a, b) => b[1] - a[1]),
  }
}
