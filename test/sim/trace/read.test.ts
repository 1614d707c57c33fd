import { cpSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { TraceError } from "../../../arch/errors.ts"
import { writeTrace } from "../../../sim/trace/parquet-store.ts"
import { loadTrace, readTrace } from "../../../sim/trace/read.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import { rowsOf } from "../../arbitraries/trace.ts"
import { forgeTrace } from "./forge.ts"
import { smallTrace } from "./small-trace.ts"
import { temporaryFolder } from "./temporary-folder.ts"

const files = ["manifest.json", "spans.parquet", "counters.parquet"] as const

const smallTraceFolder = async (): Promise<string> => {
  const directory = join(temporaryFolder(), "small.trace")
  await writeTrace(directory, smallTrace())
  return directory
}

/** Replaces the text of the manifest. */
const editManifest = (directory: string, edit: (text: string) => string): void => {
  const file = join(directory, "manifest.json")
  writeFileSync(file, edit(readFileSync(file, "utf8")))
}

/** The error of reading, which must be a TraceError. */
const errorOf = async (directory: string): Promise<TraceError> => {
  try {
    await readTrace(directory)
  } catch (error) {
    if (error instanceof TraceError) return error
    throw error
  }
  throw new Error("the trace was read without an error")
}

/** True when reading `directory` gives the small trace or a TraceError: anything else is a wrong number. */
const isSafe = async (directory: string): Promise<boolean> => {
  try {
    expect(rowsOf(await readTrace(directory))).toEqual(rowsOf(smallTrace()))
    return true
  } catch (error) {
    return error instanceof TraceError
  }
}

describe("a damaged trace gives a typed error or the same rows, never a wrong number", () => {
  const damage = (damageable: readonly (typeof files)[number][]) =>
    fc.record({
      file: fc.constantFrom(...damageable),
      at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      bit: fc.nat(7),
    })

  /** A copy of the trace with one bit of one file flipped. */
  const flipped = (
    directory: string,
    { file, at, bit }: { file: string; at: number; bit: number },
  ): string => {
    const damaged = join(directory, "..", "damaged.trace")
    cpSync(directory, damaged, { recursive: true })
    const bytes = readFileSync(join(damaged, file))
    bytes[Math.floor(at * bytes.length)] ^= 1 << bit
    writeFileSync(join(damaged, file), bytes)
    return damaged
  }

  it("when any one bit of the manifest is flipped", async () => {
    const directory = await smallTraceFolder()
    await fc.assert(
      fc.asyncProperty(damage(["manifest.json"]), async (flip) => {
        expect(await isSafe(flipped(directory, flip))).toBe(true)
      }),
    )
  })

  it("when any one bit of a table is flipped: always an error, which names the file", async () => {
    const directory = await smallTraceFolder()
    await fc.assert(
      fc.asyncProperty(damage(["spans.parquet", "counters.parquet"]), async (flip) => {
        const { message, place } = await errorOf(flipped(directory, flip))
        expect(message).toMatch(/does not match its SHA-256/)
        expect(place?.file).toMatch(flip.file)
      }),
    )
  })

  it("when any file is cut short anywhere", async () => {
    const directory = await smallTraceFolder()
    for (const file of files) {
      const length = readFileSync(join(directory, file)).length
      for (const share of [0, 0.1, 0.5, 0.9]) {
        const damaged = join(directory, "..", "damaged.trace")
        cpSync(directory, damaged, { recursive: true })
        truncateSync(join(damaged, file), Math.floor(share * length))
        expect((await errorOf(damaged)).place?.file).toBe(join(damaged, file))
      }
    }
  })

  it("when a digit of the manifest is another digit", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, (text) => text.replace('"perCycle": 1024', '"perCycle": 1025'))
    const error = await errorOf(directory)
    expect(error.message).toMatch(/damaged or was changed/)
    expect(error.place?.file).toBe(join(directory, "manifest.json"))
  })

  it("when one trace's table lies in another's folder", async () => {
    const directory = await smallTraceFolder()
    const other = join(directory, "..", "other.trace")
    const changed = smallTrace()
    changed.counters.count[0] = 4097
    await writeTrace(other, changed)
    cpSync(join(other, "counters.parquet"), join(directory, "counters.parquet"))
    expect((await errorOf(directory)).place?.file).toBe(join(directory, "counters.parquet"))
  })
})

