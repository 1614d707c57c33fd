/** YAML decoded by a schema: every defect has its line, column and path, and nothing but a ConfigError comes out. */
import * as Schema from "effect/Schema"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, type Place } from "../../arch/errors.ts"
import { quantity } from "../../arch/quantity.ts"
import { decodeObject, decodeYaml } from "../../arch/yaml-file.ts"

const Board = Schema.Struct({
  id: Schema.NonEmptyString,
  dram: Schema.Struct({ bandwidth: quantity({ dimension: "bandwidth", min: 1 }) }),
  dataflows: Schema.Array(Schema.Literals(["os", "ws"])),
})

const board = `id: board
dram:
  bandwidth: { value: 10, unit: GB/s, status: assumed, source: "a test" }
dataflows: [os, ws]
`

const failure = (step: () => unknown): ConfigError => {
  try {
    step()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("nothing was wrong")
}

const defect = (text: string): ConfigError => failure(() => decodeYaml(text, "board.yaml", Board))

describe("a file that fits its schema", () => {
  it("is decoded, whether written as YAML or as JSON", () => {
    const fromYaml = decodeYaml(board, "board.yaml", Board)
    expect(fromYaml.dram.bandwidth.value).toBe(10)
    expect(decodeYaml(JSON.stringify(fromYaml), "board.json", Board)).toEqual(fromYaml)
    expect(decodeYaml(JSON.stringify(fromYaml, null, 2), "board.json", Board)).toEqual(fromYaml)
  })

  it("may hold more than is known only where that is asked for", () => {
    const longer = `${board}colour: green\n`
    expect(decodeYaml(longer, "board.yaml", Board, "ignore").id).toBe("board")
    expect(defect(longer).message).toMatch(/colour/)
  })
})

describe("the place of a defect", () => {
  it.each<readonly [string, string, Place]>([
    ["bad syntax", board.replace("[os, ws]", "[os, ws"), { file: "board.yaml", line: 5, column: 1 }],
    ["a tab as indentation", "id: x\ndram:\n\tbandwidth: 1\n", { file: "board.yaml", line: 3, column: 1 }],
    ["a key given twice", `${board}id: again\n`, { file: "board.yaml", line: 5, column: 1 }],
    ["a second document", `${board}---\nid: x\n`, { file: "board.yaml", line: 5, column: 1 }],
    [
      "a wrong value",
      board.replace("[os, ws]", "[os, rs]"),
      { file: "board.yaml", line: 4, column: 17, path: "dataflows.1" },
    ],
    [
      "a wrong unit",
      board.replace("GB/s", "GB"),
      { file: "board.yaml", line: 3, column: 33, path: "dram.bandwidth.unit" },
    ],
    [
      "a bare number",
      board.replace(/\{ value.*\}/, "10"),
      { file: "board.yaml", line: 3, column: 14, path: "dram.bandwidth" },
    ],
    [
      "a missing key: where its neighbours are",
      board.replace(', source: "a test"', ""),
      { file: "board.yaml", line: 3, column: 14, path: "dram.bandwidth.source" },
    ],
    ["a list for a map", "- 1\n", { file: "board.yaml", line: 1, column: 1 }],
  ])("is given for %s", (_, text, place) => {
    expect(defect(text).place).toEqual(place)
  })
})

describe("what an error says", () => {
  it("of a misspelt key: which missing one was meant", () => {
    const { message, remedy } = defect(board.replace("bandwidth:", "bandwith:"))
    expect(message).toBe('"dram.bandwith" is not a field that is known here')
    expect(remedy).toBe('Did you mean "bandwidth", which is missing here?')
  })

  it("of a bare number: what to write instead", () => {
    const { message, remedy } = defect(board.replace(/\{ value.*\}/, "10"))
    expect(message).toBe('"dram.bandwidth" is the bare number 10')
    expect(remedy).toMatch(/\{ value, unit, source, status \}/)
  })

  it("of a wrong value: what was found and what was expected", () => {
    const { message } = defect(board.replace("[os, ws]", "[os, rs]"))
    expect(message).toMatch(/"os" \| "ws"/)
    expect(message).toMatch(/found "rs"/)
  })

  it("of a missing key: its name", () => {
    expect(defect(board.replace("id: board\n", "")).message).toBe('"id" is missing')
  })

  it.each(["", "# nothing\n", "3", "text", "- 1", "null"])("of a file that is no map, %j: that", (text) => {
    expect(defect(text).message).toMatch(/the file is not what it should be/)
  })
})

describe("aliases", () => {
  it("are resolved", () => {
    const text = board.replace("dram:", "dram: &dram").replace("[os, ws]", "[os]")
    expect(decodeYaml(text, "board.yaml", Board).dataflows).toEqual(["os"])
  })

  it("of nothing are an error in the file, not of the program", () => {
    expect(defect("id: *other\n").message).toMatch(/alias.*other/)
  })

  it("that multiply a thousandfold are refused", () => {
    const layers = "bcdefgh".split("").map((name, i) => {
      const below = "abcdefg"[i]
      return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${below}`).join(", ")}]`
    })
    expect(defect(`a: &a [1]\n${layers.join("\n")}\n`).message).toMatch(/alias/)
  })
})

describe("any text", () => {
  /** The file that an error names, or that was decoded; anything but a ConfigError is thrown on. */
  const outcome = (text: string): string | undefined => {
    try {
      decodeYaml(text, "board.yaml", Board)
      return "board.yaml"
    } catch (error) {
      if (error instanceof ConfigError) return error.place?.file
      throw error
    }
  }

  const syntax = "{ } [ ] : , - & * ! | > ? # \" ' % @ ` a b 0 1 . ~".split(" ").concat(" ", "\n", "\t")
  const scrap = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...syntax), maxLength: 40 }),
  )

  it("is decoded or refused with a ConfigError that names the file", () => {
    fc.assert(
      fc.property(scrap, fc.nat(board.length), fc.nat(12), (text, at, cut) => {
        const damaged = board.slice(0, at) + text + board.slice(at + cut)
        expect(outcome(damaged)).toBe("board.yaml")
      }),
      { numRuns: 400 },
    )
  })
})

describe("a plain object", () => {
  it("is decoded like a file, with its origin in the place of a file name", () => {
    const { place, message } = failure(() => decodeObject({ id: "" }, "--set id=", Board))
    expect(place?.file).toBe("--set id=")
    expect(message).toMatch(/id|dram|dataflows/)
  })
})
