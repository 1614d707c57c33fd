/** What reading one model shares between all of its graphs, bodies and functions. */
import type { FunctionProto } from "onnx-buf"
import { WorkloadError } from "../../../arch/errors.ts"
import type { ExternalData, TensorSource } from "./tensor-proto.ts"
import type { Warnings } from "./warnings.ts"

export interface Reading {
  readonly file: string
  readonly external: ExternalData
  readonly warnings: Warnings
  /** Version by domain; the standard domain is "". */
  readonly opsets: ReadonlyMap<string, number>
  /** Functions of the model itself by `domain:name`. */
  readonly functions: ReadonlyMap<string, FunctionProto>
  readonly symbols: ReadonlyMap<string, number>
  /** Counts down with every node read, loop iterations included. */
  readonly budget: { nodes: number }
}

export const errorAt =
  (file: string, path: string) =>
  (message: string, remedy?: string): WorkloadError =>
    new WorkloadError({ message, place: { file, path }, ...(remedy === undefined ? {} : { remedy }) })

/** A name as the end of a path; nothing for what has no name. */
export const quoted = (name: string): string => (name === "" ? "" : ` "${name}"`)

export const sourceAt = (reading: Reading, path: string): TensorSource => ({
  path,
  fail: errorAt(reading.file, path),
  external: reading.external,
})
