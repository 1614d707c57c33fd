import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { countersCsv, spansCsv } from "../../../../sim/trace/export/csv.ts"
import { rowsOf, trace } from "../../../arbitraries/trace.ts"
import { smallTrace } from "../small-trace.ts"

/** Records of an RFC 4180 text, read by its grammar: a field is plain or quoted, a record ends with CRLF. */
const parseCsv = (text: string): string[][] => {
  const records: string[][] = []
  let record: string[] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y
  while (field.lastIndex < text.length) {
    const at = field.lastIndex
    const found = field.exec(text)
    if (found === null) throw new Error(`not RFC 4180 at ${at}`)
    record.push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'))
    if (found[3] === ",") continue
    records.push(record)
    record = []
  }
  return records
}

describe("CSV", () => {
  it("reads back to the rows of the trace, whatever the names", () => {
    fc.assert(
      fc.property(trace(), (original) => {
        const rows = rowsOf(original)
        expect(parseCsv([...spansCsv(original)].join("")).slice(1)).toEqual(
          rows.spans.map((span, id) =>
            [
              id,
              span.parent === -1 ? "" : span.parent,
              span.track,
              span.kind,
              span.name,
              span.bound,
              span.start,
              span.duration,
            ].map(String),
          ),
        )
        expect(parseCsv([...countersCsv(original)].join("")).slice(1)).toEqual(
          rows.counters.map((row) => [row.span, row.component, row.action, row.count].map(String)),
        )
      }),
    )
  })

  it("has the columns of the Parquet files as its first line", () => {
    expect([...spansCsv(smallTrace())].join("").split("\r\n").slice(0, 2)).toEqual([
      "id,parent,track,kind,name,bound,start,duration",
      "0,,run,run,net,,0,1500",
    ])
    expect([...countersCsv(smallTrace())].join("")).toMatch(
      /^span,component,action,count\r\n2,dram,read,4096\r\n/,
    )
  })
})
