/** Sums of a trace's counters over passes, layers and stages: the one table that every report starts from. */
import { TraceError } from "../arch/errors.ts"
import type { Trace } from "../sim/trace/trace.ts"
import type { Manifest } from "../sim/trace/manifest.ts"

/** A counter column: what was counted. `key` is `component.action`, as the roofs of a machine write it. */
export interface ActionColumn {
  readonly component: string
  readonly action: string
  readonly key: string
}

/**
 * Counts of one group of work. An empty pass, layer or stage means "all of them" in a total and "none" in an item that
 * stands above the stages.
 */
export interface Tally {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  /** Cycles that belong to this group and to no other group of the same split. */
  readonly cycles: number
  /** One count per `Aggregate.columns`. */
  readonly counts: Float64Array
}

/** A tally of exactly one span of work. */
export interface WorkItem extends Tally {
  /** Span id. */
  readonly span: number
  /** Extent of the span; more than `cycles` where part of it belongs to spans below. */
  readonly duration: number
  readonly start: number
  /** What the engine says bounds the span; may be empty. */
  readonly bound: string
}

export interface Aggregate {
  readonly manifest: Manifest
  /** Sorted by component, then action. */
  readonly columns: readonly ActionColumn[]
  /** In order of span id; their cycles sum to `cycles` where the trace has one root. */
  readonly items: readonly WorkItem[]
  /** Cycles of the whole run. */
  readonly cycles: number
}

/** Kinds of spans that split the run's time among them, outermost first. Units and tiles lie inside these. */
const workKinds = ["run", "pass", "layer", "stage"] as const

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/**
 * Attributes every counter to the innermost run, pass, layer or stage around it, and every cycle to the innermost one
 * that covers it.
 * @throws TraceError when a row refers to no span, or spans of work overlap inside their parent.
 */
export const aggregate = (trace: Trace): Aggregate => {
  const { spans, counters, strings } = trace
  const rankOfCode = new Int32Array(strings.length).fill(-1)
  for (const [rank, kind] of workKinds.entries()) {
    const code = strings.indexOf(kind)
    if (code >= 0) rankOfCode[code] = rank
  }

  // Parents come before children, so one sweep settles which work span holds each span.
  const holder = new Int32Array(spans.length)
  const named = workKinds.map(() => new Int32Array(spans.length).fill(-1))
  const selfCycles = Float64Array.from(spans.duration)
  const isLeaf = new Uint8Array(spans.length).fill(1)
  for (let i = 0; i < spans.length; i++) {
    const parent = spans.parent[i]
    if (parent >= i) throw brokenRow("spans.parquet", i, "parent", `span ${parent}, which comes after it`)
    if (parent >= 0) for (const column of named) column[i] = column[parent]
    const rank = rankOfCode[spans.kind[i]]
    if (rank === undefined || rank < 0) {
      holder[i] = parent < 0 ? i : holder[parent]
      continue
    }
    holder[i] = i
    named[rank][i] = spans.name[i]
    if (parent >= 0) {
      selfCycles[holder[parent]] -= spans.duration[i]
      isLeaf[holder[parent]] = 0
    }
  }

  const { columns, columnOfRow } = columnsOf(trace)
  const counted = new Uint8Array(spans.length)
  for (let row = 0; row < counters.length; row++) {
    const span = counters.span[row]
    if (span < 0 || span >= spans.length)
      throw brokenRow("counters.parquet", row, "span", `span ${span}, which is not there`)
    counted[holder[span]] = 1
  }
  const itemOfSpan = new Int32Array(spans.length).fill(-1)
  const items: WorkItem[] = []
  const nameAt = (rank: number, span: number): string => {
    const code = named[rank][span]
    return code < 0 ? "" : strings[code]
  }
  for (let i = 0; i < spans.length; i++) {
    if (holder[i] !== i) continue
    if (selfCycles[i] < 0)
      throw brokenRow("spans.parquet", i, "duration", "less than the spans inside it take")
    if (isLeaf[i] === 0 && counted[i] === 0 && selfCycles[i] === 0) continue
    itemOfSpan[i] = items.length
    items.push({
      pass: nameAt(1, i),
      layer: nameAt(2, i),
      stage: nameAt(3, i),
      cycles: selfCycles[i],
      counts: new Float64Array(columns.length),
      span: i,
      duration: spans.duration[i],
      start: spans.start[i],
      bound: strings[spans.bound[i]] ?? "",
    })
  }
  for (let row = 0; row < counters.length; row++) {
    items[itemOfSpan[holder[counters.span[row]]]].counts[columnOfRow[row]] += counters.count[row]
  }
  return { manifest: trace.manifest, columns, items, cycles: trace.manifest.totals.cycles }
}

