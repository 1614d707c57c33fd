/** Run A against run B, aligned by pass, layer and stage. Ratios above 1 say that B is better. */
import { cycles, cyclesToSeconds, hertz } from "../arch/units.ts"
import { type Aggregate, type Split, tallyBy, type Tally, totalOf } from "./aggregate.ts"
import { energyOf, pricing, type Pricing } from "./energy.ts"
import { type OperationCounts, operationsOf } from "./operation-counts.ts"
import { pairLabels } from "./run-label.ts"
import { type Utilisation, utilisationOf } from "./utilisation.ts"

/** One run's share of an aligned row. */
export interface Measured {
  readonly cycles: number
  readonly seconds: number
  /** Undefined where the run has no energy table. */
  readonly picojoules: number | undefined
  readonly macs: OperationCounts
}

export interface AlignedRow {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly a: Measured
  readonly b: Measured
  /** Time of A / time of B; infinite where B takes none. */
  readonly speedup: number
  /** Energy of A / energy of B. */
  readonly energyRatio: number | undefined
}

export interface OneSidedRow {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly measured: Measured
}

export interface Side extends Measured {
  readonly label: string
  readonly utilisation: Utilisation | undefined
}

export interface Comparison {
  readonly a: Side
  readonly b: Side
  readonly speedup: number
  readonly energyRatio: number | undefined
  /** Operations that A must do / that B must do, in structural non-zeros: the speed-up if only operations took time. */
  readonly operationRatio: number | undefined
  readonly byStage: readonly AlignedRow[]
  readonly byLayer: readonly AlignedRow[]
  /**
   * Speed-up of the rows that multiply, alone: what pruning gained where it could. Undefined where every row multiplies, or
   * none.
   */
  readonly productSpeedup: number | undefined
  /** Every pass × layer × stage that both runs have. */
  readonly rows: readonly AlignedRow[]
  /** Rows on which B takes longer, most time lost first. */
  readonly slower: readonly AlignedRow[]
  readonly onlyInA: readonly OneSidedRow[]
  readonly onlyInB: readonly OneSidedRow[]
}

interface Aligned {
  readonly both: readonly AlignedRow[]
  readonly onlyInA: readonly OneSidedRow[]
  readonly onlyInB: readonly OneSidedRow[]
}

/** Compares two runs. `labels` overrides the names that the runs' settings give them. */
export const compare = (a: Aggregate, b: Aggregate, labels?: readonly [string, string]): Comparison => {
  const [labelA, labelB] = labels ?? pairLabels(a.manifest, b.manifest)
  const measureA = measuring(a)
  const measureB = measuring(b)
  const totalA = totalOf(a)
  const totalB = totalOf(b)
  const sideA: Side = { ...measureA(totalA), label: labelA, utilisation: utilisationOf(a, totalA) }
  const sideB: Side = { ...measureB(totalB), label: labelB, utilisation: utilisationOf(b, totalB) }
  const align = (split: Split): Aligned => alignRows(tallyBy(a, split), tallyBy(b, split), measureA, measureB)
  const finest = align(["pass", "layer", "stage"])
  const lost = (row: AlignedRow): number => row.b.seconds - row.a.seconds
  return {
    a: sideA,
    b: sideB,
    speedup: sideA.seconds / sideB.seconds,
    energyRatio: ratio(sideA.picojoules, sideB.picojoules),
    operationRatio:
      sideB.macs["non-zero"] === 0 ? undefined : sideA.macs["non-zero"] / sideB.macs["non-zero"],
    productSpeedup: productSpeedup(finest.both),
    byStage: align(["stage"]).both,
    byLayer: align(["layer"]).both,
    rows: finest.both,
    slower: finest.both.filter((row) => lost(row) > 0).toSorted((x, y) => lost(y) - lost(x)),
    onlyInA: finest.onlyInA,
    onlyInB: finest.onlyInB,
  }
}

/** Time of A ÷ time of B over the rows that multiply; undefined where no row is without products, or all are. */
const productSpeedup = (rows: readonly AlignedRow[]): number | undefined => {
  const products = rows.filter(({ a }) => a.macs["dense-equivalent"] > 0)
  if (products.length === 0 || products.length === rows.length) return undefined
  const seconds = (side: "a" | "b"): number => products.reduce((sum, row) => sum + row[side].seconds, 0)
  return seconds("a") / seconds("b")
}

type Measure = (tally: Tally) => Measured

const measuring = (aggregate: Aggregate): Measure => {
  const clock = hertz(aggregate.manifest.clockHertz)
  const prices: Pricing | undefined = pricing(aggregate)
  return (tally) => ({
    cycles: tally.cycles,
    seconds: cyclesToSeconds(cycles(tally.cycles), clock),
    picojoules: prices === undefined ? undefined : energyOf(prices, tally).total,
    macs: operationsOf(aggregate, tally),
  })
}

const ratio = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined || b === 0 ? undefined : a / b

const keyOf = (tally: Tally): string => JSON.stringify([tally.pass, tally.layer, tally.stage])

const alignRows = (
  a: readonly Tally[],
  b: readonly Tally[],
  measureA: Measure,
  measureB: Measure,
): Aligned => {
  const inB = new Map(b.map((tally) => [keyOf(tally), tally]))
  const inA = new Set(a.map(keyOf))
  const both: AlignedRow[] = []
  const onlyInA: OneSidedRow[] = []
  for (const tally of a) {
    const { pass, layer, stage } = tally
    const other = inB.get(keyOf(tally))
    const left = measureA(tally)
    if (other === undefined) {
      onlyInA.push({ pass, layer, stage, measured: left })
      continue
    }
    const right = measureB(other)
    both.push({
      pass,
      layer,
      stage,
      a: left,
      b: right,
      speedup: left.seconds / right.seconds,
      energyRatio: ratio(left.picojoules, right.picojoules),
    })
  }
  const onlyInB = b
    .filter((tally) => !inA.has(keyOf(tally)))
    .map((tally) => ({
      pass: tally.pass,
      layer: tally.layer,
      stage: tally.stage,
      measured: measureB(tally),
    }))
  return { both, onlyInA, onlyInB }
}
