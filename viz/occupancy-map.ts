/** Arrays of processing elements, side by side, each shaded by how often its elements hold something. */
import { chart, type ChartFrame, element, isNarrow, label } from "./svg.ts"
import { shorten } from "./text-width.ts"

export interface OccupancyMapData {
  /** Processing elements down and across. */
  readonly rows: number
  readonly cols: number
  readonly maps: readonly {
    readonly name: string
    /** Under the map. */
    readonly note: string
    /** Half-open ranges of rows and columns from 0; `share` is 0 to 1. */
    readonly blocks: readonly {
      readonly rows: readonly [number, number]
      readonly cols: readonly [number, number]
      readonly share: number
      readonly tip?: string
    }[]
  }[]
}

const fontSize = 13
const gap = 28
const largest = 210

/** Opacity of a share: nothing is drawn for none, and little can still be seen. */
const shade = (share: number): number => (share === 0 ? 0 : Math.round((0.08 + 0.92 * share) * 100) / 100)

const scaleSteps = 24

/** Shades from never to always, with both ends named. */
const scale = (y: number): string => {
  const width = 6
  const left = 46
  return (
    label("never", { class: "legend", x: 0, y: y + 12.5 }) +
    Array.from({ length: scaleSteps }, (_, i) =>
      element("rect", {
        class: "c1",
        x: left + i * width,
        y: y + 2,
        width,
        height: 12,
        "fill-opacity": shade(i / (scaleSteps - 1)),
      }),
    ).join("") +
    label("always", { class: "legend", x: left + scaleSteps * width + 8, y: y + 12.5 })
  )
}

export const occupancyMap = (frame: ChartFrame, { rows, cols, maps }: OccupancyMapData): string => {
  const across = Math.min(maps.length, isNarrow(frame) ? 2 : 4)
  const room = Math.min(largest, (frame.width - (across - 1) * gap) / across)
  const pitch = room / Math.max(rows, cols)
  const [width, height] = [cols * pitch, rows * pitch]
  const top = 30
  const tall = height + 62
  const drawn = maps.map(({ name, note, blocks }, index) => {
    const x = (index % across) * (room + gap)
    const y = top + Math.floor(index / across) * tall + 24
    return element(
      "g",
      {},
      label(shorten(name, room, fontSize), { class: "name", x, y: y - 8 }),
      element("rect", { class: "idle", x, y, width, height }),
      ...blocks.map(({ rows: [from, to], cols: [left, right], share, tip }) =>
        element("rect", {
          class: "c1 cell",
          x: x + left * pitch,
          y: y + from * pitch,
          width: (right - left) * pitch,
          height: (to - from) * pitch,
          "fill-opacity": shade(share),
          "data-tip": tip,
        }),
      ),
      label(shorten(note, room + gap - 6, fontSize), { class: "muted", x, y: y + height + 17 }),
    )
  })
  return chart(frame, top + Math.ceil(maps.length / across) * tall, scale(0), ...drawn)
}
