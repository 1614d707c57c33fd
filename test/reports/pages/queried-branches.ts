/** Tables of the page of a run of a branch predictor as SQL on its trace gives them. */
import { queryTrace } from "../../../sim/trace/query.ts"
import {
  accountRows,
  componentRows,
  numberRows,
  type QueriedRows,
  queriedRun,
  type QueriedTables,
  swingRows,
  tableRows,
} from "./queried-tables.ts"

type Windows = readonly Readonly<Record<string, number>>[]

/** Windows in the order of the program, with what was counted and the cycles they take. */
const windowsOf = async (trace: string): Promise<Windows> => {
  const columns = ["instructions", "mispredictions", "cycles", "lost"] as const
  const sum = (component: string, action: string): string =>
    `coalesce(sum(count) FILTER (component = '${component}' AND action = '${action}'), 0)`
  const { rows } = await queryTrace(
    trace,
    `SELECT ${sum("branch", "instructions")}, ${sum("branch", "mispredictions")}, any_value(duration),
       ${sum("time.core", "stall.mispredicted")}
     FROM spans JOIN counters ON counters.span = spans.id WHERE kind = 'stage' GROUP BY spans.id ORDER BY spans.id`,
  )
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, Number(row[i])])))
}

const branchRows = async (trace: string, mispredictions: number): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    trace,
    `WITH branches AS (
       SELECT component[15:] AS address, sum(count) FILTER (action = 'executions') AS executions,
         coalesce(sum(count) FILTER (action = 'taken'), 0) AS taken, sum(count) FILTER (action = 'misses') AS misses
       FROM counters WHERE starts_with(component, 'static-branch.') GROUP BY component
     )
     SELECT address, executions, taken / executions, misses, misses / ${mispredictions},
       (SELECT sum(misses) FROM branches other WHERE other.misses >= branches.misses) / ${mispredictions}, 1 - misses / executions
     FROM branches`,
  )
  return rows.map(([address, ...numbers]) => [String(address), ...numbers.map(Number)])
}

/** Neighbours together, so that there are at most `most`. */
const merged = (windows: Windows, most: number): Windows => {
  const each = Math.ceil(windows.length / most)
  return Array.from({ length: Math.ceil(windows.length / each) }, (_, i) =>
    windows.slice(i * each, (i + 1) * each).reduce((sum, window) => {
      const both: Record<string, number> = {}
      for (const [column, count] of Object.entries(window)) both[column] = sum[column] + count
      return both
    }),
  )
}

/** Of a trace without warm-up; a page draws at most 128 windows over the run and 100 under the roof. */
export const queriedBranches = async (trace: string): Promise<QueriedTables> => {
  const run = await queriedRun(trace)
  const windows = await windowsOf(trace)
  const of = (column: string): number => windows.reduce((sum, window) => sum + window[column], 0)
  const width = run.roofs.find(({ id }) => id === "dispatch")?.perCycle ?? Number.NaN
  const penalty = of("lost") / of("mispredictions")
  const total = {
    instructions: of("instructions"),
    mispredictions: of("mispredictions"),
    cycles: of("cycles"),
  }
  let from = 0
  const overRun = merged(windows, 128).map(({ instructions, mispredictions, cycles, lost }) => {
    const start = from
    from += instructions
    const mpki = (1000 * mispredictions) / instructions
    return [start, "measured", instructions, mispredictions, mpki, instructions / cycles, lost / cycles]
  })
  const point = (name: string, { instructions, mispredictions, cycles }: Record<string, number>) => {
    const distance = instructions / mispredictions
    return [
      name,
      Number.isFinite(distance) ? distance : Number.NaN,
      instructions / cycles,
      1 / (1 / width + penalty / distance),
      cycles / total.cycles,
    ]
  }
  return new Map([
    ["mpki-over-run-table", { by: "place", rows: overRun }],
    [
      "instruction-roofline-table",
      {
        by: 1,
        rows: [
          point("whole run", total),
          ...merged(windows, 100).map((window, i) => point(`window ${i + 1}`, window)),
        ],
      },
    ],
    ["branches-table", { by: 1, rows: await branchRows(trace, total.mispredictions) }],
    ["unit-breakdown-table", { by: 2, rows: await accountRows(run), roundedTo: 1e-3 }],
    ["energy-by-component-table", { by: 1, rows: await componentRows(run) }],
    ["energy-tables-table", { by: 1, rows: await tableRows(run) }],
    ["energy-tornado-table", { by: 1, rows: await swingRows(run) }],
    ["uncertain-numbers", { by: 1, rows: await numberRows(run) }],
  ])
}
