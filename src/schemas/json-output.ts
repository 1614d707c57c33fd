/**
 * Shapes of what the commands print under `--json`. A shape only ever gains fields within its version. Energies are in
 * picojoules, times in seconds or cycles, shares and errors fractions; null where a value does not apply.
 */
import * as Schema from "effect/Schema"
import { QuantityFile, Status } from "../../arch/quantity.ts"
import { branchClasses } from "../../sim/branch/measure/trace-statistics.ts"

const {
  Array: list,
  Boolean: boolean,
  Finite: number,
  Literal: literal,
  NullOr: nullable,
  String: string,
} = Schema
const struct = Schema.Struct

const Counts = struct({
  "dense-equivalent": number,
  "non-zero": number,
  useful: number,
  issued: number,
})

const Sensitivity = struct({ path: string, low: number, high: number, atLow: number, atHigh: number })

/** A decoded number: `value` in the base unit of its dimension, `written` as in the file. */
const KnownNumber = struct({ ...QuantityFile.fields, value: number, written: number })

const MachineNumber = struct({ ...KnownNumber.fields, path: string })

export const RunOutput = struct({
  schema: literal("sparsim-run/1"),
  command: string,
  workload: struct({ id: string, name: string, hash: string, batch: number, source: string }),
  machine: struct({ id: string, hash: string }),
  settings: Schema.Record(string, string),
  verdict: string,
  cycles: number,
  seconds: number,
  /** Useful MACs over the array's peak. */
  utilisation: nullable(number),
  energyPicojoules: nullable(number),
  energyUncertainShare: nullable(number),
  /** Rates: 10^9 operations per second by each way of counting, batches and inputs per second, and per joule. */
  throughput: nullable(
    struct({
      seconds: number,
      batch: number,
      gops: Counts,
      batchesPerSecond: number,
      samplesPerSecond: number,
      energy: Schema.optionalKey(
        struct({
          perBatch: number,
          perSample: number,
          watts: number,
          limitWatts: Schema.optionalKey(number),
          gopsPerWatt: Counts,
        }),
      ),
    }),
  ),
  /** The same run with nothing pruned. */
  dense: nullable(
    struct({
      cycles: number,
      energyPicojoules: nullable(number),
      speedup: number,
      operationRatio: nullable(number),
    }),
  ),
  band: nullable(
    struct({
      of: Schema.Literals(["seconds", "speedup"]),
      low: number,
      high: number,
      sensitivities: list(Sensitivity),
    }),
  ),
  /** Picojoules of the run. */
  energyBand: nullable(struct({ low: number, high: number, sensitivities: list(Sensitivity) })),
  stages: list(struct({ stage: string, cycles: number, share: number })),
  tracks: list(Schema.Record(string, Schema.Unknown)),
  layers: list(
    struct({
      pass: string,
      layer: string,
      stage: string,
      cycles: number,
      timeShare: number,
      macs: Counts,
      utilisation: nullable(number),
      bound: string,
      bindingRoof: string,
      slack: nullable(number),
      energyPicojoules: nullable(number),
    }),
  ),
  /** What each feature of the machine buys: time without it over time with it. */
  ablations: nullable(
    struct({
      cycles: number,
      each: list(struct({ feature: string, cycles: number, buys: number })),
      all: number,
    }),
  ),
  densities: list(
    struct({
      layer: string,
      elements: number,
      inputNonZeros: number,
      nonZeros: number,
      density: number,
      keptMagnitude: number,
      underfilledGroups: number,
      nonZeroShare: number,
    }),
  ),
  numbersByStatus: Schema.Record(Status, number),
  warnings: list(string),
  /** Base names of the files and folders written. */
  written: list(string),
})

const ComparedRow = struct({
  pass: string,
  layer: string,
  stage: string,
  cyclesA: number,
  cyclesB: number,
  speedup: nullable(number),
  energyRatio: nullable(number),
})

