/** Tables of the page of two runs as SQL on their traces gives them. */
import {
  accountRows,
  componentRows,
  energyOf,
  type Expected,
  numberRows,
  type QueriedRows,
  type QueriedRun,
  queriedRun,
  type QueriedTables,
  rooflineRows,
  shown,
  splitRows,
  stageRows,
} from "./queried-tables.ts"
import { type Grouping, type QueriedWork, queriedWork } from "./queried-work.ts"

/** Work that both runs have, in the order of the first. */
const aligned = async (
  a: QueriedRun,
  b: QueriedRun,
  grouping: Grouping,
): Promise<readonly (readonly [QueriedWork, QueriedWork])[]> => {
  const others = await queriedWork(b.trace, grouping)
  return (await queriedWork(a.trace, grouping)).flatMap((work) => {
    const other = others.find(
      ({ pass, layer, stage }) => pass === work.pass && layer === work.layer && stage === work.stage,
    )
    return other === undefined ? [] : [[work, other] as const]
  })
}

/** Rows of both runs' own tables, told apart by the run's name in the first column. */
const bothRuns = (sides: readonly { readonly label: string; readonly rows: QueriedRows }[]): QueriedRows =>
  sides.flatMap(({ label, rows }) => rows.map(([first, ...rest]) => [`${first} · ${label}`, ...rest]))

const joined = (a: QueriedRows, b: QueriedRows): QueriedRows =>
  [...new Set([...a, ...b].map(([name]) => name))].map((name) => {
    const [[, before, share], [, after, part]] = [a, b].map(
      (rows) => rows.find((row) => row[0] === name) ?? [name, 0, 0],
    )
    return [name, before, after, share, part]
  })

const splitOfBoth = (a: QueriedRows, b: QueriedRows): QueriedRows => {
  const energyIn = (rows: QueriedRows, by: string | number, name: string | number): number =>
    Number(rows.find((row) => row[0] === by && row[1] === name)?.[2] ?? 0)
  return [...a, ...b].map(([by, name]) => [by, name, energyIn(a, by, name), energyIn(b, by, name)])
}

/** Every table of the page of two runs of the same work at the same clock that both have a price. */
export const queriedComparison = async (
  traces: readonly [string, string],
  labels: readonly [string, string],
): Promise<QueriedTables> => {
  const [a, b] = [await queriedRun(traces[0]), await queriedRun(traces[1])]
  const side = async (make: (run: QueriedRun) => Promise<QueriedRows>) => [
    { label: labels[0], rows: await make(a) },
    { label: labels[1], rows: await make(b) },
  ]
  const farthest = b.roofs
    .filter(({ kind }) => kind === "memory")
    .toSorted((x, y) => x.perCycle - y.perCycle)[0]
  const seconds = (run: QueriedRun, { cycles }: QueriedWork): number => cycles / run.clock
  const stages = [await stageRows(a), await stageRows(b)]
  const rows = await aligned(a, b, "pass, layer, stage")
  const slower = rows
    .filter(([x, y]) => seconds(b, y) > seconds(a, x))
    .toSorted(([w, x], [y, z]) => seconds(b, z) - seconds(a, y) - (seconds(b, x) - seconds(a, w)))
  return new Map<string, Expected>([
    [
      "time-by-stage-table",
      {
        by: 1,
        rows: stages[0].map(([name, cycles, share]) => {
          const [, after, part] = stages[1].find(([other]) => other === name) ?? ["", Number.NaN, Number.NaN]
          return [name, cycles, share, after, part, Number(cycles) - Number(after)]
        }),
      },
    ],
    [
      "speedup-by-layer-table",
      {
        by: 1,
        rows: (await aligned(a, b, "layer")).map(([x, y]) => [
          x.layer,
          x.cycles,
          y.cycles,
          seconds(a, x) / seconds(b, y),
          x.cycles / a.cycles,
        ]),
      },
    ],
    [
      "roofline-compare-table",
      { by: 1, rows: bothRuns(await side((run) => rooflineRows(run, farthest.id, 0))) },
    ],
    ["unit-breakdown-table", { by: 2, rows: bothRuns(await side(accountRows)), roundedTo: 1e-3 }],
    ["energy-splits-table", { by: 2, rows: splitOfBoth(await splitRows(a), await splitRows(b)) }],
    ["energy-by-component-table", { by: 1, rows: joined(await componentRows(a), await componentRows(b)) }],
    [
      "rows-table",
      {
        by: "place",
        rows: rows.map(([x, y]) => [
          x.layer,
          x.stage,
          x.cycles,
          y.cycles,
          seconds(a, x) / seconds(b, y),
          shown(y.nonZero / x.nonZero),
          y.cycles / b.cycles,
          energyOf(a, x) / energyOf(b, y),
        ]),
      },
    ],
    [
      "losses-table",
      {
        by: "place",
        rows: slower.map(([x, y]) => ["", "", seconds(b, y) - seconds(a, x), y.cycles / b.cycles]),
      },
    ],
    ["uncertain-numbers", { by: 1, rows: [...(await numberRows(a)), ...(await numberRows(b))] }],
  ])
}
