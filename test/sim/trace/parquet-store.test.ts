import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { OutputError, TraceError } from "../../../arch/errors.ts"
import { TraceBuilder } from "../../../sim/trace/builder.ts"
import { openTraceStore, writeTrace } from "../../../sim/trace/parquet-store.ts"
import { readTrace } from "../../../sim/trace/read.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { removeUnfinishedOutput } from "../../../sim/trace/unfinished-output.ts"
import {
  buildTrace,
  hostileNames,
  manifestHead,
  rowsOf,
  trace,
  traceRecipe,
} from "../../arbitraries/trace.ts"
import { smallTrace } from "./small-trace.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const bytesOf = (directory: string) =>
  Object.fromEntries(readdirSync(directory).map((file) => [file, readFileSync(join(directory, file), "hex")]))

/** The small trace with one duration replaced. */
const withDuration = (duration: number): Trace => {
  const broken = smallTrace()
  broken.spans.duration[3] = duration
  return broken
}

describe("writing a trace and reading it back", () => {
  it("gives the same manifest and the same rows", async () => {
    const folder = temporaryFolder()
    await fc.assert(
      fc.asyncProperty(trace(), async (original) => {
        const directory = join(folder, "run.trace")
        await writeTrace(directory, original)
        expect(rowsOf(await readTrace(directory))).toEqual(rowsOf(original))
      }),
      { numRuns: 30 },
    )
  })

  it("keeps names that are hostile to SQL, JSON, HTML and C strings, character by character", async () => {
    const directory = join(temporaryFolder(), "run.trace")
    const builder = new TraceBuilder()
    const tracks = hostileNames.map((name) => builder.track({ id: name, name, exclusive: false }))
    for (const [index, name] of hostileNames.entries()) {
      const code = builder.code(name)
      builder.count(builder.span(-1, tracks[index], code, code, code, index, 1), code, code, 1)
    }
    const original = builder.finish(manifestHead)
    await writeTrace(directory, original)
    const read = await readTrace(directory)
    expect(rowsOf(read)).toEqual(rowsOf(original))
    expect(read.spans.length).toBe(hostileNames.length)
  })

  it("works for a trace without spans, tracks or counters", async () => {
    const directory = join(temporaryFolder(), "empty.trace")
    await writeTrace(directory, new TraceBuilder().finish(manifestHead))
    const read = await readTrace(directory)
    expect([read.spans.length, read.counters.length, read.strings]).toEqual([0, 0, [""]])
  })

  it("works where the path holds spaces, quotes and wildcards", async () => {
    const directory = join(temporaryFolder(), "it's [a] *run* {1}?.trace")
    await writeTrace(directory, smallTrace())
    expect(rowsOf(await readTrace(directory))).toEqual(rowsOf(smallTrace()))
  })

  it("is exact to 2^53 - 1 cycles", async () => {
    const directory = join(temporaryFolder(), "long.trace")
    const builder = new TraceBuilder()
    builder.span(
      -1,
      builder.track({ id: "t", name: "t", exclusive: true }),
      0,
      0,
      0,
      1,
      Number.MAX_SAFE_INTEGER - 1,
    )
    await writeTrace(directory, builder.finish(manifestHead))
    expect((await readTrace(directory)).spans.duration[0]).toBe(Number.MAX_SAFE_INTEGER - 1)
  })
})

describe("the bytes of a trace", () => {
  it("are the same for the same trace, whatever the folder is called", async () => {
    const folder = temporaryFolder()
    await writeTrace(join(folder, "a.trace"), smallTrace())
    await writeTrace(join(folder, "other name"), smallTrace())
    expect(bytesOf(join(folder, "a.trace"))).toEqual(bytesOf(join(folder, "other name")))
  })

  it("are the same whether rows left memory early or not, and spans closed after they left included", async () => {
    const folder = temporaryFolder()
    await fc.assert(
      fc.asyncProperty(traceRecipe(), fc.integer({ min: 1, max: 20 }), async (recipe, chunkRows) => {
        await writeTrace(join(folder, "memory.trace"), buildTrace(recipe))
        const store = await openTraceStore(join(folder, "flushed.trace"))
        await store.commit(buildTrace(recipe, new TraceBuilder({ sink: store, chunkRows })))
        expect(bytesOf(join(folder, "flushed.trace"))).toEqual(bytesOf(join(folder, "memory.trace")))
      }),
      { numRuns: 30 },
    )
  })

  it("name no path of this machine and no temporary file", async () => {
    const directory = join(temporaryFolder(), "run.trace")
    await writeTrace(directory, smallTrace())
    for (const file of readdirSync(directory)) {
      expect(readFileSync(join(directory, file), "latin1")).not.toContain("sparsim-test-")
    }
  })
})

