import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { TraceError } from "../../../arch/errors.ts"
import { writeTrace } from "../../../sim/trace/parquet-store.ts"
import { queryTrace } from "../../../sim/trace/query.ts"
import { smallTraining } from "../../fixtures/small-training.ts"
import { smallTrace } from "./small-trace.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const smallTraceFolder = async (): Promise<string> => {
  const directory = join(temporaryFolder(), "it's small.trace")
  await writeTrace(directory, smallTrace())
  return directory
}

/** The message of a query that must fail, and its remedy. */
const failureOf = async (directory: string, sql: string) => {
  try {
    await queryTrace(directory, sql)
  } catch (error) {
    if (error instanceof TraceError) return error
    throw error
  }
  throw new Error(`this ran: ${sql}`)
}

describe("a query", () => {
  it("gives columns, types and rows", async () => {
    const sql =
      "SELECT kind, sum(duration) AS cycles, avg(duration) AS mean FROM spans GROUP BY kind ORDER BY kind"
    expect(await queryTrace(await smallTraceFolder(), sql)).toEqual({
      columns: ["kind", "cycles", "mean"],
      types: ["VARCHAR", "HUGEINT", "DOUBLE"],
      rows: [
        ["layer", 1000, 1000],
        ["run", 1500, 1500],
        ["tile", 1500, 500],
      ],
    })
  })

  it("shows the root's parent as NULL", async () => {
    const { rows } = await queryTrace(await smallTraceFolder(), "SELECT id FROM spans WHERE parent IS NULL")
    expect(rows).toEqual([[0]])
  })

  it("can join counters with energies, so that a total can be recomputed by hand", async () => {
    const sql = "SELECT sum(count * picojoules) FROM counters JOIN energy USING (component, action)"
    expect((await queryTrace(await smallTraceFolder(), sql)).rows).toEqual([[(4096 + 1024) * 100]])
  })

  it("sees the machine's numbers and the tracks", async () => {
    const directory = await smallTraceFolder()
    const numbers = await queryTrace(directory, "SELECT path, value, status FROM machine_numbers")
    expect(numbers.rows).toEqual([["dram.bandwidth", 64e9, "assumed"]])
    const tracks = await queryTrace(directory, "SELECT id FROM tracks WHERE exclusive")
    expect(tracks.rows).toEqual([["array"]])
  })

  it("sees the roofs, what the run was, and prices of other tables", async () => {
    const directory = join(temporaryFolder(), "real.trace")
    const trace = smallTraining()
    await writeTrace(directory, trace)
    const { clockHertz, command, energy, machine, totals } = trace.manifest
    const roofs = await queryTrace(directory, "SELECT id, per_cycle, counters, convention FROM roofs")
    expect(roofs.rows).toEqual(
      machine.roofs.map(({ id, perCycle, counters, kind, convention }) => [
        id,
        perCycle,
        counters,
        kind === "compute" ? (convention ?? "issued") : null,
      ]),
    )
    const run = await queryTrace(
      directory,
      "SELECT command, clock_hertz, cycles, energy_table, static_watts FROM run",
    )
    expect(run.rows).toEqual([[command, clockHertz, totals.cycles, energy?.name, energy?.staticWatts]])
    const others = await queryTrace(directory, "SELECT energy_table, picojoules FROM other_energy")
    expect(others.rows).toEqual(
      energy?.others?.flatMap(({ name, picojoules }) => picojoules.map((price) => [name, price])),
    )
    expect(others.rows.length).toBeGreaterThan(0)
  })

  it("gives numbers only where they are exact, and values that JSON can hold", async () => {
    const sql =
      "SELECT 9007199254740991::BIGINT, 9007199254740993::BIGINT, [1::BIGINT], NULL, 1.5::DECIMAL(4,2), 'nan'::DOUBLE"
    const { rows } = await queryTrace(await smallTraceFolder(), sql)
    expect(rows).toEqual([[9007199254740991, "9007199254740993", [1], null, 1.5, "NaN"]])
    expect(JSON.parse(JSON.stringify(rows))).toEqual(rows)
  })

  it.each([
    "SHOW TABLES",
    "DESCRIBE spans",
    "FROM spans",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "SELECT 1;",
  ])("may be %s", async (sql) => {
    expect((await queryTrace(await smallTraceFolder(), sql)).rows.length).toBeGreaterThan(0)
  })
})

describe("a query that is wrong", () => {
  it("says what DuckDB found and lists the tables and columns there are", async () => {
    const error = await failureOf(await smallTraceFolder(), "SELECT cycles FROM spans")
    expect(error.message).toMatch(/^Referenced column "cycles" not found/)
    expect(error.remedy).toContain("spans (id, parent, track, kind, name, bound, start, duration)")
    expect(error.remedy).toContain("counters (span, component, action, count)")
  })

  it.each(["SELEC 1", "SELECT * FROM span", "", "  ", "-- nothing", "SELECT 1; SELECT 2"])(
    "%j is a TraceError",
    async (sql) => {
      expect((await failureOf(await smallTraceFolder(), sql)).message).not.toMatch(/native|extracted/)
    },
  )
})

describe("a query can change nothing and see no other file", () => {
  it.each([
    (directory: string) => `COPY (SELECT 1) TO '${directory}/spans.parquet' (FORMAT parquet)`,
    (directory: string) => `EXPLAIN ANALYZE COPY (SELECT 1) TO '${directory}/spans.parquet' (FORMAT parquet)`,
    (directory: string) => `COPY (SELECT 1) TO '${directory}/new.csv'`,
    (directory: string) => `EXPORT DATABASE '${directory}/export'`,
    (directory: string) => `ATTACH '${directory}/new.db'`,
    () => "CREATE TABLE mine AS SELECT 1",
    () => "DROP VIEW spans",
    () => "DELETE FROM tracks",
    () => "SET enable_external_access = true",
    () => "INSTALL httpfs",
    (directory: string) => `SELECT * FROM read_text('${directory}/manifest.json')`,
    () => "SELECT * FROM read_text('/etc/hostname')",
    () => "SELECT * FROM glob('/*')",
    (directory: string) => `SELECT * FROM query('COPY (SELECT 1) TO ''${directory}/spans.parquet''')`,
  ])("%s", async (sql) => {
    const directory = join(temporaryFolder(), "run.trace")
    await writeTrace(directory, smallTrace())
    const before = readFileSync(join(directory, "spans.parquet"), "hex")
    expect(await failureOf(directory, sql(directory))).toBeInstanceOf(TraceError)
    expect(readFileSync(join(directory, "spans.parquet"), "hex")).toBe(before)
    expect(readdirSync(directory)).toHaveLength(3)
  })

  it("not even files of the user's that have the name of a table", async () => {
    expect(existsSync("package.json")).toBe(true)
    const error = await failureOf(await smallTraceFolder(), "SELECT * FROM 'package.json'")
    expect(error).toBeInstanceOf(TraceError)
  })
})