const brokenRow = (file: string, row: number, column: string, found: string): TraceError =>
  new TraceError({
    message: `row ${row}, column ${column}: refers to ${found}`,
    place: { file, path: `${column}[${row}]` },
    remedy: "The trace is damaged or was written by a broken engine; run `sparsim trace check` on it.",
  })

/** The distinct (component, action) pairs of a trace, and for each counter row which of them it is. */
const columnsOf = (trace: Trace): { readonly columns: ActionColumn[]; readonly columnOfRow: Int32Array } => {
  const { counters, strings } = trace
  const pairs = new Map<number, number>()
  const found: ActionColumn[] = []
  const pairOfRow = new Int32Array(counters.length)
  let lastPair = -1
  let lastIndex = -1
  for (let row = 0; row < counters.length; row++) {
    const pair = counters.component[row] * strings.length + counters.action[row]
    if (pair !== lastPair) {
      let index = pairs.get(pair)
      if (index === undefined) {
        const component = strings[counters.component[row]]
        const action = strings[counters.action[row]]
        if (component === undefined || action === undefined) {
          throw brokenRow("counters.parquet", row, "component", "a string that is not in the dictionary")
        }
        index = found.push({ component, action, key: `${component}.${action}` }) - 1
        pairs.set(pair, index)
      }
      lastPair = pair
      lastIndex = index
    }
    pairOfRow[row] = lastIndex
  }
  const order = found
    .map((_, index) => index)
    .toSorted(
      (a, b) =>
        byCodeUnit(found[a].component, found[b].component) || byCodeUnit(found[a].action, found[b].action),
    )
  const sortedPlace = new Int32Array(found.length)
  for (const [place, index] of order.entries()) sortedPlace[index] = place
  for (let row = 0; row < pairOfRow.length; row++) pairOfRow[row] = sortedPlace[pairOfRow[row]]
  return { columns: order.map((index) => found[index]), columnOfRow: pairOfRow }
}

/** Which names of an item stay apart in a split; the others are summed over. */
export type Split = readonly ("pass" | "layer" | "stage")[]

/** Sums of the items that agree in the names of `split`, in order of first appearance. An empty split is the total. */
export const tallyBy = (aggregate: Aggregate, split: Split): readonly Tally[] => {
  const groups = new Map<string, { tally: Tally; cycles: number }>()
  for (const item of aggregate.items) {
    const pass = split.includes("pass") ? item.pass : ""
    const layer = split.includes("layer") ? item.layer : ""
    const stage = split.includes("stage") ? item.stage : ""
    const key = JSON.stringify([pass, layer, stage])
    let group = groups.get(key)
    if (group === undefined) {
      const counts = new Float64Array(aggregate.columns.length)
      group = { tally: { pass, layer, stage, cycles: 0, counts }, cycles: 0 }
      groups.set(key, group)
    }
    group.cycles += item.cycles
    for (let c = 0; c < item.counts.length; c++) group.tally.counts[c] += item.counts[c]
  }
  return [...groups.values()].map(({ tally, cycles }) => ({ ...tally, cycles }))
}

/** Sums over the whole run. */
export const totalOf = (aggregate: Aggregate): Tally =>
  tallyBy(aggregate, [])[0] ?? {
    pass: "",
    layer: "",
    stage: "",
    cycles: 0,
    counts: new Float64Array(aggregate.columns.length),
  }

/** Sum of the counts whose column has one of `keys`; a counter that never occurred counts zero. */
export const sumOf = (aggregate: Aggregate, tally: Tally, keys: readonly string[]): number => {
  let sum = 0
  for (const [c, column] of aggregate.columns.entries()) if (keys.includes(column.key)) sum += tally.counts[c]
  return sum
}
