/** A trace file, or its bytes, read to the end. */
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type BranchTraceOptions,
  openBranchTrace,
} from "../../../src/workload/branch-trace/open-branch-trace.ts"
import { type BranchRecord, recordsOf } from "../../arbitraries/branch-records.ts"

const folder = mkdtempSync(join(tmpdir(), "sparsim-branches-"))
let files = 0

/** The bytes as a file with a name that says nothing. */
export const fileOf = (bytes: Uint8Array | string): string => {
  const file = join(folder, `${++files % 16}.bin`)
  writeFileSync(file, bytes)
  return file
}

export interface ReadTrace {
  readonly format: string
  readonly instructions: number
  readonly records: readonly BranchRecord[]
}

export const readTraceFile = async (file: string, options: BranchTraceOptions = {}): Promise<ReadTrace> => {
  const reader = await openBranchTrace(file, options)
  const records: BranchRecord[] = []
  for await (const block of reader.blocks()) records.push(...recordsOf(block))
  return { format: reader.format, instructions: reader.instructions(), records }
}

export const readBytes = (bytes: Uint8Array | string, options: BranchTraceOptions = {}): Promise<ReadTrace> =>
  readTraceFile(fileOf(bytes), options)
