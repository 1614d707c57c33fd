import { describe, expect, it } from "vitest"
import { iniText } from "../../../src/workload/scalesim/ini-lines.ts"

describe("iniText", () => {
  it("parts key and value at the first colon or equals sign and says where both stand", () => {
    const { sections } = iniText("[a]\nKey : 12\nother=x:y\n")
    expect(sections).toEqual([
      {
        name: "a",
        at: { line: 1, column: 1 },
        entries: [
          { key: "Key", value: "12", keyAt: { line: 2, column: 1 }, valueAt: { line: 2, column: 7 } },
          { key: "other", value: "x:y", keyAt: { line: 3, column: 1 }, valueAt: { line: 3, column: 7 } },
        ],
      },
    ])
  })

  it("skips comments on their own line and behind a value", () => {
    const { sections, mistakes } = iniText("# x\n; y\n[a] ; here\n  k : 1 # one\nl : a#b\n")
    expect(mistakes).toEqual([])
    expect(sections[0].entries.map(({ key, value }) => [key, value])).toEqual([
      ["k", "1"],
      ["l", "a#b"],
    ])
  })

  it("a key without value has an empty one", () => {
    expect(iniText("[a]\nk :\n").sections[0].entries[0]).toMatchObject({
      value: "",
      valueAt: { line: 2, column: 4 },
    })
  })

  it.each([
    ["k : 1", 1, 1, "before the first [section]"],
    ["[a]\n  nonsense", 2, 3, "Key : value"],
    ["[a]\n: 3", 2, 1, "Key : value"],
    ["[a\n", 1, 1, "[name]"],
    ["[]\n", 1, 1, "[name]"],
  ])("%j is a mistake at line %d, column %d", (text, line, column, message) => {
    const [mistake] = iniText(text).mistakes
    expect(mistake.at).toEqual({ line, column })
    expect(mistake.message).toContain(message)
  })
})
