/** Loads from shared memory: passes, and bank conflicts as measured on B200. */
import { describe, expect, it } from "vitest"
import { loadGpuMachine } from "../../../../arch/machine-catalogue.ts"
import { sharedLoadTiming } from "../../../../sim/gpu/instruction/shared-load.ts"

describe("a load from shared memory", () => {
  const a100 = loadGpuMachine("a100-pcie-40gb")

  it("takes a pass for every 128 bytes: an ldmatrix of four matrices takes four", () => {
    expect(sharedLoadTiming(a100, { bytes: 512, ways: 1 })).toEqual({ latency: 32, interval: 4 })
  })

  it("without conflicts has the measured latency of 29 cycles", () => {
    expect(sharedLoadTiming(a100, { bytes: 128, ways: 1 }).latency).toBe(29)
  })

  it("with a 32-way conflict takes the 66.6 cycles measured on B200, and 32 passes where nobody measured", () => {
    const load = { bytes: 128, ways: 32 }
    expect(sharedLoadTiming(loadGpuMachine("b200"), load).interval).toBeCloseTo(66.6, 1)
    expect(sharedLoadTiming(a100, load).interval).toBe(32)
  })
})
