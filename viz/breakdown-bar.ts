/** Bars of 100 %: what each hardware unit does with its cycles. */
import { legend } from "./legend.ts"
import { permilleText } from "./number-format.ts"
import { onFill } from "./on-fill.ts"
import { chart, type ChartFrame, element, emptyChart, isNarrow, label } from "./svg.ts"
import { boldWidth, shorten, textWidth } from "./text-width.ts"

export interface BreakdownPart {
  readonly name: string
  /** Tenths of a percent. */
  readonly permille: number
  readonly tip?: string
}

export interface BreakdownRow {
  readonly name: string
  readonly parts: readonly BreakdownPart[]
}

export interface BreakdownData {
  readonly rows: readonly BreakdownRow[]
  /** Class of the colour of each part name. */
  readonly marks: ReadonlyMap<string, string>
}

const fontSize = 13
const barHeight = 30

export const breakdownBar = (frame: ChartFrame, data: BreakdownData): string => {
  if (data.rows.length === 0) return emptyChart(frame, "The trace has no time account of any unit.")
  const narrow = isNarrow(frame)
  const nameWidth = narrow
    ? 0
    : Math.min(
        frame.width * 0.3,
        16 + Math.max(...data.rows.map((row) => textWidth(row.name.slice(0, 60), fontSize))),
      )
  const nameRow = narrow ? 19 : 0
  const pitch = barHeight + 12 + nameRow
  const names = [
    ...new Set(data.rows.flatMap((row) => row.parts.filter((p) => p.permille > 0).map((p) => p.name))),
  ]
  const markOf = (name: string): string => data.marks.get(name) ?? "c6"
  const key = legend(
    names.map((name) => ({ name, mark: markOf(name) })),
    frame.width,
    0,
  )
  const top = key.height + 8
  const scale = (frame.width - nameWidth) / 1000
  const rows = data.rows.map((row, index) => {
    const y = top + index * pitch + nameRow
    let at = nameWidth
    const parts = row.parts
      .filter((part) => part.permille > 0)
      .map((part) => {
        const width = part.permille * scale
        const left = at
        at += width
        const long = `${part.name} ${permilleText(part.permille)}`
        const short = permilleText(part.permille)
        const text = [long, short].find((candidate) => boldWidth(candidate, fontSize) + 12 <= width)
        return element(
          "g",
          { "data-tip": part.tip },
          element("rect", { class: `${markOf(part.name)} part`, x: left, y, width, height: barHeight }),
          text === undefined
            ? ""
            : label(text, { class: onFill(markOf(part.name)), x: left + 8, y: y + barHeight / 2 + 4.5 }),
        )
      })
    return (
      label(shorten(row.name, narrow ? frame.width : nameWidth - 12, fontSize), {
        class: "name",
        x: narrow ? 0 : nameWidth - 12,
        y: narrow ? y - 6 : y + barHeight / 2 + 4.5,
        "text-anchor": narrow ? "start" : "end",
      }) + parts.join("")
    )
  })
  return chart(frame, top + data.rows.length * pitch, key.markup, ...rows)
}
