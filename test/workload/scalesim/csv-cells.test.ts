import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { csvRows } from "../../../src/workload/scalesim/csv-cells.ts"

describe("csvRows", () => {
  it("trims cells and gives the line and column where each text starts", () => {
    expect(csvRows("a, b\n\n  7 ,x,")).toEqual([
      [
        { text: "a", line: 1, column: 1 },
        { text: "b", line: 1, column: 4 },
      ],
      [
        { text: "7", line: 3, column: 3 },
        { text: "x", line: 3, column: 6 },
        { text: "", line: 3, column: 8 },
      ],
    ])
  })

  it("drops blank rows and rows of commas", () => {
    expect(csvRows("a,b\n,,,\n  \n\t\n1,2").map((row) => row[0].line)).toEqual([1, 5])
  })

  it("splits at tabs or semicolons when the header has no comma", () => {
    expect(csvRows("a\t b\n1\t2").map((row) => row.map((cell) => cell.text))).toEqual([
      ["a", "b"],
      ["1", "2"],
    ])
    expect(csvRows("a;b\n1,5;2")[1].map((cell) => cell.text)).toEqual(["1,5", "2"])
  })

  it("keeps delimiters inside double quotes", () => {
    expect(csvRows('"conv, first",3')[0]).toEqual([
      { text: "conv, first", line: 1, column: 1 },
      { text: "3", line: 1, column: 15 },
    ])
  })

  it.each(["\n", "\r\n", "\r"])("line end %j and a byte-order mark change nothing", (end) => {
    expect(csvRows(`\uFEFFa,b${end}1,2${end}`)).toEqual(csvRows("a,b\n1,2"))
  })

  it("every cell's text stands where its place says", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "1", " ", ",", "\n", "\t", ";", "'") })
    fc.assert(
      fc.property(text, (csv) => {
        const lines = csv.split("\n")
        for (const cell of csvRows(csv).flat()) {
          expect(lines[cell.line - 1].startsWith(cell.text, cell.column - 1)).toBe(true)
        }
      }),
    )
  })
})