it("the end of a span that is closed after it left memory counts in the trace's cycles", async () => {
  const store = await openTraceStore(join(temporaryFolder(), "run.trace"))
  const builder = new TraceBuilder({ sink: store, chunkRows: 2 })
  const track = builder.track({ id: "t", name: "t", exclusive: false })
  const open = builder.span(-1, track, 0, 0, 0, 7, 0)
  for (let i = 0; i < 10; i++) builder.span(open, track, 0, 0, 0, 7 + i, 1)
  builder.closeSpan(open, 100, 0)
  expect(builder.flushed).toBe(true)
  expect(builder.lastCycle).toBe(107)
  store.discard()
})

describe("a value that the files cannot hold is refused, and nothing is left behind", () => {
  it.each([Number.NaN, -1, 0.5, Infinity, 2 ** 53, 2 ** 53 - 1])("a duration of %s", async (duration) => {
    const folder = temporaryFolder()
    const writing = writeTrace(join(folder, "run.trace"), withDuration(duration))
    await expect(writing).rejects.toThrow(TraceError)
    await expect(writing).rejects.toThrow(/row 3 of spans: duration is /)
    expect(readdirSync(folder)).toEqual([])
  })

  it.each([Number.NaN, -1, 2 ** 53 - 1])(
    "a duration of %s, set when the span is closed",
    async (duration) => {
      const folder = temporaryFolder()
      const store = await openTraceStore(join(folder, "run.trace"))
      const builder = new TraceBuilder({ sink: store, chunkRows: 2 })
      const track = builder.track({ id: "t", name: "t", exclusive: false })
      for (let i = 1; i < 10; i++) builder.span(-1, track, 0, 0, 0, i, 0)
      expect(() => builder.closeSpan(2, duration, 0)).toThrow(/row 2 of spans: duration is /)
      expect(readdirSync(folder)).toEqual([])
    },
  )

  it.each([Number.NaN, -1, Infinity])("a count of %s", async (count) => {
    const folder = temporaryFolder()
    const broken = smallTrace()
    broken.counters.count[1] = count
    await expect(writeTrace(join(folder, "run.trace"), broken)).rejects.toThrow(
      /row 1 of counters: count is /,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it("a code that no string has, a track that was not declared, a parent that comes later", async () => {
    const folder = temporaryFolder()
    for (const [column, value] of [
      ["name", 99],
      ["track", 2],
      ["parent", 3],
    ] as const) {
      const broken = smallTrace()
      broken.spans[column][3] = value
      await expect(writeTrace(join(folder, "run.trace"), broken)).rejects.toThrow(
        `row 3 of spans: ${column} is`,
      )
    }
    expect(readdirSync(folder)).toEqual([])
  })

  it("half a surrogate pair in a name, which UTF-8 would change", async () => {
    const folder = temporaryFolder()
    const builder = new TraceBuilder()
    builder.code("cut \ud83d")
    await expect(writeTrace(join(folder, "run.trace"), builder.finish(manifestHead))).rejects.toThrow(
      /surrogate/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  it("a manifest number that is not finite", async () => {
    const folder = temporaryFolder()
    const writing = writeTrace(
      join(folder, "run.trace"),
      new TraceBuilder().finish({ ...manifestHead, clockHertz: Number.NaN }),
    )
    await expect(writing).rejects.toThrow(/clockHertz/)
    expect(readdirSync(folder)).toEqual([])
  })

  it("a bad row that goes through the sink, at once", async () => {
    const folder = temporaryFolder()
    const store = await openTraceStore(join(folder, "run.trace"))
    const builder = new TraceBuilder({ sink: store, chunkRows: 2 })
    const track = builder.track({ id: "t", name: "t", exclusive: false })
    expect(() => {
      for (let i = 0; i < 10; i++) builder.span(-1, track, 0, 0, 0, 0.5, 1)
    }).toThrow(/row 0 of spans: start is 0.5/)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe("what is in the place of a new trace", () => {
  it("is replaced if it is an older trace; files that are not the trace's own are kept", async () => {
    const directory = join(temporaryFolder(), "run.trace")
    await writeTrace(directory, new TraceBuilder().finish(manifestHead))
    writeFileSync(join(directory, "notes.txt"), "mine")
    await writeTrace(directory, smallTrace())
    expect((await readTrace(directory)).spans.length).toBe(5)
    expect(readdirSync(directory).sort()).toEqual([
      "counters.parquet",
      "manifest.json",
      "notes.txt",
      "spans.parquet",
    ])
  })

  it("stays as it was when the new trace fails", async () => {
    const folder = temporaryFolder()
    const directory = join(folder, "run.trace")
    await writeTrace(directory, smallTrace())
    const before = bytesOf(directory)
    await expect(writeTrace(directory, withDuration(-1))).rejects.toThrow(TraceError)
    expect(bytesOf(directory)).toEqual(before)
    expect(readdirSync(folder)).toEqual(["run.trace"])
  })

  it("may be an empty folder, or a link to a trace", async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, "real"))
    await writeTrace(join(folder, "real"), smallTrace())
    symlinkSync(join(folder, "real"), join(folder, "link"))
    await writeTrace(join(folder, "link"), new TraceBuilder().finish(manifestHead))
    expect((await readTrace(join(folder, "real"))).spans.length).toBe(0)
  })

  it.each(["a folder of somebody else's files", "a folder with somebody else's manifest.json", "a file"])(
    "is left alone if it is %s",
    async (what) => {
      const folder = temporaryFolder()
      const place = join(folder, "run.trace")
      if (what === "a file") writeFileSync(place, "thesis")
      else {
        mkdirSync(place)
        writeFileSync(
          join(place, what.includes("manifest") ? "manifest.json" : "thesis.tex"),
          `{"schema":"npm"}`,
        )
      }
      await expect(openTraceStore(place)).rejects.toThrow(OutputError)
      expect(readdirSync(folder)).toEqual(["run.trace"])
    },
  )
})

describe("a trace that is given up", () => {
  const flushing = async (directory: string) => {
    const store = await openTraceStore(directory)
    const builder = new TraceBuilder({ sink: store, chunkRows: 2 })
    const track = builder.track({ id: "t", name: "t", exclusive: false })
    for (let i = 0; i < 10; i++) builder.span(-1, track, 0, 0, 0, i, 1)
    return store
  }

  it("leaves nothing behind after discard, not even the folders made for it", async () => {
    const folder = temporaryFolder()
    const store = await flushing(join(folder, "new/deep/run.trace"))
    expect(readdirSync(join(folder, "new/deep"))).toHaveLength(1)
    store.discard()
    store.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it("leaves nothing behind when a signal handler removes unfinished output", async () => {
    const folder = temporaryFolder()
    await flushing(join(folder, "run.trace"))
    expect(readdirSync(folder)).toHaveLength(1)
    removeUnfinishedOutput()
    expect(readdirSync(folder)).toEqual([])
  })

  it("has written nothing yet as long as its rows fit in memory", async () => {
    const folder = temporaryFolder()
    await openTraceStore(join(folder, "run.trace"))
    expect(readdirSync(folder)).toEqual([])
  })

  it("cannot be committed any more", async () => {
    const folder = temporaryFolder()
    const store = await openTraceStore(join(folder, "run.trace"))
    store.discard()
    await expect(store.commit(smallTrace())).rejects.toThrow(OutputError)
    expect(readdirSync(folder)).toEqual([])
  })
})

describe("a place that cannot be written to", () => {
  it("is an OutputError that names it and says what to do", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "file"), "")
    const directory = join(folder, "file", "run.trace")
    await expect(openTraceStore(directory)).rejects.toMatchObject({
      _tag: "OutputError",
      place: { file: directory },
      remedy: expect.stringMatching(/./),
    })
    expect(existsSync(directory)).toBe(false)
  })
})
