/** Predictors over a branch trace: what each missed, as a trace of its own. */
import { basename } from "node:path"
import { loadEnergyTable } from "../../arch/energy-catalogue.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { WorkloadError } from "../../arch/errors.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"
import type { BranchBlock } from "../../sim/branch/branch-block.ts"
import type { BranchMeasurement } from "../../sim/branch/measure/measure.ts"
import { storageBits } from "../../sim/branch/predictor.ts"
import {
  branchEnergyComponents,
  branchRoofs,
  intervalCoreOf,
  planOf,
  writeBranchTrace,
} from "../../sim/branch/write-branch-trace.ts"
import { TraceBuilder } from "../../sim/trace/builder.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { contentHash, manifestHead } from "../run/manifest-head.ts"
import { measureBlocks } from "./measure-blocks.ts"

/** A branch trace to run over. */
export interface BranchSource {
  /** Path or name; only its base name is told. */
  readonly name: string
  readonly format: string
  readonly blocks: () => AsyncIterable<BranchBlock>
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
  readonly step?: (branches: number) => void
}

export interface BranchRun {
  readonly machine: BranchMachine
  readonly measurement: BranchMeasurement
  readonly trace: Trace
  /** What MPKI are of: the header's count where nothing warmed up, else the instructions measured. */
  readonly instructions: number
  readonly storageBits: number
}

/** Counts the branches that pass by. */
async function* counted(
  blocks: AsyncIterable<BranchBlock>,
  seen: { branches: number },
  step: (branches: number) => void,
): AsyncGenerator<BranchBlock> {
  for await (const block of blocks) {
    yield block
    seen.branches += block.length
    step(seen.branches)
  }
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

/** Runs the predictors of `machines` over one pass of the trace. @throws WorkloadError, TraceError, UnsupportedError */
export const runBranches = async (
  source: BranchSource,
  machines: readonly BranchMachine[],
  options: BranchRunOptions,
): Promise<readonly BranchRun[]> => {
  const seen = { branches: 0 }
  const measurements = await measureBlocks(
    counted(source.blocks(), seen, options.step ?? (() => undefined)),
    machines.map((machine) => ({ sizes: machine.predictor, plan: planOf(machine, options) })),
  )
  return machines.map((machine, i) => branchRunOf(source, machine, measurements[i], options))
}

/** What was measured, as a run. */
const branchRunOf = (
  source: BranchSource,
  machine: BranchMachine,
  measurement: BranchMeasurement,
  options: BranchRunOptions,
): BranchRun => {
  const { measured, warmUp } = measurement
  if (measured.total.conditional + warmUp.total.conditional === 0) throw emptyTrace(source.name)
  if (measured.total.instructions === 0) throw warmedUpTooLong(source.name, options.warmUpInstructions)
  const bits = storageBits(measurement.tables)
  const table: EnergyTable = loadEnergyTable(options.energyTable ?? machine.energy.table)
  const builder = new TraceBuilder()
  writeBranchTrace(measurement, intervalCoreOf(machine), builder)
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
      energy: { table, actions: resolveEnergy(table, branchEnergyComponents(measurement.tables)) },
      settings: {
        mode: "branch prediction",
        predictor: machine.predictor.kind,
        storage: `${bits} bits`,
        "warm-up": `${warmUp.total.instructions} instructions`,
      },
      command: options.command(machine.id),
      seed: options.seed,
      warnings: [],
      conventions: {
        interval: "spans are half-open, in cycles of the core's clock; interval analysis, no caches",
        mispredictions: "immediate update, one branch at a time; conditional branches only",
        bytes: "bits of the predictor's arrays that a look-up or an update touches, in bytes",
      },
    }),
  )
  return {
    machine,
    measurement,
    trace,
    instructions: warmUp.total.instructions === 0 ? source.instructions() : measured.total.instructions,
    storageBits: bits,
  }
}
