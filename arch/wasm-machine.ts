/**
 * An engine that runs WebAssembly on a core, as data: what its compiled kernels take of issue slots, latencies and caches.
 * `sparsim kernel calibrate` measures such a file on the machine it runs on.
 */
import * as Schema from "effect/Schema"
import { builtinFiles } from "./builtin.ts"
import { ConfigError } from "./errors.ts"
import { decoded, type Quantity, quantity, type QuantityFile } from "./quantity.ts"
import { decodeYaml } from "./yaml-file.ts"

const cycles = quantity({ dimension: "time", min: 0, max: 1e4 })
const storage = quantity({ dimension: "storage", min: 1024 })
const count = quantity({ dimension: "dimensionless", min: 1, max: 4096, integer: true })

const numbers = {
  clock: quantity({ dimension: "frequency", min: 1e8, max: 1e10 }),
  /** fp32 multiplies and adds a cycle, in registers. */
  peakFlops: quantity({ dimension: "rate", min: 0.1, max: 256 }),
  /** Vector registers that the compiler hands out. */
  vectorRegisters: count,
  /** Instructions a cycle in loops that nothing else holds up. */
  issueWidth: quantity({ dimension: "rate", min: 0.1, max: 16 }),
  /** Vector multiplies and additions a cycle in such loops, which load as well. */
  vectorWidth: quantity({ dimension: "rate", min: 0.1, max: 16 }),
  addLatency: cycles,
  /** What a spilled accumulator adds to its chain of additions. */
  spillLatency: cycles,
  /** How much of a row's chain the start of the next row hides. */
  hiddenCycles: cycles,
  rowCycles: cycles,
  /** Clamp and store of one vector at the end of a row. */
  rowVectorCycles: cycles,
  /** Start and end of a dense tile of 8 output channels. */
  panelCycles: cycles,
  /** Pages that the first level of the data TLB holds. */
  tlbPages: count,
  /** Stall of a vector's load from a page that it no longer holds. */
  pageCycles: cycles,
  l1Sets: count,
  l1Bytes: storage,
  l2Bytes: storage,
  /** Share of weights smaller than L2 that leave it where the whole layer does not fit. */
  crowdedOut: quantity({ dimension: "dimensionless", min: 0, max: 1 }),
  /** Stall of a line of activations that L1 has lost: a column of a sparse kernel, a row of a dense one. */
  l2LineCycles: cycles,
  /** Stall of a line of weights from beyond L2, in a sparse kernel: streams that move slowly. */
  streamLineCycles: cycles,
  /** Stall of a line of activations or outputs from beyond L2 at its first use in a tile, one channel after the other. */
  touchLineCycles: cycles,
  /** Stall of a line from beyond L2 in a dense kernel, whose two fast streams are easy to foresee. */
  denseLineCycles: cycles,
} as const

export const WasmMachineFile = Schema.Struct({
  schema: Schema.Literal("sparsim-wasm-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("v8-x64"),
  name: Schema.NonEmptyString,
  numbers: Schema.Struct({ ...numbers, lineBytes: quantity({ dimension: "storage", min: 16 }) }),
})
export type WasmMachineFile = typeof WasmMachineFile.Type

export type WasmNumber = keyof WasmMachineFile["numbers"]

/** The numbers in base units. */
export type WasmNumbers = Readonly<Record<WasmNumber, number>>

export interface WasmMachine {
  readonly id: string
  readonly name: string
  readonly quantities: Readonly<Record<WasmNumber, Quantity>>
  readonly numbers: WasmNumbers
}

/** The machine of a file's text. @throws ConfigError with file, line and column */
export const wasmMachineFromText = (text: string, file: string): WasmMachine => {
  const { id, name, numbers: written } = decodeYaml(text, file, WasmMachineFile)
  const quantities = Object.fromEntries(
    Object.entries(written as Readonly<Record<string, QuantityFile>>).map(([key, q]) => [key, decoded(q)]),
  ) as Readonly<Record<WasmNumber, Quantity>>
  return {
    id,
    name,
    quantities,
    numbers: Object.fromEntries(
      Object.entries(quantities).map(([key, { value }]) => [key, value]),
    ) as WasmNumbers,
  }
}

/** The built-in machine. @throws ConfigError */
export const builtinWasmMachine = (): WasmMachine => {
  const path = "wasm/v8-x64.yaml"
  const text = builtinFiles.get(path)
  if (text === undefined) throw new ConfigError({ message: `arch/${path} is missing` })
  return wasmMachineFromText(text, `arch/${path}`)
}
