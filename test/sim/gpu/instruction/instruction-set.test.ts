/** The listed instructions are those that can be timed, and are none but those that exist. */
import { describe, expect, it } from "vitest"
import { loadGpuMachine, loadMachine, machineIds } from "../../../../arch/machine-catalogue.ts"
import { instructionSet } from "../../../../sim/gpu/instruction/instruction-set.ts"
import { instructionTiming } from "../../../../sim/gpu/instruction/instruction-timing.ts"
import { instructionName } from "../../../../sim/gpu/instruction/matrix-instruction.ts"

const boards = machineIds().filter((id) => loadMachine(id).kind === "gpu")
const named = (id: string, input: string): readonly string[] => [
  ...new Set(
    instructionSet(loadGpuMachine(id))
      .filter((instruction) => instruction.input === input)
      .map((instruction) => `${instructionName(instruction)} ${instruction.accumulate}`),
  ),
]

describe("the instructions of a board", () => {
  it.each(boards)("%s can all be timed, none beyond its peak", (id) => {
    const board = loadGpuMachine(id)
    for (const instruction of instructionSet(board)) {
      const { shareOfPeak, latency } = instructionTiming(board, instruction)
      expect(shareOfPeak).toBeGreaterThan(0)
      expect(shareOfPeak).toBeLessThanOrEqual(1)
      expect(latency).toBeGreaterThan(0)
    }
  })

  it("add bf16 products in fp32, like tf32 ones, with the shapes of PTX", () => {
    expect(named("a100-pcie-40gb", "bf16")).toEqual([
      "mma.m16n8k8 fp32",
      "mma.m16n8k16 fp32",
      "mma.sp.m16n8k16 fp32",
      "mma.sp.m16n8k32 fp32",
    ])
    expect(named("a100-pcie-40gb", "tf32")).toEqual([
      "mma.m16n8k4 fp32",
      "mma.m16n8k8 fp32",
      "mma.sp.m16n8k8 fp32",
      "mma.sp.m16n8k16 fp32",
    ])
  })

  it("have no 2:4 of single bits, and on Turing no 2:4 at all", () => {
    expect(named("a100-pcie-40gb", "b1").join()).not.toContain(".sp")
    expect(instructionSet(loadGpuMachine("rtx-2080-ti")).every(({ a }) => a === "dense")).toBe(true)
  })

  it("hold wgmma on Hopper only and tcgen05 on B200 only", () => {
    const ops = (id: string) => new Set(instructionSet(loadGpuMachine(id)).map(({ op }) => op))
    expect([...ops("h200")]).toEqual(["mma", "wgmma"])
    expect([...ops("b200")]).toEqual(["mma", "tcgen05"])
    expect([...ops("rtx-5080")]).toEqual(["mma"])
  })
})
