/** A decoded branch trace in a file, column after column, as the loops of the bench read it. */
import { appendFileSync, readFileSync, rmSync } from "node:fs"
import { type BranchBlock, newBranchBlock } from "../../../sim/branch/branch-block.ts"
import { openBranchTrace } from "../../../src/workload/branch-trace/open-branch-trace.ts"

/** The C++ loops read the first three. */
const columns = ["pc", "pcHigh", "flags", "target", "targetHigh"] as const

/** Decodes a trace of any known format into `file` and returns its number of records. */
export const writeColumns = async (trace: string, file: string): Promise<number> => {
  const { blocks } = await openBranchTrace(trace)
  const pieces = columns.map((): Uint8Array[] => [])
  let records = 0
  for await (const block of blocks()) {
    records += block.length
    for (const [k, column] of columns.entries()) {
      const { buffer, byteOffset, byteLength } = block[column].subarray(0, block.length)
      pieces[k].push(new Uint8Array(buffer, byteOffset, byteLength).slice())
    }
  }
  rmSync(file, { force: true })
  for (const piece of pieces.flat()) appendFileSync(file, piece)
  return records
}

/** What `writeColumns` wrote, as one block. */
export const readColumns = (file: string, records: number): BranchBlock => {
  const bytes = readFileSync(file)
  const block = newBranchBlock(records)
  let at = 0
  for (const column of columns) {
    const { buffer, byteOffset, byteLength } = block[column]
    new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(at, at + byteLength))
    at += byteLength
  }
  block.length = records
  return block
}
