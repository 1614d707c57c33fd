/** Tables of a page as SQL on the trace alone gives them, to compare with what stands on the page. */
import { queryTrace } from "../../../sim/trace/query.ts"
import { foldRows, kernelRows, launchRows, operatorRows, rectangleRows } from "./queried-panels.ts"
import type { PageTable } from "./page-tables.ts"
import { type QueriedWork, queriedWork } from "./queried-work.ts"

/** Rows of a table without its column names. */
export type QueriedRows = readonly (readonly (string | number)[])[]

export interface QueriedRun {
  readonly trace: string
  readonly clock: number
  readonly cycles: number
  /** Picojoules of static power per cycle. */
  readonly staticPerCycle: number
  readonly roofs: readonly {
    readonly id: string
    readonly name: string
    readonly kind: string
    readonly perCycle: number
    readonly convention: string
  }[]
}

const numbersOf = async (trace: string, sql: string): Promise<readonly (readonly number[])[]> =>
  (await queryTrace(trace, sql)).rows.map((row) => row.map(Number))

export const queriedRun = async (trace: string): Promise<QueriedRun> => {
  const [[clock, cycles, watts]] = await numbersOf(trace, "SELECT clock_hertz, cycles, static_watts FROM run")
  const roofs = await queryTrace(trace, "SELECT id, name, kind, per_cycle, convention FROM roofs")
  return {
    trace,
    clock,
    cycles,
    staticPerCycle: (watts / clock) * 1e12,
    roofs: roofs.rows.map(([id, name, kind, perCycle, convention]) => ({
      id: String(id),
      name: String(name),
      kind: String(kind),
      perCycle: Number(perCycle),
      convention: String(convention),
    })),
  }
}

export const energyOf = (run: QueriedRun, work: QueriedWork): number =>
  work.dynamic + run.staticPerCycle * work.cycles

/** Utilisation is of the roof that limits issued operations; undefined where there is none. */
const issuedPeak = ({ roofs }: QueriedRun): number | undefined =>
  roofs.find(({ kind, convention }) => kind === "compute" && convention === "issued")?.perCycle

/** A number, or nothing where the page shows a dash. */
export const shown = (value: number): number => (Number.isFinite(value) ? value : Number.NaN)

const layerRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const peak = issuedPeak(run)
  return (await queriedWork(run.trace, "pass, layer, stage")).map((work) => [
    work.layer,
    work.stage === "" ? "other" : work.stage,
    work.start,
    work.cycles,
    work.cycles / run.cycles,
    work.nonZero,
    peak === undefined ? Number.NaN : shown(work.useful / (peak * work.cycles)),
    shown(work.cycles / work.least),
    "",
    energyOf(run, work),
  ])
}

const multiplies = ({ macs }: QueriedWork): boolean =>
  (macs["issued"] ?? 0) > 0 || (macs["dense-equivalent"] ?? 0) > 0

/** The points of all rooflines of a run: intensity at each memory, and each unit that products pass, then rates and costs. */
const rooflinePoints = async (run: QueriedRun): Promise<QueriedRows> => {
  const convention = run.roofs.find(({ kind }) => kind === "compute")?.convention ?? "issued"
  const places = (await queriedWork(run.trace, "pass, layer, stage")).filter(multiplies)
  const levels = ["memory", "unit"].flatMap((wanted) =>
    run.roofs
      .filter(
        ({ kind, id }) => kind === wanted && (kind === "memory" || places.some(({ bytes }) => bytes[id] > 0)),
      )
      .toSorted((a, b) => a.perCycle - b.perCycle),
  )
  const works = [
    ...(await queriedWork(run.trace, "run")),
    ...(await queriedWork(run.trace, "stage")),
    ...places.toSorted((a, b) => b.cycles - a.cycles).slice(0, 28),
  ]
  return works.map((work) => {
    const flop = 2 * (work.macs[convention] ?? 0)
    return [
      "",
      ...levels.map(({ id }) => shown(flop / work.bytes[id])),
      shown((flop / work.cycles) * run.clock),
      work.least === 0 ? 0 : (flop / work.least) * run.clock,
      shown(work.cycles / work.least),
      work.cycles / run.cycles,
      "",
      "",
      shown(energyOf(run, work) / flop),
    ]
  })
}

