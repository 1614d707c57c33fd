/** `manifest.json`: everything a report needs beside the rows. Plain JSON; no wall-clock time, no absolute path. */
import * as Schema from "effect/Schema"
import { Status } from "../../arch/quantity.ts"

/** Major.minor of the trace format. A reader accepts its own major and any minor. */
export const traceVersion = "1.3"

/** A number the machine used, flattened: `path` is its place in the machine file, `value` in base units. */
const MachineNumber = Schema.Struct({
  path: Schema.String,
  value: Schema.Finite,
  written: Schema.Finite,
  unit: Schema.String,
  status: Status,
  source: Schema.String,
  range: Schema.optionalKey(Schema.Tuple([Schema.Finite, Schema.Finite])),
  note: Schema.optionalKey(Schema.String),
})
export type MachineNumber = typeof MachineNumber.Type

/**
 * A ceiling of the machine's roofline. `compute` roofs are in MAC/cycle of the named counting convention; `memory` roofs
 * in bytes/cycle of the traffic of `counters`; `unit` roofs likewise, of what passes through a unit that is no memory: a
 * decoder, a selector of operands, a mask generator.
 */
const Roof = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  kind: Schema.Literals(["compute", "memory", "unit"]),
  /** MAC/cycle or bytes/cycle. */
  perCycle: Schema.Finite,
  /** For a memory's or unit's roof: the counters (component.action) whose sum is its traffic in bytes. */
  counters: Schema.Array(Schema.String),
  /** For a compute roof: which of the four operation counts it limits. */
  convention: Schema.optionalKey(Schema.Literals(["dense-equivalent", "non-zero", "useful", "issued"])),
  status: Status,
  source: Schema.String,
})
export type Roof = typeof Roof.Type

const Track = Schema.Struct({
  id: Schema.String,
  name: Schema.String,
  /** On an exclusive track spans of the same kind never overlap and busy + stalls = the span's cycles. */
  exclusive: Schema.Boolean,
})
export type Track = typeof Track.Type

/** Energy of one count of (component, action), as resolved for this machine from an energy table. */
const ActionEnergy = Schema.Struct({
  component: Schema.String,
  action: Schema.String,
  /** Picojoules per count. */
  picojoules: Schema.Finite,
  /** What one count is: "byte", "operation", "access", "cycle". */
  per: Schema.String,
  status: Status,
  source: Schema.String,
})
export type ActionEnergy = typeof ActionEnergy.Type

/** A network's run on an array. `operators` are the distinct ones of the network; a layer names one of them. */
const ArrayReplay = Schema.Struct({
  model: Schema.Literal("array"),
  forms: Schema.Struct({
    dtype: Schema.String,
    accumulate: Schema.String,
    dataflows: Schema.Array(Schema.String),
  }),
  operators: Schema.Array(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))),
  layers: Schema.Array(
    Schema.Struct({ operator: Schema.Finite, sparsity: Schema.optionalKey(Schema.String) }),
  ),
  choices: Schema.Record(Schema.String, Schema.String),
  without: Schema.Array(Schema.String),
})

/** A network's run on a core; `block` is how many output channels share the zeros of a layer, where it has any. */
const CpuReplay = Schema.Struct({
  model: Schema.Literal("cpu"),
  operators: Schema.Array(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))),
  layers: Schema.Array(
    Schema.Struct({
      operator: Schema.Finite,
      block: Schema.optionalKey(Schema.Finite),
      zeros: Schema.optionalKey(Schema.Finite),
      columns: Schema.optionalKey(
        Schema.Array(Schema.Struct({ share: Schema.Finite, density: Schema.Finite })),
      ),
    }),
  ),
  zeros: Schema.Finite,
})

