/** Files of validation cases: what is read, what is refused and where. */
import { describe, expect, it } from "vitest"
import { ConfigError, WorkloadError } from "../../arch/errors.ts"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import { readCaseFile } from "../../src/validate/case-file.ts"

const one = {
  id: "a",
  model: "sat",
  machine: "systolic-8x8",
  workload: { kind: "gemm", m: 8, n: 8, k: 8 },
  metric: "cycles",
  unit: "cycles",
  value: 29,
  evidence: "derived",
  source: "a test",
}

const fileOf = (...cases: readonly unknown[]): string =>
  JSON.stringify({ schema: "sparsim-cases/1", about: "cases of a test", cases }, null, 2)

const failure = (text: string): ConfigError | WorkloadError => {
  try {
    readCaseFile(text, "cases.json")
  } catch (error) {
    if (error instanceof ConfigError || error instanceof WorkloadError) return error
    throw error
  }
  throw new Error("nothing was wrong")
}

describe("a case file", () => {
  it("is read as it stands, with its note and extra fields", () => {
    const full = { ...one, note: "a note", extra: { cycles: 1 } }
    expect(readCaseFile(fileOf(full), "cases.json").cases).toEqual([full])
  })

  it("may hold fields that are not known, in the file and in a case", () => {
    const text = fileOf({ ...one, comment: "x" }).replace('"about"', '"made": "today", "about"')
    expect(readCaseFile(text, "cases.json").cases).toEqual([one])
  })

  it("may hold values that are no numbers: validation counts those", () => {
    const values = ["n/a", null, [1], { mean: 1 }, true]
    const cases = values.map((value, i) => ({ ...one, id: String(i), value }))
    expect(readCaseFile(fileOf(...cases), "cases.json").cases.map(({ value }) => value)).toEqual(values)
  })

  it("may hold no cases", () => {
    expect(readCaseFile(fileOf(), "cases.json").cases).toEqual([])
  })

  it.each([
    ["another schema", fileOf(one).replace("cases/1", "cases/2"), /sparsim-cases\/1/, 2, "schema"],
    ["a case without an id", fileOf({ ...one, id: undefined }), /"cases\.0\.id" is missing/, 5, "cases.0.id"],
    ["a case with an empty id", fileOf({ ...one, id: "" }), /cases\.0\.id/, 6, "cases.0.id"],
    [
      "a workload that is a text",
      fileOf({ ...one, workload: "gemm" }),
      /cases\.0\.workload/,
      9,
      "cases.0.workload",
    ],
  ])("with %s is refused at its line", (_, text, message, line, path) => {
    const error = failure(text)
    expect(error.message).toMatch(message)
    expect(error.place).toMatchObject({ file: "cases.json", line, path })
  })

  it("that is not JSON is refused at the line where it goes wrong", () => {
    expect(failure('{\n "schema": [\n}').place).toMatchObject({ file: "cases.json", line: 3 })
  })

  it("with one id twice is refused: results could not be told apart", () => {
    const error = failure(fileOf(one, { ...one, id: "b" }, one))
    expect(error.message).toBe('the id "a" occurs twice')
    expect(error.place).toEqual({ file: "cases.json", path: "cases.2.id" })
  })
})

describe.each([...builtinCases])("the built-in cases %s", (name, file) => {
  it("are what the schema of case files reads from them", () => {
    expect(readCaseFile(JSON.stringify(file), `${name}.json`)).toEqual(file)
  })

  it("have a value that is a number other than zero, a unit and a source, every one", () => {
    const odd = file.cases.filter(
      ({ value, unit, source }) =>
        typeof value !== "number" ||
        value === 0 ||
        !Number.isFinite(value) ||
        unit === "" ||
        source.length < 6,
    )
    expect(odd).toEqual([])
  })

  it("say what kind of evidence they are", () => {
    const kinds = new Set(file.cases.map(({ evidence }) => evidence))
    expect(
      [...kinds].filter((kind) => !["measured", "published", "derived", "simulator"].includes(kind)),
    ).toEqual([])
  })
})