/** The whole run, its stages, and the longest pieces of work that multiply, `pieces` of them. */
export const rooflineRows = async (run: QueriedRun, roofId: string, pieces: number): Promise<QueriedRows> => {
  const convention = run.roofs.find(({ kind }) => kind === "compute")?.convention ?? "issued"
  const whole = await queriedWork(run.trace, "run")
  const stages = await queriedWork(run.trace, "stage")
  const longest = (await queriedWork(run.trace, "pass, layer, stage"))
    .filter(multiplies)
    .toSorted((a, b) => b.cycles - a.cycles)
    .slice(0, pieces)
  return [...whole, ...stages, ...longest].map((work) => {
    const flop = 2 * (work.macs[convention] ?? 0)
    return [
      [work.layer, work.stage].filter((name) => name !== "").join(" · ") || "whole run",
      shown(flop / work.bytes[roofId]),
      shown((flop / work.cycles) * run.clock),
      work.least === 0 ? 0 : (flop / work.least) * run.clock,
      shown(work.cycles / work.least),
      work.cycles / run.cycles,
      "",
      "",
    ]
  })
}

export const stageRows = async (run: QueriedRun): Promise<QueriedRows> =>
  (await queriedWork(run.trace, "stage")).map(({ stage, cycles }) => [
    stage === "" ? "other" : stage,
    cycles,
    cycles / run.cycles,
  ])

export const accountRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH causes AS (
       SELECT tracks.name, replace(action, 'stall.', '') AS cause, sum(count) AS cycles
       FROM counters JOIN tracks ON component = 'time.' || tracks.id WHERE exclusive GROUP BY ALL HAVING cycles > 0
     )
     SELECT * FROM causes
     UNION ALL SELECT name, 'unused', (SELECT cycles FROM run) - sum(cycles) AS rest FROM causes GROUP BY name HAVING rest > 0`,
  )
  return rows.map(([name, cause, cycles]) => [
    String(name),
    String(cause),
    Number(cycles),
    Number(cycles) / run.cycles,
  ])
}

export const componentRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    "SELECT component, sum(count * picojoules) FROM counters JOIN energy USING (component, action) GROUP BY component",
  )
  const parts: (readonly [string, number])[] = rows.map(([name, energy]) => [String(name), Number(energy)])
  if (run.staticPerCycle > 0) parts.push(["static", run.staticPerCycle * run.cycles])
  const total = parts.reduce((sum, [, energy]) => sum + energy, 0)
  return parts.map(([name, energy]) => [name, energy, energy / total])
}

export const splitRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH spent AS (SELECT component, action, sum(count * picojoules) AS energy
       FROM counters JOIN energy USING (component, action) GROUP BY ALL),
     levels AS (SELECT DISTINCT name, regexp_replace(unnest(counters), '[.][^.]*$', '') AS component
       FROM roofs WHERE kind = 'memory')
     SELECT 'Action', component || ' ' || action, energy FROM spent
     UNION ALL SELECT 'Memory level', coalesce(name, 'elsewhere on chip'), sum(energy)
       FROM spent LEFT JOIN levels USING (component) GROUP BY name`,
  )
  const fixed = run.staticPerCycle * run.cycles
  return [
    ...rows.map(([by, name, energy]) => [String(by), String(name), Number(energy)]),
    ["Action", "static", fixed],
    ["Memory level", "static", fixed],
    ...(await queriedWork(run.trace, "stage")).map((work) => [
      "Stage",
      work.stage === "" ? "other" : work.stage,
      energyOf(run, work),
    ]),
  ]
}

export const numberRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `SELECT path, written FROM machine_numbers
     UNION ALL SELECT component || '.' || action, picojoules FROM energy`,
  )
  return rows.map(([path, written]) => [String(path), Number(written)])
}

/** Prices of an action that counted something, by each table that has one for all of them; the run's own among them. */
const completeTables = `
  WITH counted AS (SELECT component, action, sum(count) AS count FROM counters GROUP BY ALL HAVING sum(count) > 0),
  priced AS (
    SELECT energy_table, component, action, picojoules FROM energy CROSS JOIN run
    UNION ALL SELECT * FROM other_energy
  ),
  bought AS (SELECT * FROM priced JOIN counted USING (component, action)),
  complete AS (SELECT energy_table FROM bought GROUP BY energy_table HAVING count(picojoules) = count(*))`