/** A network's run on a board. `kernels` are what of the library's kernels is no number, by kind. */
const GpuReplay = Schema.Struct({
  model: Schema.Literal("gpu"),
  architecture: Schema.String,
  format: Schema.String,
  kernels: Schema.Record(
    Schema.String,
    Schema.Struct({
      tiles: Schema.Array(Schema.String),
      splits: Schema.Array(Schema.String),
      raster: Schema.String,
    }),
  ),
  operators: Schema.Array(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))),
  layers: Schema.Array(
    Schema.Struct({ operator: Schema.Finite, sparsity: Schema.optionalKey(Schema.String) }),
  ),
  pattern: Schema.optionalKey(Schema.String),
  inference: Schema.Literals(["dense", "sparse"]),
})

/**
 * Miss events of a predictor's measured phase: by cause (misprediction, indirect target, return target), how many flushes
 * came so many instructions after the event before them.
 */
const BranchReplay = Schema.Struct({
  model: Schema.Literal("branch"),
  instructions: Schema.Finite,
  redirects: Schema.Finite,
  flushes: Schema.Array(Schema.Array(Schema.Tuple([Schema.Finite, Schema.Finite]))),
})

/**
 * A run as plain data, for engines whose closed form can time it anew with other numbers of the machine: what-if questions
 * on a page.
 */
const Replay = Schema.Union([ArrayReplay, CpuReplay, GpuReplay, BranchReplay])

export const Manifest = Schema.Struct({
  schema: Schema.Literal("sparsim-trace"),
  version: Schema.String,
  tool: Schema.String,
  /** Normalised command: base names only, no output path. */
  command: Schema.String,
  machine: Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    kind: Schema.String,
    hash: Schema.String,
    numbers: Schema.Array(MachineNumber),
    roofs: Schema.Array(Roof),
  }),
  workload: Schema.Struct({
    id: Schema.String,
    name: Schema.String,
    hash: Schema.String,
    batch: Schema.Finite,
    source: Schema.String,
  }),
  /** What the run chose: method, pattern, dataflow, dtype … as printed. */
  settings: Schema.Record(Schema.String, Schema.String),
  /** Absent where the machine has no energy table. */
  energy: Schema.optionalKey(
    Schema.Struct({
      table: Schema.String,
      name: Schema.String,
      hash: Schema.String,
      /** circuit, device, path or board: never mixed in one table. */
      scope: Schema.String,
      actions: Schema.Array(ActionEnergy),
      /** The same actions in their order by other tables, null where one has no price: what a result hinges on. */
      others: Schema.optionalKey(
        Schema.Array(
          Schema.Struct({
            table: Schema.String,
            name: Schema.String,
            hash: Schema.String,
            scope: Schema.String,
            picojoules: Schema.Array(Schema.NullOr(Schema.Finite)),
          }),
        ),
      ),
      /** Power drawn whatever happens, watts. */
      staticWatts: Schema.Finite,
      staticStatus: Status,
    }),
  ),
  seed: Schema.Finite,
  clockHertz: Schema.Finite,
  conventions: Schema.Record(Schema.String, Schema.String),
  /** Absent where the engine has no closed form of a run, or the run's schedule was fixed by a file. */
  replay: Schema.optionalKey(Replay),
  tracks: Schema.Array(Track),
  totals: Schema.Struct({ cycles: Schema.Finite, spans: Schema.Finite, counters: Schema.Finite }),
  warnings: Schema.Array(Schema.String),
})
export type Manifest = typeof Manifest.Type

const FileIntegrity = Schema.Struct({ bytes: Schema.Finite, sha256: Schema.String })

/**
 * The manifest as it stands in the file: with what is needed to notice a truncated or damaged trace. `integrity.manifest`
 * is the SHA-256 of the manifest itself, without its `version` and without this field.
 */
export const StoredManifest = Schema.Struct({
  ...Manifest.fields,
  integrity: Schema.Struct({
    manifest: Schema.String,
    spans: FileIntegrity,
    counters: FileIntegrity,
  }),
})
export type StoredManifest = typeof StoredManifest.Type
