/** The built-in loops against what is known of them, and every prediction of llvm-mca beside ours. */
import { describe, expect, it } from "vitest"
import { cpuCoreIds } from "../../arch/cpu-core-catalogue.ts"
import { readLoop } from "../../sim/cpu/core/read-loop.ts"
import { llvmMcaText, loopPairs, loopRows, loopsNamed, predictions } from "../../src/study/loop-table.ts"
import { builtinLoops } from "../../src/validate/builtin-loops.ts"

const loops = loopsNamed(builtinLoops, [...builtinLoops.keys()])
const rows = loopRows(loops, cpuCoreIds())
const { pairs, unmatched } = loopPairs(rows)
const cyclesOf = (loop: string, core: string): number =>
  rows.find((row) => row.loop === loop && row.core === core)?.timing.cyclesPerIteration ?? Number.NaN

describe("a built-in loop", () => {
  it.each(loops.map(({ name, body }) => [name, body] as const))(
    "%s has as many instructions and fmla as the one that llvm-mca was given",
    (name, body) => {
      const given = predictions.filter(({ loop }) => loop === name)
      expect(given.length).toBe(8)
      for (const { instructions, fmla } of given) {
        expect(body.length).toBe(instructions)
        expect(body.filter(({ operation }) => operation === "fma").length).toBe(fmla)
      }
    },
  )

  it.each(loops.map((loop) => [loop.name, loop] as const))(
    "%s is the same with llvm-mca's markers",
    (_, loop) => {
      const marked = llvmMcaText(loop)
      expect(marked).toMatch(/# LLVM-MCA-BEGIN [\w-]+\n[\s\S]*# LLVM-MCA-END\n$/)
      const bare = (body: typeof loop.body) => body.map(({ text }) => text)
      expect(bare(readLoop(marked, "a.s"))).toEqual(bare(loop.body))
    },
  )

  it("computes what it says: no accumulator is read but by its own multiply-accumulates and spills", () => {
    for (const { name, body } of loops) {
      const accumulators = new Set(body.flatMap(({ accumulator }) => accumulator ?? []))
      const factors = body.filter(({ operation }) => operation === "fma").flatMap(({ reads }) => reads)
      expect({ name, mixed: factors.filter((register) => accumulators.has(register)) }).toEqual({
        name,
        mixed: [],
      })
    }
  })
})

describe("the predictions of llvm-mca", () => {
  it("are 107, of which ours stands beside the 104 of AArch64; the others say why not", () => {
    expect(predictions).toHaveLength(107)
    expect(pairs).toHaveLength(104)
    expect(unmatched.map(({ reason }) => reason)).toEqual(
      Array.from({ length: 3 }, () => "x86-64 code of V8, not AArch64"),
    )
  })

  it("differ between versions of one tool by more than ours from the nearest of them on the N1", () => {
    const ofN1 = (loop: string) => predictions.filter((p) => p.loop === loop && p.cpu === "neoverse-n1")
    const spread = (loop: string): number => {
      const cycles = ofN1(loop).map((p) => p.cycles)
      return Math.max(...cycles) / Math.min(...cycles)
    }
    const away = (loop: string): number =>
      Math.min(...ofN1(loop).map(({ cycles }) => Math.abs(Math.log(cyclesOf(loop, "neoverse-n1") / cycles))))
    const sparse = loops.map(({ name }) => name).filter((name) => !name.startsWith("gemm"))
    for (const loop of sparse) expect(away(loop)).toBeLessThan(Math.log(spread(loop)))
  })
})

describe("ours", () => {
  it("has the A76 at two multiply-accumulates a cycle in dense loops, where LLVM's model of it has one", () => {
    expect(cyclesOf("gemm-6x8", "cortex-a76")).toBe(24)
    const llvm = predictions.find(({ loop, cpu }) => loop === "gemm-6x8" && cpu === "cortex-a57")
    expect(llvm?.cycles).toBeCloseTo(48, 1)
  })

  it("has the two-wide A73 held by its front end in XNNPACK's sparse loop, and the A76 by its loads", () => {
    const held = (core: string) =>
      rows.find((row) => row.loop === "spmm-32x1-pipelined" && row.core === core)?.timing.binding
    expect(held("cortex-a73")).toBe("front end")
    expect(held("cortex-a76")).toBe("pipes")
    expect(cyclesOf("spmm-32x1-pipelined", "cortex-a76")).toBe(6.5)
  })

  it("is never under the multiply-accumulates that the core can do", () => {
    for (const { fmla, core, timing } of rows) {
      const peak = core === "neoverse-v1" || core === "apple-m1" ? 4 : /a76|n1/.test(core) ? 2 : 1
      expect(timing.cyclesPerIteration).toBeGreaterThanOrEqual(fmla / peak)
    }
  })
})
