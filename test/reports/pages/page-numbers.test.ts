/** Numbers of pages of real runs, picked at random, against SQL on the same runs' traces. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { branchPage } from "../../../reports/pages/branch-page.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import { writeTrace } from "../../../sim/trace/parquet-store.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import { prepareRun, runOf } from "../../../src/run/prepare-run.ts"
import type { RunSpec } from "../../../src/run/run-spec.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { smallBranchRun } from "../../fixtures/small-branch-run.ts"
import { clientAssets } from "../../fixtures/client-assets.ts"
import { type PageTable, pageTables } from "./page-tables.ts"
import { queriedBranches } from "./queried-branches.ts"
import { queriedComparison } from "./queried-comparison.ts"
import { queriedRunTables, type QueriedTables, rowFor } from "./queried-tables.ts"

const spec = (part: Partial<RunSpec>): RunSpec => ({
  workload: "resnet9",
  machine: "sat-vcu1525",
  overrides: [],
  ablate: [],
  objective: "time",
  seed: 1,
  detail: "stage",
  compat: "none",
  ...part,
})

const onArray = spec({ pattern: { n: 2, m: 8 }, training: "bdwp" })
const onGpu = spec({ machine: "rtx-3090", pattern: { n: 2, m: 4 } })
const zeros = { zeros: 0.9, block: 1 } as const
const onCore = spec({ machine: "snapdragon-835", workload: "mobilenet-v1", unstructured: zeros })
const { pattern: _, ...gpuDense } = onGpu
const { unstructured: __, ...coreDense } = onCore

const folder = mkdtempSync(join(tmpdir(), "sparsim-numbers-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const written = async (name: string, trace: Trace): Promise<string> => {
  const directory = join(folder, `${name}.trace`)
  await writeTrace(directory, trace)
  return directory
}
const run = async (name: string, request: RunSpec): Promise<string> =>
  written(name, runOf(await prepareRun(request)).simulate().trace)

/** A page and the queries of all that it says. */
type Subject = () => Promise<readonly [html: string, queries: QueriedTables]>

const ofRun =
  (request: RunSpec): Subject =>
  async () => {
    const trace = await run("single", request)
    const html = runPage({ trace: await readTrace(trace) }, await clientAssets())
    return [html, await queriedRunTables(trace, [...pageTables(html).keys()])]
  }

const ofTwo =
  (before: RunSpec, after: RunSpec): Subject =>
  async () => {
    const traces = [await run("before", before), await run("after", after)] as const
    const [a, b] = [await readTrace(traces[0]), await readTrace(traces[1])]
    const html = comparePage({ a, b, labels: ["A", "B"] }, await clientAssets())
    return [html, await queriedComparison(traces, ["A", "B"])]
  }

const ofBranches: Subject = async () => {
  const trace = await written("branches", await smallBranchRun())
  const html = branchPage(await readTrace(trace), await clientAssets())
  return [html, await queriedBranches(trace)]
}

const subjects: Readonly<Record<string, Subject>> = {
  "a run on an array machine": ofRun(onArray),
  "a run on a GPU": ofRun(onGpu),
  "a run on a core": ofRun(onCore),
  "a run of a branch predictor": ofBranches,
  "two runs on an array machine": ofTwo(spec({ training: "dense" }), onArray),
  "two runs on a GPU, the slower one last": ofTwo(onGpu, gpuDense),
  "two runs on a core": ofTwo(coreDense, onCore),
}

/** To the nine digits that a page writes; a dash, which is NaN, with a dash. */
const agree = (cell: number, right: number, roundedTo = 0): boolean =>
  Object.is(cell, right) || Math.abs(cell - right) <= Math.max(roundedTo, 1e-8 * Math.abs(right))

describe.each(Object.entries(subjects))("the page of %s", (_name, subject) => {
  let tables: ReadonlyMap<string, PageTable>
  let expected: QueriedTables

  beforeAll(async () => {
    const [html, queries] = await subject()
    tables = pageTables(html)
    expected = queries
  })

  it("has no table that a query cannot give", () => {
    expect(tables.size).toBeGreaterThan(5)
    expect([...tables.keys()].filter((id) => !expected.has(id))).toEqual([])
  })

  it("has the query's number in every cell, wherever one looks", () => {
    const cells = [...tables].flatMap(([id, { rows }]) =>
      rows.flatMap((cells, row) =>
        cells.flatMap((cell, column) => (typeof cell === "number" ? [{ id, row, column, cell }] : [])),
      ),
    )
    expect(cells.length).toBeGreaterThan(200)
    fc.assert(
      fc.property(fc.constantFrom(...cells), ({ id, row, column, cell }) => {
        const table = tables.get(id)
        const queried = expected.get(id)
        if (table === undefined || queried === undefined) throw new Error(`no query for ${id}`)
        const right = rowFor(queried, table, row)[column]
        if (agree(cell, Number(right), queried.roundedTo)) return
        const place = `${id}, ${table.rows[row][0]}, ${table.columns[column]}`
        throw new Error(`${place}: ${cell} on the page, ${right} in the trace`)
      }),
      { numRuns: 1000 },
    )
  })
})
