/** What a row must satisfy to be written at all: no value may be lost or changed by the types of the file. */
import { TraceError } from "../../../arch/errors.ts"
import type { CounterColumns, SpanColumns } from "../trace.ts"

const refuse = (
  table: "spans" | "counters",
  row: number,
  column: string,
  found: number,
  expected: string,
) => {
  throw new TraceError({
    message: `row ${row} of ${table}: ${column} is ${found}, not ${expected}`,
    place: { file: table, path: `${column}[${row}]` },
    remedy: "This is a defect of the model that wrote the trace; please report it with the command you ran.",
  })
}

const refuseCodesOutside = (
  table: "spans" | "counters",
  column: string,
  codes: Int32Array,
  limit: number,
  firstRow: number,
) => {
  for (let i = 0; i < codes.length; i++) {
    if (codes[i] < 0 || codes[i] >= limit) {
      refuse(table, firstRow + i, column, codes[i], `a code below ${limit}`)
    }
  }
}

/** Cycles: whole numbers from 0 to 2^53 − 1. */
export const isCycles = (value: number): boolean => Number.isSafeInteger(value) && value >= 0

/** @throws TraceError where an extent is not one of whole cycles, its end included. */
export const checkExtent = (row: number, start: number, duration: number): void => {
  if (!isCycles(start)) refuse("spans", row, "start", start, "a whole number of cycles, 0 or more")
  if (!isCycles(duration)) refuse("spans", row, "duration", duration, "a whole number of cycles, 0 or more")
  if (!isCycles(start + duration)) {
    refuse("spans", row, "duration", duration, `within 2^53 cycles of the start ${start}`)
  }
}

/** @throws TraceError for the first value that the file could not hold exactly. */
export const checkSpans = (rows: SpanColumns, firstRow: number, strings: number, tracks: number): void => {
  for (let i = 0; i < rows.length; i++) {
    const row = firstRow + i
    const parent = rows.parent[i]
    if (parent < -1 || parent >= row) {
      refuse("spans", row, "parent", parent, "−1 or the id of an earlier span")
    }
    checkExtent(row, rows.start[i], rows.duration[i])
  }
  refuseCodesOutside("spans", "track", rows.track, tracks, firstRow)
  refuseCodesOutside("spans", "kind", rows.kind, strings, firstRow)
  refuseCodesOutside("spans", "name", rows.name, strings, firstRow)
  refuseCodesOutside("spans", "bound", rows.bound, strings, firstRow)
}

/** @throws TraceError for the first value that the file could not hold, or that is no count. */
export const checkCounters = (rows: CounterColumns, firstRow: number, strings: number): void => {
  for (let i = 0; i < rows.length; i++) {
    const count = rows.count[i]
    if (!(count >= 0 && count < Infinity)) {
      refuse("counters", firstRow + i, "count", count, "a finite number, 0 or more")
    }
    if (rows.span[i] < 0) refuse("counters", firstRow + i, "span", rows.span[i], "the id of a span")
  }
  refuseCodesOutside("counters", "component", rows.component, strings, firstRow)
  refuseCodesOutside("counters", "action", rows.action, strings, firstRow)
}
