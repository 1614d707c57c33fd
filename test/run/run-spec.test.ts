/** What a run can be asked: patterns, choices, counts and shapes as they are typed. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError } from "../../arch/errors.ts"
import {
  ablations,
  readChoice,
  readCount,
  readInputShape,
  readPattern,
  readTraining,
} from "../../src/run/run-spec.ts"

const failure = (step: () => unknown): ConfigError => {
  try {
    step()
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("nothing was wrong")
}

describe("a pattern", () => {
  it("is read whatever N and M are, as long as 1 ≤ N ≤ M", () => {
    const groups = fc
      .integer({ min: 1, max: 1000 })
      .chain((m) => fc.tuple(fc.integer({ min: 1, max: m }), fc.constant(m)))
    fc.assert(
      fc.property(groups, ([n, m]) => {
        expect(readPattern(`${n}:${m}`)).toMatchObject({ n, m })
      }),
    )
  })

  it("is none for dense, in any case", () => {
    for (const text of ["dense", "Dense", " DENSE "]) expect(readPattern(text)).toBeUndefined()
  })

  it.each(["", "2", "9:8", "0:4", "2:0", "-2:4", "2:4:8", "2.5:4", "two:four", "1e1:20"])(
    "%j is refused with an example",
    (text) => {
      const { message, remedy } = failure(() => readPattern(text))
      expect(message).toContain(`--sparsity ${text}`)
      expect(remedy).toContain("--sparsity 2:8")
    },
  )
})

describe("a choice", () => {
  it("is found in any case", () => {
    expect(readChoice("--dataflow", "OS", ["os", "ws"])).toBe("os")
  })

  it("that is not known is refused with the flag and the nearest", () => {
    const { message, remedy } = failure(() => readChoice("--ablate", "interlaeve", ablations))
    expect(message).toContain("--ablate interlaeve")
    expect(remedy).toMatch(/Did you mean interleave\?/)
  })

  it("of a training method knows the paper's four", () => {
    expect(["dense", "sr-ste", "sdgp", "bdwp"].map(readTraining)).toEqual(["dense", "sr-ste", "sdgp", "bdwp"])
    expect(failure(() => readTraining("bdpw")).remedy).toMatch(/bdwp/)
  })
})

describe("a count", () => {
  it("is read whatever it is, from the least that is allowed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 0, max: 1e9 }), (a, b) => {
        const [least, n] = a < b ? [a, b] : [b, a]
        expect(readCount("--batch", String(n), least)).toBe(n)
      }),
    )
  })

  it.each(["", "0", "-1", "1.5", "1e3", "NaN", "Infinity", "0x10", "8 images", "99999999999999999999"])(
    "%j is refused as a batch",
    (text) => {
      const { message, remedy } = failure(() => readCount("--batch", text))
      expect(message).toBe(`--batch ${text}: expected a whole number of at least 1`)
      expect(remedy).toBe("For example --batch 8.")
    },
  )
})

describe("an input shape", () => {
  it("is a name and sizes with x or commas between them", () => {
    expect(readInputShape("x=1x3x640x640")).toEqual(["x", [1, 3, 640, 640]])
    expect(readInputShape("input.1=1,3,224,224")).toEqual(["input.1", [1, 3, 224, 224]])
    expect(readInputShape("tokens=128")).toEqual(["tokens", [128]])
  })

  it.each(["", "x", "x=", "=1x3", "x=1x0", "x=1x-3", "x=1x3x", "x=axb", "x=1.5"])(
    "%j is refused with an example",
    (text) => {
      expect(failure(() => readInputShape(text)).remedy).toContain("--input-shape x=1x3x640x640")
    },
  )
})
