/** Reading loop bodies of AArch64 assembly: what is understood, and what is said of the rest. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../../arch/errors.ts"
import { flags, sp } from "../../../../sim/cpu/core/instruction.ts"
import { readLoop } from "../../../../sim/cpu/core/read-loop.ts"
import { runs } from "../../../arbitraries/runs.ts"

const one = (text: string) => readLoop(text, "a.s")[0]

const failure = (text: string): WorkloadError => {
  try {
    readLoop(text, "a.s")
  } catch (error) {
    if (error instanceof WorkloadError) return error
    throw error
  }
  throw new Error(`"${text}" was read`)
}

const [v0, v1, v2] = [32, 33, 34]

describe("an instruction", () => {
  it.each([
    ["fmla v0.4s, v1.4s, v2.4s", "fma", [v1, v2], [v0]],
    ["fmla v0.4s, v1.4s, v2.s[3]", "fma", [v1, v2], [v0]],
    ["fmla v0.2s, v1.2s, v2.2s", "fmaHalf", [v1, v2], [v0]],
    ["fmul v0.4s, v1.4s, v2.s[0]", "multiply", [v1, v2], [v0]],
    ["fadd v0.4s, v1.4s, v2.4s", "fpAdd", [v1, v2], [v0]],
    ["fmin v0.4s, v1.4s, v2.4s", "minMax", [v1, v2], [v0]],
    ["mov v0.16b, v1.16b", "vectorMove", [v1], [v0]],
    ["dup v0.4s, v1.s[0]", "vectorMove", [v1], [v0]],
    ["movi v0.4s, #0", "vectorMove", [], [v0]],
    ["dup v0.4s, w3", "insert", [3], [v0]],
    ["ins v0.d[1], x23", "insert", [23, v0], [v0]],
    ["fmov d0, x1", "insert", [1], [v0]],
    ["mov x5, x0", "alu", [0], [5]],
    ["mov x5, xzr", "alu", [], [5]],
    ["add x0, x0, x4", "alu", [0, 4], [0]],
    ["add x0, x0, x4, lsl #2", "aluShift", [0, 4], [0]],
    ["subs x3, x3, #1", "alu", [3], [3, flags]],
    ["cmp x3, #0x2", "alu", [3], [flags]],
    ["b.ne loop", "branch", [flags], []],
    ["cbnz x3, .L2", "branch", [3], []],
  ] as const)("%s is %s", (text, operation, reads, writes) => {
    expect(one(text)).toMatchObject({ operation, reads, writes, memory: undefined })
  })

  it("keeps the accumulator of a multiply-accumulate apart from its factors", () => {
    expect(one("fmla v0.4s, v1.4s, v2.4s").accumulator).toBe(v0)
    expect(one("fmul v0.4s, v1.4s, v2.4s").accumulator).toBeUndefined()
  })

  it.each([
    ["ldr q0, [x1]", "loadQuad", "load", 1, 0, "none", 16],
    ["ldr q0, [x1], #16", "loadQuad", "load", 1, 0, "post", 16],
    ["ldr q0, [sp, #-32]!", "loadQuad", "load", sp, -32, "pre", 16],
    ["ldr d0, [x1, #8]", "loadHalf", "load", 1, 8, "none", 8],
    ["ldr s0, [x1, x2, lsl #2]", "loadHalf", "load", 1, undefined, "none", 4],
    ["ldr w3, [x1]", "load", "load", 1, 0, "none", 4],
    ["ldrsw x4, [x2], #4", "load", "load", 2, 0, "post", 8],
    ["ldpsw x4, x6, [x2]", "loadPair", "load", 2, 0, "none", 16],
    ["ldp q0, q1, [x0, #32]", "loadPairQuad", "load", 0, 32, "none", 32],
    ["ld1r {v0.4s}, [x1], #4", "loadReplicate", "load", 1, 0, "post", 4],
    ["ld1 {v0.4s, v1.4s}, [x1], #32", "loadPairQuad", "load", 1, 0, "post", 32],
    ["st1 {v0.4s}, [x1]", "storeQuad", "store", 1, 0, "none", 16],
    ["stp q0, q1, [x0], #32", "storePairQuad", "store", 0, 0, "post", 32],
    ["str x0, [x1]", "store", "store", 1, 0, "none", 8],
    ["prfm pldl1keep, [x0, #128]", "prefetch", "prefetch", 0, 128, "none", 0],
  ] as const)("%s is %s", (text, operation, access, base, offset, update, bytes) => {
    expect(one(text)).toMatchObject({ operation, memory: { access, base, offset, update, bytes } })
  })

  it("stores what it reads and loads what it writes", () => {
    expect(one("stp q0, q1, [x0]")).toMatchObject({ reads: [v0, v1], writes: [] })
    expect(one("ldp q0, q1, [x0]")).toMatchObject({ reads: [], writes: [v0, v1] })
  })
})

describe("a loop", () => {
  it("may have comments, labels, empty lines and capitals", () => {
    const text = "// a loop\n# of two\n\n.Lloop: FMLA V0.4S, V1.4S, V2.4S // first\n  b.ne .Lloop ; last\n"
    expect(readLoop(text, "a.s").map(({ operation, line }) => [operation, line])).toEqual([
      ["fma", 4],
      ["branch", 5],
    ])
  })

  it("that has an unknown instruction says its line and a near one", () => {
    expect(failure("add x0, x0, x1\nfmlaa v0.4s, v1.4s, v2.4s")).toMatchObject({
      message: '"fmlaa" is not an instruction that is known here',
      place: { file: "a.s", line: 2 },
      remedy: 'Did you mean "fmla"?',
    })
  })

  it.each([
    "fmla v0.4s, v1.4s",
    "fmla v0.4s, v1.4s, v32.4s",
    "fmla v0.4s, v1.2s, v2.4s",
    "fmla v0.4s, v1.4s, v2.s[4]",
    "ldr q0",
    "ldr q0, x1",
    "ldr q0, [v1]",
    "ldr q0, [xzr]",
    "ldr q0, [x31]",
    "ldr q0, [x1, #16], #16",
    "ldr q0, [x1]!",
    "ldp q0, d1, [x1]",
    "ld1 {v0.4s, v1.2s}, [x1]",
    "add x0, x1",
    "add x0, x1, x2, x3",
    "b.ne",
    "cbnz loop",
    "prfm x0, [x1]",
    "mov x0, loop",
  ])("that has operands such as %s says its line", (text) => {
    const { message, place } = failure(`add x0, x0, x1\n${text}`)
    expect(message).toMatch(/^the operands of/)
    expect(place).toEqual({ file: "a.s", line: 2 })
  })

  it("ends with its branch", () => {
    expect(failure("b.ne loop\nadd x0, x0, x1")).toMatchObject({
      message: '"add" follows the branch of line 1',
      place: { line: 2 },
    })
  })

  it("holds an instruction", () => {
    expect(failure("// nothing\nloop:\n").message).toBe("there is no instruction")
  })

  it("of any text is read or refused with a place, and nothing else", () => {
    const word = fc.constantFrom(
      "ldr",
      "fmla",
      "b.ne",
      "v0.4s",
      "q1",
      "x31",
      "[x0",
      "]",
      "#",
      "{",
      ",",
      "!",
      "constructor",
      ":",
    )
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(word).map((words) => words.join(" ")),
    )
    const outcome = (garbage: string): string => {
      try {
        return readLoop(garbage, "a.s").length > 0 ? "read" : "empty"
      } catch (error) {
        return error instanceof WorkloadError && error.place?.file === "a.s" ? "refused" : String(error)
      }
    }
    fc.assert(
      fc.property(text, (garbage) => {
        expect(["read", "refused"]).toContain(outcome(garbage))
      }),
      { numRuns: runs },
    )
  })
})
