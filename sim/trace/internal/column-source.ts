/** Where the rows of a column come from while a Parquet file is written: an array, a spill file, or one after the other. */
import type { Column } from "./layout.ts"
import type { SpilledColumn } from "./spilled-column.ts"

export interface ColumnSource {
  readonly bytesPerRow: 4 | 8
  /** Puts rows [row, row + rows) into the first bytes of `into`. Rows are asked for in ascending order. */
  readonly copy: (into: Uint8Array, row: number, rows: number) => void
}

/** The rows of an array. */
export const arraySource = (column: Column): ColumnSource => {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  const width = column instanceof Int32Array ? 4 : 8
  return {
    bytesPerRow: width,
    copy: (into, row, rows) => into.set(bytes.subarray(row * width, (row + rows) * width)),
  }
}

/** Row numbers 0, 1, 2 … */
export const rowNumberSource: ColumnSource = {
  bytesPerRow: 4,
  copy: (into, row, rows) => {
    const numbers = new Int32Array(into.buffer, into.byteOffset, rows)
    for (let i = 0; i < rows; i++) numbers[i] = row + i
  },
}

/** The rows of a spill file, then those of `tail`, which never left memory. */
export const spilledSource = (spilled: SpilledColumn, tail: Column): ColumnSource => {
  const rest = arraySource(tail)
  const width = rest.bytesPerRow
  return {
    bytesPerRow: width,
    copy: (into, row, rows) => {
      const fromFile = Math.min(rows, Math.max(0, spilled.rows - row))
      if (fromFile > 0) spilled.read(into, row, fromFile)
      if (fromFile < rows) {
        rest.copy(into.subarray(fromFile * width), row + fromFile - spilled.rows, rows - fromFile)
      }
    },
  }
}
