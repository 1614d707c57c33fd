/** Roofline reports as chart data: units of the axes, which dots, which roofs apply. */
import type { Roof } from "../../sim/trace/manifest.ts"
import type { OperationCount } from "../../sim/trace/vocabulary.ts"
import { percentText, shortNumber, timesText, withUnit } from "../../viz/number-format.ts"
import { rooflineChart, type RooflineDot, type RooflineRoof } from "../../viz/roofline-chart.ts"
import type { Roofline, RooflinePoint } from "../roofline.ts"
import type { EnergyRoofline } from "../energy-roofline.ts"
import { type Cell, type DataTable, numberCell } from "./data-table.ts"
import { displayName, displayPath } from "./display-name.ts"
import type { Figure } from "./figure.ts"
import type { TipBook } from "./tip-book.ts"
import { pointTrail } from "./trails.ts"

/** Dots beyond this many, smallest in time, are left to the table of all layers. */
const mostDots = 28
/** At the roof of a unit that is no memory. */
const mostUnitDots = 8

/** The way of counting that the machine's compute roofs limit; their axis must be the same. */
export const conventionOf = (roofs: readonly Roof[]): OperationCount =>
  roofs.find(({ kind }) => kind === "compute")?.convention ?? "issued"

/**
 * Memory levels from the farthest (least bandwidth) inwards, then the units that bytes pass through, likewise; the farthest
 * memory is the one to show first.
 */
export const memoryLevels = (roofs: readonly Roof[]): readonly Roof[] =>
  (["memory", "unit"] as const).flatMap((kind) =>
    roofs.filter((roof) => roof.kind === kind).toSorted((a, b) => a.perCycle - b.perCycle),
  )

/** The levels at which work that multiplies moves anything: those with a roofline to draw. */
export const drawableLevels = ({ roofs, byLayerStage }: Roofline): readonly Roof[] => {
  const moving = byLayerStage.filter(multiplies).flatMap(({ levels }) => levels)
  return memoryLevels(roofs).filter(
    ({ kind, id }) => kind === "memory" || moving.some(({ roof, bytes }) => roof.id === id && bytes > 0),
  )
}

/** Roofs in FLOP/s and bytes/s; only the compute roofs of the axis's own convention can be drawn. */
export const drawnRoofs = (
  roofs: readonly Roof[],
  level: Roof,
  clockHertz: number,
): { readonly computeRoofs: readonly RooflineRoof[]; readonly memoryRoofs: readonly RooflineRoof[] } => {
  const convention = conventionOf(roofs)
  const drawn = (roof: Roof): RooflineRoof => ({
    name: displayName(roof.name),
    rate: roof.perCycle * clockHertz * (roof.kind === "compute" ? 2 : 1),
    provenance: roof.status,
    applies: roof.kind === "compute" || roof.id === level.id,
  })
  return {
    computeRoofs: roofs
      .filter(({ kind, convention: own }) => kind === "compute" && (own ?? "issued") === convention)
      .map(drawn),
    // The other memories stand beside this level to compare with; units are no levels of one hierarchy.
    memoryRoofs: roofs.filter(({ kind, id }) => kind === "memory" || id === level.id).map(drawn),
  }
}

const dotOf = (
  point: RooflinePoint,
  level: Roof,
  convention: OperationCount,
  name: string,
  kind: RooflineDot["kind"],
  tip: string,
): RooflineDot => ({
  name,
  intensity: intensityAt(point, level, convention) ?? Number.POSITIVE_INFINITY,
  rate: point.attained[convention].flopPerSecond,
  share: point.timeShare,
  bound: point.bound,
  kind,
  tip,
})

const multiplies = (point: RooflinePoint): boolean =>
  point.macs.issued > 0 || point.macs["dense-equivalent"] > 0

/** Every layer and stage of one run at one memory level. */
export const runRooflineFigure = (roofline: Roofline, level: Roof, tips: TipBook): Figure => {
  const convention = conventionOf(roofline.roofs)
  const points = roofline.byLayerStage.filter(multiplies)
  const shown = longestOf(roofline).slice(0, level.kind === "unit" ? mostUnitDots : mostDots)
  const leftOut = points.length - shown.length
  const silent = roofline.byLayerStage.length - points.length
  const notes = [
    leftOut > 0 ? `The ${leftOut} shortest are left to the table of all layers.` : "",
    silent > 0 ? `${silent} pieces of work multiply nothing and have no place here.` : "",
  ]
  return {
    id: `roofline-${level.id.replaceAll(/[^\w-]/g, "_")}`,
    ...(level.kind === "unit" ? { small: true as const } : {}),
    title: `Roofline at ${displayName(level.name)}`,
    caption:
      `A ring is one stage of one layer (hollow: simulated), its area is its time, its colour what binds it. On the line the machine gives all it can; below it, the distance is what is left. ${notes.filter((note) => note !== "").join(" ")}`.trim(),
    draw: (frame) =>
      rooflineChart(frame, {
        ...drawnRoofs(roofline.roofs, level, roofline.clockHertz),
        dots: shown.map((point) =>
          dotOf(
            point,
            level,
            convention,
            displayPath(point.layer, point.stage),
            "simulated",
            tips.add(pointTrail(point, roofline.clockHertz)),
          ),
        ),
        xTitle: `FLOP/byte of ${displayName(level.name)} traffic, operations ${convention}`,
        yTitle: `FLOP/s, operations ${convention}`,
      }),
  }
}