describe("what is not a trace says so", () => {
  it("nothing at that place", async () => {
    expect((await errorOf(join(temporaryFolder(), "none.trace"))).message).toMatch(/no such trace/)
  })

  it("a file", async () => {
    const file = join(temporaryFolder(), "run.trace")
    writeFileSync(file, "")
    expect((await errorOf(file)).message).toMatch(/a trace is a folder/)
  })

  it("a folder without a manifest", async () => {
    const folder = join(temporaryFolder(), "run.trace")
    mkdirSync(folder)
    expect((await errorOf(folder)).message).toMatch(/not a trace: it has no manifest.json/)
  })

  it("a folder with the manifest of something else", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, () => `{"schema": "webapp"}`)
    expect((await errorOf(directory)).place?.path).toBe("schema")
  })

  it.each(["spans.parquet", "counters.parquet"])("a folder without %s", async (file) => {
    const directory = await smallTraceFolder()
    rmSync(join(directory, file))
    const error = await errorOf(directory)
    expect([error.message, error.place?.file]).toEqual([
      "this file of the trace is missing",
      join(directory, file),
    ])
  })
})

describe("the manifest's own errors name their place", () => {
  it("text that is not JSON, by line and column", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, (text) => text.replace(`"version": "1.0",`, `"version": 1.0.0,`))
    expect((await errorOf(directory)).place).toMatchObject({ line: 3, column: 17 })
  })

  it("a field of the wrong type, by its path", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, (text) => text.replace(`"exclusive": true`, `"exclusive": "yes"`))
    expect((await errorOf(directory)).place?.path).toBe("tracks.1.exclusive")
  })

  it("a field that is missing, by its path", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, (text) => text.replace(`"clockHertz": 1000000000,`, ""))
    expect((await errorOf(directory)).place?.path).toBe("clockHertz")
  })
})

describe("the version of the format", () => {
  it("is rejected where the major number is unknown, before anything else of the manifest is judged", async () => {
    const directory = await smallTraceFolder()
    editManifest(directory, () => `{"schema": "sparsim-trace", "version": "2.0", "everything": "else"}`)
    const error = await errorOf(directory)
    expect(error.message).toMatch(/format version 2.0; this sparsim reads version 1/)
    expect([error.place?.path, error.remedy]).toEqual(["version", expect.stringMatching(/^Update sparsim/)])
  })

  it.each(["1", "", "one.two", 1])("is rejected where it is no version: %j", async (version) => {
    const directory = await smallTraceFolder()
    editManifest(directory, (text) => text.replace(`"1.0"`, JSON.stringify(version)))
    expect((await errorOf(directory)).place?.path).toBe("version")
  })

  it("is accepted whatever the minor number, with columns that this version does not know", async () => {
    const directory = join(temporaryFolder(), "newer.trace")
    await forgeTrace(directory, smallTrace(), {
      spans: "SELECT *, 'new' AS invented FROM spans",
      manifest: (manifest) => ({ ...manifest, version: "1.7" }),
    })
    expect(rowsOf(await readTrace(directory)).spans).toEqual(rowsOf(smallTrace()).spans)
    editManifest(directory, (text) => text.replace(`"1.7"`, `"1.12"`))
    expect((await readTrace(directory)).manifest.version).toBe("1.12")
  })
})

it("files that are not the trace's own are ignored", async () => {
  const directory = await smallTraceFolder()
  writeFileSync(join(directory, "notes.parquet"), "not Parquet")
  expect(rowsOf(await readTrace(directory))).toEqual(rowsOf(smallTrace()))
})

