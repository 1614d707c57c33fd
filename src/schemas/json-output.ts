/**
 * Shapes of what the commands print under `--json`. A shape only ever gains fields within its version. Energies are in
 * picojoules, times in seconds or cycles, shares and errors fractions; null where a value does not apply.
 */
import * as Schema from "effect/Schema"
import { QuantityFile, Status } from "../../arch/quantity.ts"

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

const MachineNumber = struct({
  ...QuantityFile.fields,
  path: string,
  value: number,
  written: number,
})

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
        struct({ perBatch: number, perSample: number, watts: number, gopsPerWatt: Counts }),
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