/** Longest pieces of work that multiply: those that charts and table of a run have room for. */
const longestOf = ({ byLayerStage }: Roofline): readonly RooflinePoint[] =>
  byLayerStage
    .filter(multiplies)
    .toSorted((a, b) => b.cycles - a.cycles)
    .slice(0, mostDots)

/** A dot of every stage at every memory level, joined: what lies between two is reuse, what lies together streams. */
export const hierarchyFigure = (roofline: Roofline, levels: readonly Roof[], tips: TipBook): Figure => {
  const convention = conventionOf(roofline.roofs)
  const memories = levels.filter(({ kind }) => kind === "memory")
  const dots: RooflineDot[] = []
  const joins = roofline.byStage.filter(multiplies).map((point) =>
    memories.map((level) => {
      const name = displayPath(point.stage, displayName(level.name))
      return (
        dots.push(
          dotOf(
            point,
            level,
            convention,
            name,
            "simulated",
            tips.add(pointTrail(point, roofline.clockHertz)),
          ),
        ) - 1
      )
    }),
  )
  return {
    id: "roofline-hierarchy",
    title: "Roofline at every memory level",
    caption:
      "Every stage has a dot at each memory level, at the same height; a line joins them. Distance between two is what the memory between them reuses; each dot stands against the roof of its own level.",
    draw: (frame) =>
      rooflineChart(frame, {
        computeRoofs: drawnRoofs(roofline.roofs, memories[0], roofline.clockHertz).computeRoofs,
        memoryRoofs: memories.map((level) => ({
          name: displayName(level.name),
          rate: level.perCycle * roofline.clockHertz,
          provenance: level.status,
          applies: true,
        })),
        dots,
        joins,
        xTitle: `FLOP/byte of each level's traffic, operations ${convention}`,
        yTitle: `FLOP/s, operations ${convention}`,
      }),
  }
}

/** The points of all the run's rooflines: one row a piece of work, its intensity at every level. */
export const runRooflineTable = (
  roofline: Roofline,
  levels: readonly Roof[],
  energy: EnergyRoofline | undefined,
): DataTable => {
  const convention = conventionOf(roofline.roofs)
  const costs = new Map(
    energy === undefined
      ? []
      : [energy.total, ...energy.byStage, ...energy.byLayerStage].map((point) => [
          placeOf(point),
          point.perFlop,
        ]),
  )
  return {
    id: "roofline-table",
    caption: `Points of the rooflines, operations ${convention}`,
    columns: [
      { name: "Work", numeric: false },
      ...levels.map((level) => ({ name: `FLOP/byte, ${displayName(level.name)}`, numeric: true })),
      { name: "Attained FLOP/s", numeric: true },
      { name: "Attainable FLOP/s", numeric: true },
      { name: "Slack", numeric: true },
      { name: "Share of time", numeric: true },
      { name: "Bound", numeric: false },
      { name: "Binding roof", numeric: false },
      ...(energy === undefined ? [] : [{ name: "pJ/FLOP", numeric: true }]),
    ],
    rows: [roofline.total, ...roofline.byStage, ...longestOf(roofline)].map((point) => ({
      cells: [
        { text: displayPath(point.layer, point.stage) || "whole run" },
        ...levels.map((level) => numberCell(intensityAt(point, level, convention), shortNumber)),
        ...rateCells(point, convention),
        ...(energy === undefined ? [] : [numberCell(costs.get(placeOf(point)), shortNumber)]),
      ],
    })),
  }
}

const placeOf = ({ pass, layer, stage }: Pick<RooflinePoint, "pass" | "layer" | "stage">): string =>
  JSON.stringify([pass, layer, stage])

const intensityAt = (point: RooflinePoint, level: Roof, convention: OperationCount): number | undefined =>
  point.levels.find(({ roof }) => roof.id === level.id)?.intensity[convention]

