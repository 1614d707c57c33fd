/**
 * Rows of one column that have left memory: a file of little-endian numbers, written and read in blocks. Plain files and
 * not a database table, because a row that is amended later is then one write at a known place.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs"
import type { Column } from "./layout.ts"

const blockRows = 1 << 15

export class SpilledColumn {
  readonly #descriptor: number
  readonly #width: 4 | 8
  readonly #block: Uint8Array
  #blockFrom = 0
  #blockTo = 0
  #rows = 0

  constructor(file: string, width: 4 | 8) {
    this.#descriptor = openSync(file, "w+")
    this.#width = width
    this.#block = new Uint8Array(blockRows * width)
  }

  /** Rows written so far. */
  get rows(): number {
    return this.#rows
  }

  append(column: Column): void {
    this.#write(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), this.#rows)
    this.#rows += column.length
  }

  /** Replaces the value of one row. */
  amend(row: number, value: number): void {
    const one = this.#width === 4 ? Int32Array.of(value) : Float64Array.of(value)
    this.#write(new Uint8Array(one.buffer), row)
    this.#blockTo = this.#blockFrom
  }

  /** The value of one row. */
  at(row: number): number {
    const bytes = new Uint8Array(this.#width)
    this.#read(bytes, row * this.#width)
    return this.#width === 4 ? new Int32Array(bytes.buffer)[0] : new Float64Array(bytes.buffer)[0]
  }

  /** Copies rows [row, row + rows) into `into`. Fast when the rows of successive calls follow one another. */
  read(into: Uint8Array, row: number, rows: number): void {
    const width = this.#width
    let done = 0
    while (done < rows) {
      const at = row + done
      if (at < this.#blockFrom || at >= this.#blockTo) {
        this.#blockFrom = at
        this.#blockTo = Math.min(at + blockRows, this.#rows)
        this.#read(this.#block.subarray(0, (this.#blockTo - at) * width), at * width)
      }
      const count = Math.min(rows - done, this.#blockTo - at)
      const from = (at - this.#blockFrom) * width
      into.set(this.#block.subarray(from, from + count * width), done * width)
      done += count
    }
  }

  close(): void {
    closeSync(this.#descriptor)
  }

  #write(bytes: Uint8Array, row: number): void {
    // A short write is how a disk that fills up shows first; the next attempt then gives the reason.
    for (let done = 0; done < bytes.length;) {
      done += writeSync(this.#descriptor, bytes, done, bytes.length - done, row * this.#width + done)
    }
  }

  #read(into: Uint8Array, position: number): void {
    for (let done = 0; done < into.length;) {
      const read = readSync(this.#descriptor, into, done, into.length - done, position + done)
      if (read === 0) throw new Error("a temporary file of the trace was shortened while it was in use")
      done += read
    }
  }
}
