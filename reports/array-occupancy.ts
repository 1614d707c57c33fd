/** How a run's products lie on the processing elements of an array: what their folds fill, and for how long. */
import type { Trace } from "../sim/trace/trace.ts"
import { type Aggregate, sumOf, type Tally, tallyBy } from "./aggregate.ts"
import { unitNames } from "./unit-names.ts"

/** Folds that fill `rows` × `cols` processing elements; `cycles` stream through them. */
export interface FilledRectangle {
  readonly rows: number
  readonly cols: number
  readonly folds: number
  readonly cycles: number
}

/** The folds of one stage of one layer. */
export interface StageFolds {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  /** Dataflow of its products: os, ws, is, or several joined by "+". */
  readonly dataflow: string
  readonly folds: number
  /** Folds that leave rows or columns of the array empty. */
  readonly edgeFolds: number
  /** Mean share of processing elements that hold something while operands stream, 0 to 1. */
  readonly filled: number
  /** Share of the stage's cycles, 0 to 1. */
  readonly fillDrain: number
}

/** What all products of a kind of stage fill together; `stage` is empty for the whole run. */
export interface OccupancyMap {
  readonly stage: string
  readonly cycles: number
  readonly filled: number
  /** Largest first. */
  readonly rectangles: readonly FilledRectangle[]
}

export interface ArrayOccupancy {
  readonly rows: number
  readonly cols: number
  /** The whole run, then its stages where there are several. */
  readonly maps: readonly OccupancyMap[]
  readonly stages: readonly StageFolds[]
}

const prefix = "filled."

const rectanglesOf = ({ columns }: Aggregate, { counts }: Tally): readonly FilledRectangle[] => {
  const found = new Map<string, { folds: number; cycles: number }>()
  for (const [c, { component, action }] of columns.entries()) {
    if (!component.startsWith(prefix) || counts[c] === 0) continue
    const size = component.slice(prefix.length)
    const sums = found.get(size) ?? { folds: 0, cycles: 0 }
    if (action === "folds") sums.folds += counts[c]
    else sums.cycles += counts[c]
    found.set(size, sums)
  }
  return [...found]
    .map(([size, sums]) => {
      const [rows, cols] = size.split("x").map(Number)
      return { rows, cols, ...sums }
    })
    .toSorted((a, b) => b.rows * b.cols - a.rows * a.cols || b.rows - a.rows)
}

const cyclesOf = (rectangles: readonly FilledRectangle[]): number =>
  rectangles.reduce((sum, { cycles }) => sum + cycles, 0)

/** Undefined for a run whose trace says nothing of folds. */
export const arrayOccupancy = (trace: Trace, run: Aggregate): ArrayOccupancy | undefined => {
  const byStage = tallyBy(run, ["stage"])
    .map((tally) => ({ stage: tally.stage, rectangles: rectanglesOf(run, tally) }))
    .filter(({ rectangles }) => rectangles.length > 0)
  if (byStage.length === 0) return undefined
  const [whole] = tallyBy(run, [])
  const all = rectanglesOf(run, whole)
  const size = (path: string, filled: readonly number[]): number =>
    run.manifest.machine.numbers.find((number) => number.path === path)?.value ?? Math.max(...filled)
  const rows = size(
    "array.rows",
    all.map((rectangle) => rectangle.rows),
  )
  const cols = size(
    "array.cols",
    all.map((rectangle) => rectangle.cols),
  )
  const filledOf = (rectangles: readonly FilledRectangle[]): number => {
    const filled = rectangles.reduce((sum, r) => sum + r.rows * r.cols * r.cycles, 0)
    return filled / Math.max(1, rows * cols * cyclesOf(rectangles))
  }
  const mapOf = (stage: string, rectangles: readonly FilledRectangle[]): OccupancyMap => ({
    stage,
    cycles: cyclesOf(rectangles),
    filled: filledOf(rectangles),
    rectangles,
  })
  const dataflows = unitNames(trace, "array")
  return {
    rows,
    cols,
    maps: [
      mapOf("", all),
      ...(byStage.length > 1 ? byStage.map(({ stage, rectangles }) => mapOf(stage, rectangles)) : []),
    ],
    stages: run.items.flatMap((item) => {
      const rectangles = rectanglesOf(run, item)
      if (rectangles.length === 0) return []
      const folds = rectangles.reduce((sum, rectangle) => sum + rectangle.folds, 0)
      const whole = rectangles.find((r) => r.rows === rows && r.cols === cols)?.folds ?? 0
      const cycles = Math.max(1, item.duration)
      return [
        {
          pass: item.pass,
          layer: item.layer,
          stage: item.stage,
          dataflow: dataflows.get(item.span) ?? "",
          folds,
          edgeFolds: folds - whole,
          filled: filledOf(rectangles),
          fillDrain: sumOf(run, item, ["time.array.stall.fill-drain"]) / cycles,
        },
      ]
    }),
  }
}

/** A block of processing elements that are all filled in the same cycles; half-open ranges from 0. */
export interface OccupancyBlock {
  readonly rows: readonly [number, number]
  readonly cols: readonly [number, number]
  /** Share of the streaming cycles in which they hold something, 0 to 1. */
  readonly share: number
}

const edges = (sizes: readonly number[], whole: number): readonly number[] =>
  [...new Set([0, ...sizes, whole])].toSorted((a, b) => a - b)

/** The map cut along the edges of its rectangles. */
export const occupancyBlocks = (
  { rows, cols }: Pick<ArrayOccupancy, "rows" | "cols">,
  { rectangles, cycles }: OccupancyMap,
): readonly OccupancyBlock[] => {
  const down = edges(
    rectangles.map((r) => r.rows),
    rows,
  )
  const across = edges(
    rectangles.map((r) => r.cols),
    cols,
  )
  return down.slice(1).flatMap((bottom, i) =>
    across.slice(1).map((right, j): OccupancyBlock => {
      const filled = cyclesOf(rectangles.filter((r) => r.rows >= bottom && r.cols >= right))
      return { rows: [down[i], bottom], cols: [across[j], right], share: filled / Math.max(1, cycles) }
    }),
  )
}