const rateCells = (point: RooflinePoint, convention: OperationCount): readonly Cell[] => [
  numberCell(point.attained[convention].flopPerSecond, (value) => withUnit(value, "")),
  numberCell(point.attainable[convention].flopPerSecond, (value) => withUnit(value, "")),
  numberCell(point.slack, timesText),
  numberCell(point.timeShare, percentText),
  { text: point.bound, mark: point.bound },
  { text: displayName(point.binding?.name ?? "none") },
]

const rooflineTable = (
  id: string,
  roofline: Roofline,
  level: Roof,
  points: readonly RooflinePoint[],
): NonNullable<Figure["table"]> => {
  const convention = conventionOf(roofline.roofs)
  return {
    id,
    caption: `Roofline at ${displayName(level.name)}, operations ${convention}`,
    columns: [
      { name: "Work", numeric: false },
      { name: "FLOP/byte", numeric: true },
      { name: "Attained FLOP/s", numeric: true },
      { name: "Attainable FLOP/s", numeric: true },
      { name: "Slack", numeric: true },
      { name: "Share of time", numeric: true },
      { name: "Bound", numeric: false },
      { name: "Binding roof", numeric: false },
    ],
    rows: points.map((point) => ({
      cells: [
        { text: displayPath(point.layer, point.stage) || "whole run" },
        numberCell(intensityAt(point, level, convention), shortNumber),
        ...rateCells(point, convention),
      ],
    })),
  }
}

export interface RooflineSide {
  readonly label: string
  readonly roofline: Roofline
}

/** The stages of two runs, an arrow from each stage of A to the same of B. */
export const compareRooflineFigure = (
  a: RooflineSide,
  b: RooflineSide,
  level: Roof,
  tips: TipBook,
): Figure => {
  const { roofs, clockHertz } = b.roofline
  const convention = conventionOf(roofs)
  const dots: RooflineDot[] = []
  const arrows: (readonly [number, number])[] = []
  const add = (side: RooflineSide, point: RooflinePoint, kind: RooflineDot["kind"], name: string): number =>
    dots.push(
      dotOf(
        point,
        level,
        convention,
        name,
        kind,
        tips.add(pointTrail(point, side.roofline.clockHertz, side.label)),
      ),
    ) - 1
  for (const point of b.roofline.byStage.filter(multiplies)) {
    const after = add(b, point, "simulated", displayPath(point.stage, b.label))
    const before = a.roofline.byStage.find(({ stage }) => stage === point.stage)
    if (before !== undefined && multiplies(before)) {
      arrows.push([add(a, before, "before", displayPath(before.stage, a.label)), after])
    }
  }
  return {
    id: "roofline-compare",
    title: `Roofline at ${displayName(level.name)}, ${displayName(a.label)} to ${displayName(b.label)}`,
    caption: `Dashed rings are ${displayName(a.label)}, full rings ${displayName(b.label)}; an arrow joins the same stage. Area is the share of the run's time, colour what binds. Sparse weights move a stage to the left (fewer operations for the same activations) until memory binds.`,
    draw: (frame) =>
      rooflineChart(frame, {
        ...drawnRoofs(roofs, level, clockHertz),
        dots,
        arrows,
        xTitle: `FLOP/byte of ${displayName(level.name)} traffic, operations ${convention}`,
        yTitle: `FLOP/s, operations ${convention}`,
      }),
    table: {
      ...rooflineTable("roofline-compare-table", b.roofline, level, []),
      rows: [a, b].flatMap((side) =>
        rooflineTable("", side.roofline, level, [side.roofline.total, ...side.roofline.byStage]).rows.map(
          (row) => ({
            ...row,
            cells: row.cells.map((cell, index) =>
              index === 0 ? { text: `${cell.text} · ${displayName(side.label)}` } : cell,
            ),
          }),
        ),
      ),
    },
  }
}

/** The memories that bind work, and the share of the time that each does, largest first. */
export const bindingMemories = ({
  byLayerStage,
}: Roofline): readonly (readonly [name: string, share: number])[] => {
  const shares = new Map<string, number>()
  for (const { bound, binding, timeShare } of byLayerStage) {
    if (bound === "memory" && binding !== undefined)
      shares.set(binding.name, (shares.get(binding.name) ?? 0) + timeShare)
  }
  return [...shares].toSorted((a, b) => b[1] - a[1])
}

/** Share of the time that is bound by memory; work at the ridge does not count. */
export const memoryBoundShare = (roofline: Roofline): number =>
  roofline.byLayerStage
    .filter(({ bound }) => bound === "memory")
    .reduce((sum, { timeShare }) => sum + timeShare, 0)
