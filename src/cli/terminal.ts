/** Where a command writes: results to standard output, everything else to standard error. */

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void
  /** Progress, warnings, errors. */
  readonly err: (text: string) => void
  /** Columns of standard output; 100 when it is not a terminal. */
  readonly width: number
  readonly colour: boolean
  /** True when standard error is a terminal, so that a line can be rewritten. */
  readonly live: boolean
}

/** The process's own terminal. Colour is off when piped, and where NO_COLOR asks for none. */
export const processTerminal = (): Terminal => ({
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  width: Math.min(140, Math.max(60, process.stdout.columns ?? 100)),
  colour: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
  live: process.stderr.isTTY,
})

export const bold = (terminal: Terminal, text: string): string =>
  terminal.colour ? `\u001B[1m${text}\u001B[22m` : text

export const dim = (terminal: Terminal, text: string): string =>
  terminal.colour ? `\u001B[2m${text}\u001B[22m` : text