export const CompareOutput = struct({
  schema: literal("sparsim-compare/1"),
  verdict: string,
  speedup: number,
  energyRatio: nullable(number),
  operationRatio: nullable(number),
  secondsA: number,
  secondsB: number,
  byStage: list(ComparedRow),
  byLayer: list(ComparedRow),
  slower: list(ComparedRow),
  failed: boolean,
})

export const QueryOutput = struct({
  schema: literal("sparsim-query/1"),
  columns: list(string),
  types: list(string),
  rows: list(list(Schema.Unknown)),
})

export const CheckOutput = struct({
  schema: literal("sparsim-check/1"),
  totals: struct({ cycles: number, spans: number, counters: number }),
  problems: list(
    struct({
      file: string,
      row: Schema.optionalKey(number),
      column: Schema.optionalKey(string),
      message: string,
    }),
  ),
})

export const MachinesOutput = struct({
  schema: literal("sparsim-machines/1"),
  machines: list(
    struct({ id: string, kind: string, name: string, about: string, numbers: number, assumed: number }),
  ),
})

export const NetworksOutput = struct({
  schema: literal("sparsim-networks/1"),
  networks: list(
    struct({
      id: string,
      description: string,
      defaultInput: string,
      forwardGmacs: number,
      parameters: number,
    }),
  ),
  operators: list(string),
})

export const MachineOutput = struct({
  schema: literal("sparsim-machine/1"),
  id: string,
  kind: string,
  name: string,
  about: string,
  numbers: list(MachineNumber),
})

/** An energy table, decoded: `entries` as in its file; `numbers` has each of them with its place. */
export const EnergyOutput = struct({
  schema: literal("sparsim-energy/1"),
  table: struct({
    id: string,
    name: string,
    about: string,
    node: KnownNumber,
    voltage: Schema.optionalKey(KnownNumber),
    scope: Schema.Literals(["circuit", "device", "path", "board"]),
    entries: struct({
      mac: Schema.optionalKey(
        list(struct({ dtype: string, accumulate: string, compute: KnownNumber, gated: KnownNumber })),
      ),
      alu: Schema.optionalKey(list(struct({ dtype: string, add: KnownNumber, mul: KnownNumber }))),
      comparator: Schema.optionalKey(struct({ compare: KnownNumber })),
      sram: Schema.optionalKey(
        struct({
          exponent: KnownNumber,
          anchors: list(struct({ capacity: KnownNumber, read: KnownNumber, write: KnownNumber })),
        }),
      ),
      register: Schema.optionalKey(struct({ read: KnownNumber, write: KnownNumber })),
    }),
    dram: list(struct({ technology: string, read: KnownNumber, write: KnownNumber })),
  }),
  numbers: list(MachineNumber),
})

/** A pattern: N of M, and for those with more structure what kind it is. */
const Pattern = struct({
  n: number,
  m: number,
  kind: Schema.optionalKey(string),
  v: Schema.optionalKey(number),
  levels: Schema.optionalKey(list(struct({ n: number, m: number }))),
})

const Sizes = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, number]))

const OperatorShape = Schema.Union([
  struct({
    kind: literal("conv2d"),
    ...Sizes(["batch", "inChannels", "outChannels", "inHeight", "inWidth", "kernelHeight", "kernelWidth"]),
    ...Sizes(["strideHeight", "strideWidth", "dilationHeight", "dilationWidth"]),
    ...Sizes(["padTop", "padBottom", "padLeft", "padRight", "groups"]),
  }),
  struct({ kind: literal("linear"), ...Sizes(["rows", "inFeatures", "outFeatures"]) }),
  struct({ kind: literal("matmul"), ...Sizes(["count", "m", "n", "k"]) }),
  struct({
    kind: literal("vector"),
    function: string,
    ...Sizes(["inputElements", "outputElements", "parameters"]),
  }),
])