describe("rows that cannot be are errors that name file, row and column", () => {
  const replaceSpan = (row: number, change: string) =>
    `SELECT * REPLACE (${change.replace("IF", `CASE WHEN id = ${row} THEN`)}) FROM spans ORDER BY rowid`

  it.each([
    ["parent later than its child", replaceSpan(2, "IF 3 ELSE parent END AS parent"), "parent[2]"],
    ["parent that does not exist", replaceSpan(2, "IF 77 ELSE parent END AS parent"), "parent[2]"],
    ["child that ends after its parent", replaceSpan(3, "IF 601 ELSE duration END AS duration"), "parent[3]"],
    ["negative start", replaceSpan(2, "IF -1 ELSE start END AS start"), "start[2]"],
    ["negative duration", replaceSpan(2, "IF -5 ELSE duration END AS duration"), "duration[2]"],
    ["duration that is missing", replaceSpan(2, "IF NULL ELSE duration END AS duration"), "duration[2]"],
    ["cycle number beyond 2^53", replaceSpan(2, "IF 9007199254740993 ELSE start END AS start"), "start[2]"],
    ["track that the manifest does not have", replaceSpan(4, "IF 'gpu' ELSE track END AS track"), "track[4]"],
    ["track that is missing", replaceSpan(4, "IF NULL ELSE track END AS track"), "track[4]"],
    ["name that is missing", replaceSpan(1, "IF NULL ELSE name END AS name"), "name[1]"],
    ["id that is out of order", "SELECT * FROM spans ORDER BY id DESC", "id[0]"],
  ])("a %s", async (_, spans, path) => {
    const directory = join(temporaryFolder(), "wrong.trace")
    await forgeTrace(directory, smallTrace(), { spans })
    expect((await errorOf(directory)).place).toEqual({ file: join(directory, "spans.parquet"), path })
  })

  it.each([
    ["span that does not exist", "5 AS span", "span[0]"],
    ["span that is missing", "NULL::INTEGER AS span", "span[0]"],
    ["component that is missing", "NULL::VARCHAR AS component", "component[0]"],
    ["negative count", "-count AS count", "count[0]"],
    ["count that is NaN", "'nan'::DOUBLE AS count", "count[0]"],
    ["count that is infinite", "'inf'::DOUBLE AS count", "count[0]"],
  ])("a counter with a %s", async (_, change, path) => {
    const directory = join(temporaryFolder(), "wrong.trace")
    await forgeTrace(directory, smallTrace(), { counters: `SELECT * REPLACE (${change}) FROM counters` })
    expect((await errorOf(directory)).place).toEqual({ file: join(directory, "counters.parquet"), path })
  })

  it("a column of another type, and one that is missing", async () => {
    const directory = join(temporaryFolder(), "wrong.trace")
    await forgeTrace(directory, smallTrace(), {
      spans: "SELECT * REPLACE (start::DOUBLE AS start) FROM spans",
    })
    expect((await errorOf(directory)).message).toBe(`column "start" is of type DOUBLE, not BIGINT`)
    await forgeTrace(directory, smallTrace(), { counters: "SELECT * EXCLUDE (count) FROM counters" })
    expect((await errorOf(directory)).message).toBe(`column "count" is missing`)
  })

  it("fewer rows than the manifest counts", async () => {
    const directory = join(temporaryFolder(), "wrong.trace")
    await forgeTrace(directory, smallTrace(), { counters: "SELECT * FROM counters LIMIT 8" })
    expect((await errorOf(directory)).place?.path).toBe("totals.counters")
    await forgeTrace(directory, smallTrace(), { spans: "SELECT * FROM spans WHERE id < 4 ORDER BY id" })
    expect((await errorOf(directory)).place?.path).toBe("totals.spans")
  })

  it("are all listed by a check of the trace as it was loaded", async () => {
    const directory = join(temporaryFolder(), "wrong.trace")
    await forgeTrace(directory, smallTrace(), {
      spans:
        "SELECT * REPLACE (CASE WHEN id IN (2, 4) THEN -1 ELSE start END AS start) FROM spans ORDER BY id",
    })
    const problems = checkTrace(await loadTrace(directory)).filter(({ message }) =>
      message.includes("start -1"),
    )
    expect(problems.map(({ row }) => row)).toEqual([2, 4])
  })
})
