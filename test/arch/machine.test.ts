/** Machines as data: the built-in files decode, and every number in them says where it comes from. */
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { builtinFiles } from "../../arch/builtin.ts"
import { machineNumbers, type PlacedQuantity } from "../../arch/machine.ts"
import { loadMachine, machineIds } from "../../arch/machine-catalogue.ts"
import { Status } from "../../arch/quantity.ts"
import { isUnitName, toBase } from "../../arch/units.ts"

const numbers = (id: string): readonly PlacedQuantity[] => machineNumbers(loadMachine(id))

describe.each(machineIds())("the machine %s", (id) => {
  it("decodes, and its id is its file's name", () => {
    const machine = loadMachine(id)
    expect(machine.id).toBe(id)
    expect(machine.name).not.toBe("")
    expect(machine.about.length).toBeGreaterThan(40)
  })

  it("has numbers that are finite, sourced and in their base units", () => {
    expect(numbers(id).length).toBeGreaterThanOrEqual(8)
    const odd = numbers(id).filter(
      ({ value, written, unit, source, status }) =>
        !Number.isFinite(value) ||
        value !== toBase(written, unit) ||
        source.length < 6 ||
        !Status.literals.includes(status),
    )
    expect(odd).toEqual([])
  })

  it("has ranges that contain their numbers and are more than a point", () => {
    const odd = numbers(id).filter(
      ({ value, range }) =>
        range !== undefined && !(range[0] <= value && value <= range[1] && range[0] < range[1]),
    )
    expect(odd).toEqual([])
  })

  it("lists each number once, in the order of the file", () => {
    const paths = numbers(id).map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    const text = [...builtinFiles].find(([path]) => path.endsWith(`/${id}.yaml`))?.[1] ?? ""
    const own = paths.filter((path) => !path.startsWith("family."))
    const inFile = quantitiesIn(parse(text)).map(({ path }) => path)
    // A board's tensor rates take the place of its architecture's.
    expect(own).toEqual(inFile.filter((path) => !path.startsWith("tensor.")))
    for (const path of inFile) expect(paths).toContain(path.replace(/^tensor\./, "family.tensor."))
  })
})

interface Found {
  readonly path: string
  readonly status: unknown
  readonly source: unknown
  readonly unit: unknown
}

/** Everything with a value and a unit, and every bare number, wherever it stands in a file. */
const quantitiesIn = (x: unknown, path = ""): readonly Found[] => {
  if (typeof x === "number") return [{ path, status: undefined, source: undefined, unit: undefined }]
  if (typeof x !== "object" || x === null) return []
  if ("value" in x && "unit" in x) {
    const { status, source } = { status: undefined, source: undefined, ...x }
    return [{ path, status, source, unit: x.unit }]
  }
  return Object.entries(x).flatMap(([key, value]) =>
    quantitiesIn(value, path === "" ? key : `${path}.${key}`),
  )
}

describe.each([...builtinFiles.keys()])("the file %s", (file) => {
  const found = quantitiesIn(parse(builtinFiles.get(file) ?? ""))

  it("holds no number without unit, source and status", () => {
    expect(found.length).toBeGreaterThan(0)
    const bare = found.filter(
      ({ status, source, unit }) =>
        !isUnitName(String(unit)) ||
        !Status.literals.some((known) => known === status) ||
        !/\w{2}/.test(String(source)),
    )
    expect(bare).toEqual([])
  })

  it("calls nothing published or measured that its own source calls a guess", () => {
    const guesses = found.filter(
      ({ status, source }) =>
        (status === "published" || status === "measured") &&
        /assum|not readable|guess|plausib|usual|suggest|about \d/i.test(String(source)),
    )
    expect(guesses).toEqual([])
  })

  it("gives a reason for whatever it assumes", () => {
    const unexplained = found.filter(
      ({ status, source }) => status === "assumed" && String(source).split(" ").length < 3,
    )
    expect(unexplained).toEqual([])
  })
})