export const NetworkOutput = struct({
  schema: literal("sparsim-network/1"),
  id: string,
  name: string,
  batch: number,
  source: string,
  layers: list(
    struct({
      id: string,
      op: OperatorShape,
      /** Multiply-accumulates of the forward pass. */
      macs: number,
      /** Trainable values, biases not counted. */
      weights: number,
      /** True where the file holds the weights themselves. */
      hasValues: boolean,
      /** The layer's own pattern, from its file. */
      sparsity: nullable(Schema.Union([Pattern, literal("dense")])),
    }),
  ),
  warnings: list(string),
})

export const ReportOutput = struct({
  schema: literal("sparsim-report/1"),
  /** Pages in the order they were written; `file` is the base name. */
  pages: list(
    struct({
      file: string,
      kind: Schema.Literals(["run", "comparison", "overview"]),
      verdict: string,
    }),
  ),
})

export const ExportOutput = struct({
  schema: literal("sparsim-export/1"),
  format: Schema.Literals(["perfetto", "speedscope", "csv", "scalesim", "action-counts", "llvm-mca"]),
  /** The command that repeats the run of the trace. */
  command: string,
  /** Base names of the files written. */
  written: list(string),
})

export const DemoOutput = struct({
  schema: literal("sparsim-demo/1"),
  /** The page that links the others. All names are relative to the folder of the demo. */
  index: string,
  pages: list(
    struct({
      file: string,
      title: string,
      verdict: string,
      kind: Schema.Literals(["run", "comparison", "validation"]),
    }),
  ),
  traces: list(string),
})

const Errors = {
  n: number,
  mape: number,
  medianApe: number,
  maxApe: number,
  bias: number,
  within5: number,
  within10: number,
  within20: number,
}

export const ValidationOutput = struct({
  schema: literal("sparsim-validation/1"),
  groups: list(
    struct({
      group: string,
      ...Errors,
      kendallTau: nullable(number),
      baselineMape: nullable(number),
      equal: number,
      extraFields: number,
      extraEqual: number,
    }),
  ),
  cases: list(
    struct({
      id: string,
      group: string,
      metric: string,
      unit: string,
      evidence: string,
      predicted: number,
      expected: number,
      baseline: nullable(number),
      error: number,
      equal: boolean,
      extra: list(struct({ field: string, predicted: number, expected: number, equal: boolean })),
      likelyCause: nullable(string),
    }),
  ),
  pairs: list(
    struct({
      dense: string,
      sparse: string,
      group: string,
      predicted: number,
      expected: number,
      error: number,
    }),
  ),
  pairGroups: list(struct({ group: string, ...Errors, geomeanError: number })),
  unsupported: list(struct({ reason: string, n: number, ids: list(string) })),
})

const Interval = { value: number, p5: number, median: number, p95: number }

export const StudyOutput = struct({
  schema: literal("sparsim-study/1"),
  machine: string,
  method: string,
  pattern: string,
  samples: number,
  seed: number,
  rows: list(struct({ network: string, batch: number, operationBound: number, ...Interval })),
  mean: struct(Interval),
  tornado: list(struct({ path: string, low: number, high: number, atLow: number, atHigh: number })),
})

/** A number of warps and of independent instructions in each, and what an SM does with them. */
const InFlightOutput = struct({
  warps: number,
  chains: number,
  roundTrip: number,
  throughput: number,
  shareOfPeak: number,
  bound: string,
})

/** A prediction of llvm-mca: another tool's, not a measurement. */
const LlvmMcaPrediction = struct({ id: string, loop: string, cpu: string, version: string, cycles: number })

/** Cycles of one iteration of a loop on a core, and what holds it back. */
export const KernelLoopsOutput = struct({
  schema: literal("sparsim-kernel-loops/1"),
  rows: list(
    struct({
      loop: string,
      core: string,
      instructions: number,
      fmla: number,
      cycles: number,
      /** What ranges of unknown numbers do to the cycles, one at a time, and the path of the one that does most. */
      low: number,
      high: number,
      mostUncertain: nullable(string),
      /** Iterations after which the schedule repeats; 0 where it was averaged. */
      repeatsAfter: number,
      binding: string,
      part: string,
      bounds: list(struct({ resource: string, part: string, cycles: number })),
      /** Share of its cycles that each kind of pipe is taken. */
      utilisation: Schema.Record(string, number),
    }),
  ),
  llvmMca: list(
    struct({ ...LlvmMcaPrediction.fields, core: string, ours: number, binding: string, part: string }),
  ),
  unmatched: list(struct({ ...LlvmMcaPrediction.fields, reason: string })),
})

