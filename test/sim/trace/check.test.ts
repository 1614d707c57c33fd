import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TraceBuilder } from "../../../sim/trace/builder.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { buildTrace, manifestHead, trace, type TraceRecipe } from "../../arbitraries/trace.ts"
import { smallRecipe, smallTrace } from "./small-trace.ts"

it("a well-formed trace has no problems", () => {
  expect(checkTrace(smallTrace())).toEqual([])
  fc.assert(
    fc.property(trace(), (wellFormed) => {
      expect(checkTrace(wellFormed)).toEqual([])
    }),
  )
})

it("an empty trace has no problems", () => {
  expect(checkTrace(new TraceBuilder().finish(manifestHead))).toEqual([])
})

/** Problems of the small trace with some of its rows changed. */
const problemsWith = (change: (recipe: TraceRecipe) => TraceRecipe) =>
  checkTrace(buildTrace(change(smallRecipe)))

const withSpan = (row: number, change: Partial<TraceRecipe["spans"][number]>) =>
  problemsWith((recipe) => ({
    ...recipe,
    spans: recipe.spans.map((span, id) => (id === row ? { ...span, ...change } : span)),
  }))

const withCount = (row: number, count: number) =>
  problemsWith((recipe) => ({
    ...recipe,
    counters: recipe.counters.map((counter, index) => (index === row ? { ...counter, count } : counter)),
  }))

describe("spans", () => {
  it("must lie inside their parents", () => {
    expect(withSpan(4, { parent: 1 })).toMatchObject([{ file: "spans.parquet", row: 4, column: "parent" }])
  })

  it("must not overlap on an exclusive track if they are of one kind", () => {
    expect(withSpan(4, { start: 999, duration: 501 })).toMatchObject([
      {
        file: "spans.parquet",
        row: 4,
        column: "start",
        message: expect.stringMatching(/before span 3 ends at 1000/),
      },
    ])
  })

  it("are compared with the longest ahead of them, not only with their neighbour", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "t", name: "t", exclusive: true })
    for (const [start, duration] of [
      [0, 10],
      [2, 1],
      [5, 1],
    ]) {
      builder.span(-1, track, 0, 0, 0, start, duration)
    }
    expect(checkTrace(builder.finish(manifestHead)).map(({ row }) => row)).toEqual([1, 2])
  })

  it("are found to overlap in whatever order they were written", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "t", name: "t", exclusive: true })
    builder.span(-1, track, 0, 0, 0, 10, 5)
    builder.span(-1, track, 0, 0, 0, 20, 5)
    builder.span(-1, track, 0, 0, 0, 8, 3)
    expect(checkTrace(builder.finish(manifestHead)).map(({ row }) => row)).toEqual([0])
  })

  it("may overlap on a shared track, or if their kinds differ", () => {
    expect(withSpan(4, { start: 999, duration: 501, track: 0 })).toEqual([])
    expect(withSpan(4, { start: 999, duration: 501, kind: "unit" })).toEqual([])
  })

  it("of no cycles overlap nothing", () => {
    expect(withSpan(4, { parent: 1, start: 500, duration: 0 })).toEqual([])
  })

  it("must end before cycle 2^53, where numbers stop being exact", () => {
    const builder = new TraceBuilder()
    const track = builder.track({ id: "t", name: "t", exclusive: true })
    builder.span(-1, track, 0, 0, 0, 2 ** 53 - 2, 2)
    expect(checkTrace(builder.finish(manifestHead))).toMatchObject([{ row: 0, column: "duration" }])
  })

  it("must have whole, non-negative cycles, an existing track and an earlier parent", () => {
    expect(withSpan(4, { duration: 0.5 }).map(({ column }) => column)).toContain("duration")
    expect(withSpan(4, { start: -1 }).map(({ column }) => column)).toContain("start")
    expect(withSpan(4, { start: Number.NaN }).map(({ column }) => column)).toContain("start")
    expect(withSpan(2, { parent: 3 })).toMatchObject([{ row: 2, column: "parent" }])
    const onNoTrack = smallTrace()
    onNoTrack.spans.track[4] = 9
    expect(checkTrace(onNoTrack)).toMatchObject([{ row: 4, column: "track" }])
  })
})

describe("accounts", () => {
  it("busy + stalls must be the span's cycles, exactly", () => {
    expect(withCount(4, 151)).toMatchObject([
      {
        file: "counters.parquet",
        row: 3,
        message: expect.stringMatching(/sum to 601 cycles, the span has 600/),
      },
    ])
    expect(withCount(4, 149)).toHaveLength(1)
  })

  it.each([
    ["useful above non-zero", 7, 201],
    ["non-zero above dense-equivalent", 6, 801],
    ["useful above issued", 8, 99],
    ["useful while nothing was issued", 8, 0],
  ])("%s", (_, row, count) => {
    expect(withCount(row, count)).toMatchObject([{ file: "counters.parquet", row: 5 }])
  })

  it("know only busy and stalls as time, and four operation counts", () => {
    const renamed = (from: string, to: string) =>
      problemsWith((recipe) => ({
        ...recipe,
        counters: recipe.counters.map((row) => (row.action === from ? { ...row, action: to } : row)),
      }))
    expect(renamed("busy", "idle")).toMatchObject([{ column: "action" }])
    expect(renamed("issued", "isued").map(({ column }) => column)).toContain("action")
  })

  it("of storage are sizes, which sum to nothing", () => {
    const size = { span: 3, component: "storage.filter", action: "original", count: 12 }
    expect(problemsWith((recipe) => ({ ...recipe, counters: [...recipe.counters, size] }))).toEqual([])
  })

  it("of one span may come in several rows, which are summed", () => {
    const problems = problemsWith((recipe) => ({
      ...recipe,
      counters: recipe.counters.flatMap((row) =>
        row.action === "busy"
          ? [
              { ...row, count: 50 },
              { ...row, count: 400 },
            ]
          : [row],
      ),
    }))
    expect(problems).toEqual([])
  })
})

describe("totals and references", () => {
  const withTotals = (change: Partial<Trace["manifest"]["totals"]>): Trace => {
    const trace = smallTrace()
    return { ...trace, manifest: { ...trace.manifest, totals: { ...trace.manifest.totals, ...change } } }
  }

  it.each([{ cycles: 1501 }, { spans: 6 }, { counters: 8 }])(
    "totals must be those of the rows: %j",
    (change) => {
      expect(checkTrace(withTotals(change))).toMatchObject([
        { file: "manifest.json", column: `totals.${Object.keys(change)[0]}` },
      ])
    },
  )

  it("a counter's span must exist and its count be a finite number from 0 on", () => {
    for (const [column, value] of [
      ["span", 5],
      ["span", -1],
      ["count", -1],
      ["count", Number.NaN],
    ] as const) {
      const broken = smallTrace()
      broken.counters[column][0] = value
      expect(checkTrace(broken)).toMatchObject([{ file: "counters.parquet", row: 0, column }])
    }
  })

  it("two tracks must not have one id", () => {
    const broken = problemsWith((recipe) => ({ ...recipe, tracks: [...recipe.tracks, recipe.tracks[0]] }))
    expect(broken).toMatchObject([{ file: "manifest.json", column: "tracks.2.id" }])
  })
})
