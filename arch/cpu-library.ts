/**
 * A library of CPU kernels as data: what its kernels cost beside the core's own rates. Which kernels it has for a layer is
 * said here too (Winograd, sparse products); how a layer is tiled is code in `sim/cpu/network/`.
 */
import * as Schema from "effect/Schema"
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import { type Decoded, decodedDeep } from "./machine.ts"
import { didYouMean } from "./nearest.ts"
import { quantity } from "./quantity.ts"
import { decodeYaml } from "./yaml-file.ts"

const ratio = quantity({ dimension: "dimensionless", min: 0.05, max: 100 })
const cycles = quantity({ dimension: "time", min: 0, max: 1e7 })
const share = quantity({ dimension: "dimensionless", min: 0, max: 1 })
const count = quantity({ dimension: "dimensionless", min: 1, max: 64, integer: true })
const groupShape = Schema.Struct({ outputs: count, inputs: count })

export const CpuLibraryFile = Schema.Struct({
  schema: Schema.Literal("sparsim-cpu-library/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Where its structure was read. */
  source: Schema.NonEmptyString,
  /** Dense products: pixels × output channels of a register tile, and time relative to XNNPACK's kernel on the same core. */
  gemm: Schema.Struct({
    tilePixels: count,
    tileChannels: count,
    slowdown: ratio,
    /** Cycles of a tile before its first and after its last step. */
    tileCycles: cycles,
    /** How many times faster 3×3 stride-1 convolutions get by Winograd; absent where the library has none. */
    winograd: Schema.optionalKey(ratio),
    /** Time of the first convolution over the image beside a GEMM of its size. */
    firstConv: ratio,
  }),
  /** Depthwise convolutions: cycles of four outputs, for every tap and besides. */
  depthwise: Schema.Struct({ tapCycles: cycles, outputCycles: cycles }),
  /** Pointwise functions: cycles of four elements read. */
  pointwise: Schema.Struct({ cycles, sigmoidCycles: cycles }),
  /** Between two operators. */
  operatorCycles: cycles,
  /** Share of a transfer from or to DRAM that the core waits for; the rest hides behind arithmetic. */
  exposedMemory: share,
  /**
   * Products whose zeros come in groups of a whole register tile: a dense kernel that leaves groups out, with this much more
   * time for each group that stays. Absent where the library has none.
   */
  groups: Schema.optionalKey(
    Schema.Struct({
      keptSlowdown: ratio,
      /** Output channels × inputs that are zero or kept together: of 1×1 convolutions and products, and of larger windows. */
      pointwise: groupShape,
      spatial: groupShape,
    }),
  ),
  /** Sparse products; absent where the library has none. */
  sparse: Schema.optionalKey(
    Schema.Struct({
      /** Pixels that a kernel keeps in registers. */
      tilePixels: quantity({ dimension: "dimensionless", min: 16, max: 32, integer: true }),
      /** Time of a kept weight in a network beside that of its loop on the core with everything in the first cache. */
      slowdown: ratio,
      /** Cycles of a row (of a block of rows) of a tile besides its weights: bias, clamp, stores, the branch out. */
      rowCycles: cycles,
      /** Lines of activations that its kernels ask for in advance, 64 bytes apart, beyond the place they load from. */
      linesAhead: quantity({ dimension: "dimensionless", min: 0, max: 4, integer: true }),
      /** Cycles to bring four activations into the kernel's layout and back; 0 where the network stays in it. */
      packCycles: cycles,
      /** Share of zeros above which the library takes its sparse kernels at all. */
      threshold: share,
    }),
  ),
})
export type CpuLibraryFile = typeof CpuLibraryFile.Type
export type CpuLibrary = Decoded<CpuLibraryFile>

const folder = "cpu-library/"

/** Ids of the built-in libraries, sorted. */
export const cpuLibraryIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

const known = new Map<string, CpuLibrary>()

/** A library by id. @throws ConfigError with the nearest known id */
export const cpuLibrary = (id: string): CpuLibrary => {
  const decoded = known.get(id)
  if (decoded !== undefined) return decoded
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({
      message: `there is no CPU library "${id}"`,
      remedy: didYouMean(id, cpuLibraryIds()),
    })
  }
  const library = decodedDeep(decodeYaml(text, `arch/${path}`, CpuLibraryFile))
  known.set(id, library)
  return library
}