export const InstructionsOutput = struct({
  schema: literal("sparsim-instructions/1"),
  machine: string,
  instructions: list(
    struct({
      name: string,
      input: string,
      accumulate: string,
      aFrom: string,
      latency: number,
      interval: number,
      oneWarpEach: nullable(InFlightOutput),
      saturated: InFlightOutput,
    }),
  ),
})

/** Cycles of one stage of a GEMM's main loop, by how many stages are in shared memory. */
export const MainLoopOutput = struct({
  schema: literal("sparsim-main-loop/1"),
  machine: string,
  instruction: string,
  format: string,
  tile: struct({ m: number, n: number }),
  warps: struct({ m: number, n: number }),
  k: number,
  blocks: number,
  source: string,
  ways: number,
  rows: list(
    struct({
      stages: number,
      cycles: number,
      /** Bounds of the closed form. */
      least: number,
      most: number,
      throughput: number,
      shareOfPeak: number,
      bound: string,
      engine: string,
      stageBytes: number,
      sharedBytes: number,
    }),
  ),
})

/** One figure as measured and as predicted; error = predicted / measured − 1. */
const Compared = struct({ measured: number, predicted: number, error: number })

const KernelSpeedup = struct({ kernel: string, speedup: Compared })

export const KernelBenchOutput = struct({
  schema: literal("sparsim-kernel-bench/1"),
  machine: struct({ id: string, name: string }),
  processes: number,
  /** Cycles a second, and floating-point operations a second in registers, measured in the same run. */
  clock: number,
  peakFlops: number,
  layers: list(
    struct({
      shape: struct({ pixels: number, cin: number, cout: number, times: number }),
      sparsity: number,
      dense: Compared,
      cells: list(struct({ kernel: string, seconds: Compared, speedup: Compared })),
      winner: struct({ measured: string, predicted: string }),
    }),
  ),
  /** Layers together, each as often as the network has it. */
  stacks: list(struct({ sparsity: number, denseSeconds: number, cells: list(KernelSpeedup) })),
  cellError: struct({ median: number, p90: number, greatest: number }),
  stackError: number,
  rightWinners: number,
  denseShareOfPeak: number,
  /** Share of layers that were measured while nothing else ran on the core. */
  undisturbed: number,
})

export const KernelCalibrationOutput = struct({
  schema: literal("sparsim-kernel-calibration/1"),
  layers: number,
  /** Share of them that were measured while nothing else ran on the core. */
  undisturbed: number,
  meanError: number,
  numbers: Schema.Record(string, number),
  /** Base name of the file written. */
  written: list(string),
})

const BranchCount = struct({ address: string, executions: number, taken: number, misses: number })

/** Counts of a phase; a name of `cycles.` is cycles lost. */
const BranchPhase = Schema.Record(string, number)

const predictorFields = {
  machine: string,
  name: string,
  storageBits: number,
  /** What MPKI are of. */
  instructions: number,
  branches: number,
  conditional: number,
  mispredictions: number,
  mpki: number,
  accuracy: number,
  cycles: number,
  seconds: number,
  ipc: number,
  time: list(struct({ cause: string, cycles: number, share: number })),
  energyPicojoules: nullable(number),
  energyUncertainShare: nullable(number),
  warmUp: BranchPhase,
  measured: BranchPhase,
  staticBranches: number,
  staticConditional: number,
  worst: list(BranchCount),
  /** Where sparse models stand beside the predictor. */
  sparse: Schema.optionalKey(
    struct({
      trainedInstructions: nullable(number),
      bits: nullable(number),
      models: list(struct({ address: string, executions: number, baseMisses: number, saved: number })),
      beside: list(
        struct({
          machine: string,
          storageBits: number,
          mispredictions: number,
          mpki: number,
          saved: number,
        }),
      ),
    }),
  ),
  command: string,
  warnings: list(string),
}

