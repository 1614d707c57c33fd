/** Rows and cells of a delimited text with the place of every cell. */
import { type Position, textLines } from "./text-lines.ts"

export interface Cell extends Position {
  /** Without the white space and quotes around it. */
  readonly text: string
}

/** Cells of the lines that hold anything but delimiters and white space, in order. */
export const csvRows = (text: string): readonly (readonly Cell[])[] => {
  const lines = textLines(text).filter((line) => line.text.trim() !== "")
  const delimiter = delimiterOf(lines[0]?.text ?? "")
  return lines
    .map((line) => cells(line.text, line.number, delimiter))
    .filter((row) => row.some((cell) => cell.text !== ""))
}

/** Some topologies in circulation are tab-separated files named .csv. */
const delimiterOf = (header: string): string =>
  [",", "\t", ";"].find((candidate) => header.includes(candidate)) ?? ","

const cells = (line: string, number: number, delimiter: string): readonly Cell[] => {
  const found: Cell[] = []
  let start = 0
  while (start <= line.length) {
    const end = endOfCell(line, start, delimiter)
    found.push(cell(line.slice(start, end), number, start))
    start = end + 1
  }
  return found
}

/** Index of the delimiter after the cell that starts at `start`; delimiters inside quotes do not count. */
const endOfCell = (line: string, start: number, delimiter: string): number => {
  const [quoted] = /^\s*"[^"]*"/.exec(line.slice(start)) ?? [""]
  const end = line.indexOf(delimiter, start + quoted.length)
  return end < 0 ? line.length : end
}

const cell = (raw: string, line: number, start: number): Cell => {
  const text = raw.trim()
  const column = start + (raw.length - raw.trimStart().length) + 1
  const [, quoted] = /^"([^"]*)"$/.exec(text) ?? []
  return { text: quoted === undefined ? text : quoted.trim(), line, column }
}
