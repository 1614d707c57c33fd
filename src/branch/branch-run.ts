/** Predictors over a branch trace: what each missed, as a trace of its own. */
import { basename } from "node:path"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { WorkloadError } from "../../arch/errors.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import type { BranchBlock } from "../../sim/branch/branch-block.ts"
import { branchReplay } from "../../sim/branch/core/replay.ts"
import type { BranchMeasurement } from "../../sim/branch/measure/measure.ts"
import { storageBits } from "../../sim/branch/predictor.ts"
import { defaultSparsity } from "../../sim/branch/sparse/analyse-branches.ts"
import { defaultTraining } from "../../sim/branch/sparse/train-models.ts"
import {
  branchEnergyComponents,
  branchRoofs,
  intervalCoreOf,
  planOf,
  writeBranchTrace,
} from "../../sim/branch/write-branch-trace.ts"
import type { Beside } from "../../sim/branch/write-sparse-models.ts"
import { imageBits } from "../../sim/branch/sparse/model-encoding.ts"
import { TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { pricedActions } from "../run/priced-actions.ts"
import { contentHash, manifestHead } from "../run/manifest-head.ts"
import { instructionsOfFirstHalf } from "./half-of-trace.ts"
import { measureBlocks } from "./measure-blocks.ts"
import { gateOf, type RequestedSparse } from "./requested-predictor.ts"
import { counted, type PassProgress, silent, type Trained, trainOnTrace } from "./train-on-trace.ts"

/** A branch trace to run over. */
export interface BranchSource {
  /** Path or name; only its base name is told. */
  readonly name: string
  readonly format: string
  /** Once: a stream is read from its start to its end. */
  readonly blocks: () => AsyncIterable<BranchBlock>
  /** The same trace from its start again. @throws WorkloadError where it is gone */
  readonly reopen: () => Promise<BranchSource>
  /** Instructions of the whole trace, once it is read: what MPKI are of. */
  readonly instructions: () => number
}

export interface BranchRunOptions {
  /** Instructions at the start that train and are told apart. */
  readonly warmUpInstructions: number
  /** Static branches listed, by falling misses. */
  readonly worstBranches: number
  /** Energy table other than the machine's own. */
  readonly energyTable?: string
  /** As the user would repeat the run, by machine id. */
  readonly command: (machine: string) => string
  readonly seed: number
  readonly progress?: PassProgress
}

export interface BranchRun {
  readonly machine: BranchMachine
  readonly measurement: BranchMeasurement
  readonly trace: Trace
  /** What MPKI are of: the header's count where nothing warmed up, else the instructions measured. */
  readonly instructions: number
  readonly storageBits: number
  /** Where models were fitted beforehand. */
  readonly trained?: Trained & { readonly instructions: number }
}

const emptyTrace = (name: string): WorkloadError =>
  new WorkloadError({
    message: "the trace has no branch to predict",
    place: { file: name },
    remedy: "Give a trace with at least one conditional branch; `sparsim branch stats` shows what is in it.",
  })

const warmedUpTooLong = (name: string, warmUp: number): WorkloadError =>
  new WorkloadError({
    message: `the trace ends within the warm-up of ${warmUp} instructions`,
    place: { file: name },
    remedy: "Take a shorter --warm-up.",
  })

/** The sparse models of a machine as a thread is asked for them. */
const requestedSparse = (
  { sparse }: BranchMachine,
  trained: Trained | undefined,
): { readonly sparse?: RequestedSparse } => {
  if (sparse === undefined) return {}
  const gate = gateOf(sparse)
  if (sparse.learning === "online") {
    return { sparse: { learning: "online", learners: sparse.learners.value, gate } }
  }
  return trained === undefined ? {} : { sparse: { learning: "beforehand", image: trained.image, gate } }
}

const isTrained = ({ sparse }: BranchMachine): boolean => sparse?.learning === "beforehand"

/**
 * Runs the predictors of `machines` over the trace, all in one pass. Where one of them has models that are fitted
 * beforehand, they are fitted to the warm-up, which is then the first half of the trace if none was asked for.
 * @throws WorkloadError, TraceError, UnsupportedError
 */
export const runBranches = async (
  source: BranchSource,
  machines: readonly BranchMachine[],
  options: BranchRunOptions,
): Promise<readonly BranchRun[]> => {
  const progress = options.progress ?? silent
  const learned = machines.filter(isTrained)
  const half = async (): Promise<number> =>
    instructionsOfFirstHalf(counted((await source.reopen()).blocks(), progress.pass("counting")))
  const warmUpInstructions =
    learned.length > 0 && options.warmUpInstructions === 0 ? await half() : options.warmUpInstructions
  const trained = new Map(
    (learned.length === 0
      ? []
      : await trainOnTrace(
          source,
          learned.map(({ predictor }) => predictor),
          { instructions: warmUpInstructions, plan: defaultTraining, criterion: defaultSparsity, progress },
        )
    ).map((one, i) => [learned[i], one] as const),
  )
  const measurements = await measureBlocks(
    counted(source.blocks(), progress.pass("measuring")),
    machines.map((machine) => ({
      sizes: machine.predictor,
      plan: planOf(machine, { ...options, warmUpInstructions }),
      ...requestedSparse(machine, trained.get(machine)),
    })),
  )
  const all = machines.map(({ id }, i) => ({
    machine: id,
    mispredictions: measurements[i].measured.total.mispredictions,
    storageBits: storageBits(measurements[i].tables),
  }))
  return machines.map((machine, i) =>
    branchRunOf(
      source,
      machine,
      measurements[i],
      { trained: trained.get(machine), beside: isTrained(machine) ? all.filter((_, k) => k !== i) : [] },
      { ...options, warmUpInstructions },
    ),
  )
}

/** What was measured, as a run. */
const branchRunOf = (
  source: BranchSource,
  machine: BranchMachine,
  measurement: BranchMeasurement,
  aside: { readonly trained: Trained | undefined; readonly beside: readonly Beside[] },
  options: BranchRunOptions,
): BranchRun => {
  const { measured, warmUp } = measurement
  if (measured.total.conditional + warmUp.total.conditional === 0) throw emptyTrace(source.name)
  if (measured.total.instructions === 0) throw warmedUpTooLong(source.name, options.warmUpInstructions)
  const bits = storageBits(measurement.tables)
  const table: EnergyTable = loadEnergyTable(options.energyTable ?? machine.energy.table)
  const builder = new TraceBuilder()
  const { trained, beside } = aside
  const instructions = warmUp.total.instructions === 0 ? source.instructions() : measured.total.instructions
  writeBranchTrace(measurement, intervalCoreOf(machine), builder, {
    models: trained?.models ?? [],
    beside,
    ...(instructions === measured.total.instructions ? {} : { declaredInstructions: instructions }),
  })
  const all = [measured.total, warmUp.total].map(({ branches, conditional, taken, instructions }) => ({
    branches,
    conditional,
    taken,
    instructions,
  }))
  const trace = builder.finish(
    manifestHead({
      machine,
      roofs: branchRoofs(machine),
      workload: {
        id: basename(source.name),
        name: basename(source.name),
        hash: contentHash(all),
        batch: 1,
        source: `${source.format} branch trace`,
      },
      energy: pricedActions(table, branchEnergyComponents(measurement.tables)),
      settings: {
        mode: "branch prediction",
        predictor: machine.predictor.kind,
        storage: `${bits} bits`,
        "warm-up": `${warmUp.total.instructions} instructions`,
        ...(trained === undefined
          ? {}
          : {
              "sparse models": `${trained.models.length}, fitted to the warm-up, in ${imageBits(trained.image)} bits`,
            }),
      },
      command: options.command(machine.id),
      replay: branchReplay(measurement.events),
      seed: options.seed,
      warnings: [],
      conventions: {
        interval: "spans are half-open, in cycles of the core's clock; interval analysis, no caches",
        mispredictions: "immediate update, one branch at a time; conditional branches only",
        bytes: "bits of the predictor's arrays that a look-up or an update touches, in bytes",
        ...(trained === undefined
          ? {}
          : {
              "sparse models":
                "fitted to the warm-up alone, heard from its end on; their design is this package's",
            }),
      },
    }),
  )
  return {
    machine,
    measurement,
    trace,
    instructions,
    storageBits: bits,
    ...(trained === undefined ? {} : { trained: { ...trained, instructions: options.warmUpInstructions } }),
  }
}