export const BranchRunOutput = struct({
  schema: literal("sparsim-branch-run/1"),
  workload: struct({ id: string, name: string, hash: string, batch: number, source: string }),
  settings: Schema.Record(string, string),
  verdict: string,
  ...predictorFields,
  written: list(string),
})

export const BranchCompareOutput = struct({
  schema: literal("sparsim-branch-compare/1"),
  traces: list(struct({ trace: string, predictors: list(struct(predictorFields)) })),
  /** All traces together. */
  pooled: list(
    struct({
      machine: string,
      storageBits: number,
      mispredictions: number,
      instructions: number,
      mpki: number,
      meanMpki: number,
    }),
  ),
  written: list(string),
})

const Validation = struct({
  examples: number,
  baseMisses: number,
  misses: number,
  wins: number,
  losses: number,
})

export const BranchAnalyseOutput = struct({
  schema: literal("sparsim-branch-analyse/1"),
  verdict: string,
  trace: string,
  format: string,
  machine: string,
  predictor: string,
  misses: number,
  analysedShare: number,
  sparseBranches: number,
  criterion: struct({ mostTerms: number, mostMissShare: number }),
  branches: list(
    struct({
      address: string,
      executions: number,
      baseMisses: number,
      takenShare: number,
      directionMisses: number,
      path: list(struct({ lambda: number, nonzero: number, terms: number, validation: Validation })),
      nonzero: number,
      sparse: boolean,
      terms: list(struct({ what: string, weight: number })),
      saved: number,
    }),
  ),
  byTerms: list(struct({ terms: number, branches: number })),
  positions: list(
    struct({
      history: Schema.Literals(["global", "local"]),
      saved: list(struct({ ago: number, misses: number })),
    }),
  ),
  written: list(string),
})

const BranchClass = Schema.Literals(branchClasses)

export const BranchStatsOutput = struct({
  schema: literal("sparsim-branch-stats/1"),
  traces: list(
    struct({
      trace: string,
      format: string,
      /** What MPKI are of: the header's count, else that of the records. */
      instructions: number,
      declaredInstructions: nullable(number),
      countedInstructions: number,
      branches: number,
      conditional: number,
      /** Of the conditional ones. */
      taken: number,
      backward: number,
      classes: list(
        struct({ class: BranchClass, executions: number, taken: number, staticBranches: number }),
      ),
      staticBranches: number,
      /** Static conditional branches. */
      directions: struct({ always: number, never: number, both: number }),
      /** Fewest static branches that make up a share of all executions. */
      workingSet: list(struct({ share: number, staticBranches: number })),
      hottest: list(
        struct({ address: string, class: BranchClass, executions: number, taken: number, targets: number }),
      ),
      indirect: struct({
        executions: number,
        staticBranches: number,
        targets: number,
        mostTargets: number,
        oneTarget: number,
      }),
    }),
  ),
})

/** What is told of an SBBT file that was written. */
const writtenBranches = {
  instructions: number,
  branches: number,
  /** Branches after more instructions than a record holds. */
  cutGaps: number,
  bytes: number,
  warnings: list(string),
  written: list(string),
}

export const BranchConvertOutput = struct({
  schema: literal("sparsim-branch-convert/1"),
  trace: string,
  format: string,
  ...writtenBranches,
})

export const BranchCaptureOutput = struct({
  schema: literal("sparsim-branch-capture/1"),
  program: string,
  guest: string,
  exitCode: nullable(number),
  signal: nullable(string),
  /** False where the program was killed or replaced before its end could be written. */
  complete: boolean,
  ...writtenBranches,
})
