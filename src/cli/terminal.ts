/** Where a command writes: results to standard output, everything else to standard error. */
import { textWidth } from "./table.ts"

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void
  /** Progress, warnings, errors. */
  readonly err: (text: string) => void
  /** Columns of standard output; where it is no terminal, what COLUMNS says, or 100. */
  readonly width: number
  /** True where a person reads along, so that sentences end at the edge; piped lines stay whole. */
  readonly wraps: boolean
  readonly colour: boolean
  /** True when standard error is a terminal, so that a line can be rewritten. */
  readonly live: boolean
}

/** The process's own terminal. Colour is off when piped, and where NO_COLOR asks for none. */
export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  width: Math.min(140, Math.max(60, process.stdout.columns || Number(process.env["COLUMNS"]) || 100)),
  wraps: process.stdout.isTTY,
  colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
  live: process.stderr.isTTY,
})

export const bold = (terminal: Terminal, text: string): string =>
  terminal.colour ? `\u001B[1m${text}\u001B[22m` : text

export const dim = (terminal: Terminal, text: string): string =>
  terminal.colour ? `\u001B[2m${text}\u001B[22m` : text

/** Lines of at most `width` columns, broken at spaces; a word that is longer has a line of its own. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let line = ""
  for (const word of text.split(/ (?!%)/)) {
    const longer = line === "" ? word : `${line} ${word}`
    if (line !== "" && textWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}

/** A sentence that stands out, indented by `indent` spaces. */
export const headline = (terminal: Terminal, text: string, indent = 0): string => {
  const lines = terminal.wraps ? wrapped(text, terminal.width - indent) : [text]
  return lines.map((line) => " ".repeat(indent) + bold(terminal, line)).join("\n")
}
