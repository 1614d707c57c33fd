/** What loops of one kind reach on each core: measured peaks, latencies, and what binds. */
import { describe, expect, it } from "vitest"
import { cpuCore, cpuCoreIds } from "../../../../arch/cpu-core-catalogue.ts"
import type { CpuCoreFile } from "../../../../arch/cpu-core.ts"
import { loopBand } from "../../../../sim/cpu/core/loop-band.ts"
import { loopTiming } from "../../../../sim/cpu/core/loop-timing.ts"
import { bodyOf } from "../../../arbitraries/loop-body.ts"

const timing = (core: string | CpuCoreFile, lines: readonly string[]) =>
  loopTiming(bodyOf(lines), typeof core === "string" ? cpuCore(core) : core)

const independent = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `fmla v${i}.4s, v30.4s, v31.4s`)

describe("independent 128-bit multiply-accumulates", () => {
  // GFLOP/s over 8 and the clock: cpufp on Raspberry Pi 4 (A72) and 5 (A76) and RK3588 (A55), Snapdragon 845 (A75), XNNPACK
  // (A73); of pipes elsewhere.
  it.each([
    ["cortex-a53", 1],
    ["cortex-a55", 1],
    ["cortex-a72", 1],
    ["cortex-a73", 1],
    ["cortex-a75", 1],
    ["cortex-a76", 2],
    ["neoverse-n1", 2],
    ["neoverse-v1", 4],
    ["apple-m1", 4],
  ] as const)("run on %s at %d a cycle, as its pipes bound them", (core, rate) => {
    const { cyclesPerIteration, binding, part, utilisation } = timing(core, independent(24))
    expect(24 / cyclesPerIteration).toBe(rate)
    expect({ binding, part }).toEqual({ binding: "pipes", part: "fp" })
    expect(utilisation["fp"]).toBeCloseTo(1, 1)
  })

  it("cover every core that there is", () => {
    expect(cpuCoreIds()).toHaveLength(9)
  })
})

describe("a chain of multiply-accumulates", () => {
  it.each(cpuCoreIds())("goes at the accumulate latency on %s, later forwarding included", (id) => {
    const { fma } = cpuCore(id).operations
    const { cyclesPerIteration, binding } = timing(id, ["fmla v0.4s, v1.4s, v2.4s"])
    expect(cyclesPerIteration).toBe((fma.accumulate ?? fma.latency).value)
    expect(binding).toBe("latency chain")
  })

  it.each(cpuCoreIds())("goes at the whole latency on %s where it passes through a factor", (id) => {
    const { cyclesPerIteration } = timing(id, ["fmla v0.4s, v0.4s, v2.4s"])
    expect(cyclesPerIteration).toBe(cpuCore(id).operations.fma.latency.value)
  })
})

describe("an in-order core", () => {
  it("gives two cycles to a 128-bit load alone, and none on an A55 to a 64-bit one beside fmla", () => {
    const fmlas = independent(8)
    const with64 = fmlas.flatMap((fmla, i) => [fmla, `ldr d${16 + i}, [x0, #${8 * i}]`])
    const with128 = fmlas.flatMap((fmla, i) => [fmla, `ldr q${16 + i}, [x0, #${16 * i}]`])
    expect(timing("cortex-a55", with64).cyclesPerIteration).toBe(8)
    expect(timing("cortex-a55", with128).cyclesPerIteration).toBe(24)
  })

  it("keeps a 64-bit vector load apart from fmla on an A53, not an integer load", () => {
    const pair = (load: string) => [...independent(5), load]
    expect(timing("cortex-a53", pair("ldr x5, [x0]")).cyclesPerIteration).toBe(5)
    expect(timing("cortex-a53", pair("ldr d9, [x0]")).cyclesPerIteration).toBeGreaterThan(5)
  })

  // llvm-mca's tests A55-2-skewed-alu and A55-8-ldr say what hardware shows; llvm-mca itself has 0.60 for the second.
  it.each([
    [2, ["add w8, w8, #1", "add w10, w8, #1", "add w12, w8, #1"]],
    [1.5, ["add w8, w8, #1", "and w12, w8, #0x3f", "ldr w14, [x10, w12, uxtw #2]"]],
  ] as const)("runs as A55 hardware was measured to: %d instructions a cycle", (rate, lines) => {
    expect(lines.length / timing("cortex-a55", lines).cyclesPerIteration).toBe(rate)
  })

  it("issues a branch beside the comparison that decides it", () => {
    const lines = ["add x0, x0, #1", "add x1, x1, #1", "subs x3, x3, #1", "b.ne loop"]
    expect(timing("cortex-a55", lines).cyclesPerIteration).toBe(2)
    expect(timing("cortex-a53", lines).cyclesPerIteration).toBe(2)
  })

  it("takes a cycle for each of a chain of additions, skewed or not", () => {
    expect(timing("cortex-a55", ["add x0, x0, #1"]).cyclesPerIteration).toBe(1)
  })

  it("waits for a load where an out-of-order core goes on", () => {
    const lines = ["ldr x1, [x0]", "add x2, x1, x3", "add x4, x5, x6"]
    // The load takes 3 cycles, of which the skewed ALU waits one after it has issued; the next load issues a cycle later.
    expect(timing("cortex-a55", lines)).toMatchObject({ cyclesPerIteration: 3, binding: "issue order" })
    expect(timing("cortex-a76", lines)).toMatchObject({ cyclesPerIteration: 0.75, binding: "front end" })
  })
})

