/** Lines of a text file with the numbers an editor shows for them. */

export interface TextLine {
  /** From 1. */
  readonly number: number
  /** Without its line end. */
  readonly text: string
}

/** Splits at LF, CRLF and CR; a byte-order mark at the start is dropped. */
export const textLines = (text: string): readonly TextLine[] =>
  text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\n|\r/)
    .map((line, index) => ({ number: index + 1, text: line }))

/** A position in the file, both from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/**
 * Where the file stops looking like text: a control character other than tab and line ends, or what a decoder puts in
 * place of bytes that are no UTF-8.
 */
export const firstBinaryCharacter = (lines: readonly TextLine[]): Position | undefined => {
  for (const line of lines) {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    const column = line.text.search(/[\u0000-\u0008\u000B\u000E-\u001F\uFFFD]/)
    if (column >= 0) return { line: line.number, column: column + 1 }
  }
  return undefined
}