export const tableRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const [whole] = await queriedWork(run.trace, "run")
  const { rows } = await queryTrace(
    run.trace,
    `${completeTables} SELECT energy_table, sum(count * picojoules) FROM bought JOIN complete USING (energy_table) GROUP BY ALL`,
  )
  return rows.map(([name, dynamic]) => {
    const total = Number(dynamic) + run.staticPerCycle * run.cycles
    return [String(name), "", total, total / energyOf(run, whole)]
  })
}

export const swingRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const [own] = await queriedWork(run.trace, "run")
  const total = energyOf(run, own)
  const { rows } = await queryTrace(
    run.trace,
    `${completeTables}
     SELECT component || ' ' || action, count * (min(bought.picojoules) - any_value(energy.picojoules)),
       count * (max(bought.picojoules) - any_value(energy.picojoules))
     FROM bought JOIN complete USING (energy_table) JOIN energy USING (component, action)
     GROUP BY component, action, count`,
  )
  return rows.map(([name, least, greatest]) => [
    String(name),
    total + Number(least),
    total + Number(greatest),
    "",
    "",
  ])
}

/** How the rows of a table are told apart: by place, or by their first columns. */
export interface Expected {
  readonly rows: QueriedRows
  readonly by: "place" | 1 | 2 | 3
  /** Printed shares of a whole are rounded so that they sum to it. */
  readonly roundedTo?: number
}

export type QueriedTables = ReadonlyMap<string, Expected>

/** Every table of the page of a run on an array machine, a GPU or a core; `ids` are those that there are. */
export const queriedRunTables = async (trace: string, ids: readonly string[]): Promise<QueriedTables> => {
  const run = await queriedRun(trace)
  const expected = new Map<string, Expected>()
  const add = async (id: string, make: () => Promise<Expected>): Promise<void> => {
    if (ids.includes(id)) expected.set(id, await make())
  }
  await add("roofline-table", async () => ({ rows: await rooflinePoints(run), by: "place" }))
  await add("array-occupancy-table", async () => ({ rows: await rectangleRows(run), by: 3 }))
  await add("folds-table", async () => ({ rows: await foldRows(run), by: 2 }))
  await add("kernel-waves-table", async () => ({ rows: await kernelRows(run), by: 2 }))
  await add("launches-table", async () => ({ rows: await launchRows(run), by: "place" }))
  await add("operators-table", async () => ({ rows: await operatorRows(run), by: "place" }))
  await add("layers-table", async () => ({ rows: await layerRows(run), by: "place" }))
  await add("time-by-stage-table", async () => ({ rows: await stageRows(run), by: 1 }))
  await add("unit-breakdown-table", async () => ({ rows: await accountRows(run), by: 2, roundedTo: 1e-3 }))
  await add("energy-splits-table", async () => ({ rows: await splitRows(run), by: 2 }))
  await add("energy-by-component-table", async () => ({ rows: await componentRows(run), by: 1 }))
  await add("uncertain-numbers", async () => ({ rows: await numberRows(run), by: 1 }))
  await add("energy-tables-table", async () => ({ rows: await tableRows(run), by: 1 }))
  await add("energy-tornado-table", async () => ({ rows: await swingRows(run), by: 1 }))
  return expected
}

/** A page may begin a name with a capital. */
const isNamed = (key: string | number, cell: string | number): boolean =>
  String(key).toLowerCase() === String(cell).toLowerCase()

/** The row of the query that a row of the page is about. */
export const rowFor = (expected: Expected, table: PageTable, place: number): readonly (string | number)[] => {
  const row = table.rows[place]
  const { by } = expected
  const found =
    by === "place"
      ? expected.rows[place]
      : expected.rows.find((other) => other.slice(0, by).every((key, i) => isNamed(key, row[i])))
  if (found === undefined) throw new Error(`The trace knows nothing of ${row.slice(0, 2).join(", ")}.`)
  return found
}
