/** Plain text tables: numbers to the right, text to the left, columns cut to the terminal's width. */

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => string
  readonly align?: "left" | "right"
  /** Shortened first when the table is too wide. */
  readonly flexible?: true
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" })

/** Columns that a text takes; wide East Asian characters and emoji take two. Control characters are shown as �. */
export const textWidth = (text: string): number => {
  if (/^[\x20-\x7E]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) {
    const code = segment.codePointAt(0) ?? 0
    const wide =
      (code >= 0x11_00 && code <= 0x11_5f) || (code >= 0x2e_80 && code <= 0xff_60) || code >= 0x1_f3_00
    width += wide ? 2 : 1
  }
  return width
}

/** Names come from files: control and direction characters must not reach the terminal. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD")

const shortened = (text: string, width: number): string => {
  if (textWidth(text) <= width) return text
  let out = ""
  for (const { segment } of graphemes.segment(text)) {
    if (textWidth(out + segment) > width - 1) break
    out += segment
  }
  return `${out}…`
}

const padded = (text: string, width: number, align: "left" | "right"): string => {
  const space = " ".repeat(Math.max(0, width - textWidth(text)))
  return align === "right" ? space + text : text + space
}

/** Lines of a table, each ended by a newline; two spaces between columns. */
export const table = <T>(rows: readonly T[], columns: readonly Column<T>[], width: number): string => {
  const cells = rows.map((row) => columns.map((column) => printable(column.cell(row))))
  const widths = columns.map((column, i) =>
    cells.reduce((widest, line) => Math.max(widest, textWidth(line[i])), textWidth(column.title)),
  )
  const total = widths.reduce((sum, w) => sum + w + 2, -2)
  const flexible = columns.findIndex((column) => column.flexible === true)
  if (total > width && flexible >= 0) {
    widths[flexible] = Math.max(8, widths[flexible] - (total - width))
  }
  const line = (texts: readonly string[]): string =>
    `${texts
      .map((text, i) => padded(shortened(text, widths[i]), widths[i], columns[i].align ?? "left"))
      .join("  ")
      .trimEnd()}\n`
  const rule = `${widths.map((w) => "─".repeat(w)).join("  ")}\n`
  return line(columns.map(({ title }) => title)) + rule + cells.map(line).join("")
}
