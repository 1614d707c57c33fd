/** The loops that sparse kernels of networks are made of, held to the stepped model of each core. */
import { describe, expect, it } from "vitest"
import { cpuCore } from "../../../../arch/cpu-core-catalogue.ts"
import { cpuFamily, cpuFamilyIds } from "../../../../arch/cpu-family-catalogue.ts"
import { loopTiming } from "../../../../sim/cpu/core/loop-timing.ts"
import { readLoop } from "../../../../sim/cpu/core/read-loop.ts"
import { builtinLoops } from "../../../../src/validate/builtin-loops.ts"

describe("the sparse loops of a kind of core", () => {
  const loops = [
    ["16x1", "paper-16x1-pipelined"],
    ["16x2", "paper-16x2"],
    ["16x4", "paper-16x4"],
    ["32x1", "spmm-32x1-pipelined"],
    ["32x2", "spmm-32x2"],
    ["32x4", "spmm-32x4"],
  ] as const

  it.each(cpuFamilyIds())("of %s take the cycles that its stepped model gives", (id) => {
    const core = id === "kryo" ? "cortex-a75" : id
    for (const [kernel, loop] of loops) {
      const text = builtinLoops.get(loop) ?? ""
      const { cyclesPerIteration } = loopTiming(readLoop(text, loop), cpuCore(core))
      expect(cpuFamily(id, "a test").sparseLoops[kernel].value).toBeCloseTo(cyclesPerIteration, 2)
    }
  })
})