describe("an out-of-order core", () => {
  it("is held by its window where that is smaller than what a latency needs in flight", () => {
    const core = cpuCore("cortex-a76")
    const { window } = core
    if (window === undefined) throw new Error("an out-of-order core has a window")
    const small = { ...core, window: { ...window, value: 4 } }
    const lines = [
      "ldr q0, [x0]",
      "fmul v1.4s, v0.4s, v2.4s",
      "fmul v3.4s, v1.4s, v2.4s",
      "fadd v4.4s, v3.4s, v2.4s",
    ]
    expect(timing(core, lines).binding).toBe("pipes")
    expect(timing(small, lines).binding).toBe("window")
  })

  it("sends what a loop spills through its stores", () => {
    const spilled = ["ldr q0, [sp, #16]", "fmla v0.4s, v1.4s, v2.4s", "str q0, [sp, #16]"]
    const inPair = ["ldr q0, [sp, #16]", "fmla v0.4s, v1.4s, v2.4s", "stp q3, q0, [sp]"]
    const elsewhere = ["ldr q0, [sp, #16]", "fmla v0.4s, v1.4s, v2.4s", "str q0, [sp, #32]"]
    // Load 5, multiply-accumulate 4, and a cycle from the store to the next load.
    expect(timing("neoverse-n1", spilled)).toMatchObject({ cyclesPerIteration: 10, binding: "latency chain" })
    expect(timing("neoverse-n1", inPair).cyclesPerIteration).toBe(10)
    expect(timing("neoverse-n1", elsewhere).cyclesPerIteration).toBeLessThan(2)
  })

  it("counts the weight, the delta and the prefetch of a sparse loop among its loads", () => {
    const loads = [
      "ld1r {v20.4s}, [x1], #4",
      "ldrsw x4, [x2], #4",
      "prfm pldl1keep, [x0, #64]",
      "ldp q16, q17, [x0]",
    ]
    expect(timing("cortex-a76", loads)).toMatchObject({ cyclesPerIteration: 2.5, part: "access" })
  })
})

describe("the range that assumed numbers leave", () => {
  it("is the two ends of the loop's time, with the number that does most", () => {
    const chain = bodyOf(["ldr q0, [sp]", "fmla v0.4s, v1.4s, v2.4s", "str q0, [sp]"])
    const { low, high, most } = loopBand(chain, cpuCore("cortex-a76"))
    const { cyclesPerIteration } = loopTiming(chain, cpuCore("cortex-a76"))
    expect({ low, high, most }).toEqual({
      low: cyclesPerIteration,
      high: cyclesPerIteration + 7,
      most: "storeForward",
    })
  })

  it("is empty where everything that a loop uses is known", () => {
    const { low, high, most } = loopBand(bodyOf(independent(24)), cpuCore("cortex-a76"))
    expect([low, high, most]).toEqual([12, 12, undefined])
  })
})
