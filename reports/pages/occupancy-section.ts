/** How products lie on an array: which processing elements hold something how often, and the folds of every stage. */
import { percentText, wholeNumber } from "../../viz/number-format.ts"
import { occupancyMap } from "../../viz/occupancy-map.ts"
import { type ArrayOccupancy, occupancyBlocks, type OccupancyMap } from "../array-occupancy.ts"
import { type DataTable, dataTable, numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import { figureMarkup } from "./figure.ts"
import { section } from "./page.ts"
import type { TipBook } from "./tip-book.ts"

/** Maps on the page; runs have three kinds of product, operators of files may have more. */
const mostMaps = 4
/** Past this many blocks a map has no tooltips: they would be pixels. */
const mostTips = 64

const nameOf = ({ stage }: OccupancyMap): string => (stage === "" ? "All products" : displayName(stage))

const range = ([from, to]: readonly [number, number]): string =>
  to - from === 1 ? String(from) : `${from}–${to - 1}`

export const occupancySection = (occupancy: ArrayOccupancy | undefined, tips: TipBook): string => {
  if (occupancy === undefined) return ""
  const { rows, cols, stages } = occupancy
  const maps = occupancy.maps.slice(0, mostMaps)
  const [whole] = maps
  const edge = stages.reduce((sum, { edgeFolds }) => sum + edgeFolds, 0)
  const folds = stages.reduce((sum, stage) => sum + stage.folds, 0)
  return section(
    "occupancy",
    `${percentText(whole.filled)} of the processing elements hold work while operands stream`,
    `Products are laid on the ${rows} × ${cols} array fold by fold; ${edge === 0 ? "all" : wholeNumber(edge)} of the ${wholeNumber(folds)} folds ${edge === 0 ? "fill it" : "leave rows or columns of it empty"}.`,
    figureMarkup({
      id: "array-occupancy",
      title: "Occupancy of the processing elements",
      caption:
        "Each square is the array, its first row and column at the top left: the darker, the larger the share of the streaming cycles in which those elements hold something. Edge folds leave the last rows and columns light.",
      draw: (frame) =>
        occupancyMap(frame, {
          rows,
          cols,
          maps: maps.map((map) => {
            const blocks = occupancyBlocks(occupancy, map)
            return {
              name: nameOf(map),
              note: `${percentText(map.filled)} filled`,
              blocks: blocks.map((block) => ({
                ...block,
                ...(blocks.length > mostTips
                  ? {}
                  : {
                      tip: tips.add({
                        title: nameOf(map),
                        lines: [
                          ["Rows", range(block.rows)],
                          ["Columns", range(block.cols)],
                          ["Hold something", `${percentText(block.share)} of the streaming cycles`],
                        ],
                        sources: [],
                      }),
                    }),
              })),
            }
          }),
        }),
      table: rectanglesTable(maps),
    }),
    `<details><summary>Folds of every layer and stage</summary>${dataTable(foldsTable(occupancy))}</details>`,
  )
}

const rectanglesTable = (maps: readonly OccupancyMap[]): DataTable => ({
  id: "array-occupancy-table",
  caption: "What folds fill of the array",
  columns: [
    { name: "Products", numeric: false },
    { name: "Rows", numeric: true },
    { name: "Columns", numeric: true },
    { name: "Folds", numeric: true },
    { name: "Streaming cycles", numeric: true },
    { name: "Share", numeric: true },
  ],
  rows: maps.flatMap((map) =>
    map.rectangles.map(({ rows, cols, folds, cycles }) => ({
      cells: [
        { text: nameOf(map) },
        numberCell(rows, wholeNumber),
        numberCell(cols, wholeNumber),
        numberCell(folds, wholeNumber),
        numberCell(cycles, wholeNumber),
        numberCell(cycles / Math.max(1, map.cycles), percentText),
      ],
    })),
  ),
})

const foldsTable = ({ stages }: ArrayOccupancy): DataTable => ({
  id: "folds-table",
  caption: "Folds of every layer and stage",
  columns: [
    { name: "Layer", numeric: false },
    { name: "Stage", numeric: false },
    { name: "Dataflow", numeric: false },
    { name: "Folds", numeric: true },
    { name: "Edge folds", numeric: true },
    { name: "Filled", numeric: true },
    { name: "Fill, drain", numeric: true },
  ],
  rows: stages.map((stage) => ({
    cells: [
      { text: displayPath(stage.layer) || displayPath(stage.pass) },
      { text: displayName(stage.stage) },
      { text: stage.dataflow === "" ? "–" : displayName(stage.dataflow).toUpperCase() },
      numberCell(stage.folds, wholeNumber),
      numberCell(stage.edgeFolds, wholeNumber),
      numberCell(stage.filled, percentText),
      numberCell(stage.fillDrain, percentText),
    ],
  })),
})
