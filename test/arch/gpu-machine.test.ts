/** GPU boards: a data sheet is enough for a new one, and what it shares with its architecture is listed with it. */
import { describe, expect, it } from "vitest"
import { builtinFiles } from "../../arch/builtin.ts"
import { ConfigError } from "../../arch/errors.ts"
import { gpuArchitectureIds } from "../../arch/gpu-architecture-catalogue.ts"
import { asGpuMachine, machineNumbers } from "../../arch/machine.ts"
import { loadGpuMachine, loadMachine, machineFromText, machineIds } from "../../arch/machine-catalogue.ts"

const boards = machineIds().filter((id) => loadMachine(id).kind === "gpu")

const errorOf = (make: () => unknown): unknown => {
  try {
    make()
  } catch (error) {
    return error
  }
  return undefined
}

/** Dense peak in TFLOPS: a multiply-accumulate counts as two. */
const peak = (id: string, format: string): number => {
  const { sms, clock, family } = loadGpuMachine(id)
  return (2 * sms.value * clock.value * family.tensor[format].value) / 1e12
}

describe("the boards", () => {
  it("are the seventeen that validation cases name", () => {
    expect(boards).toEqual(
      "a100-pcie-40gb a100-pcie-80gb a100-sxm4-40gb a100-sxm4-80gb a800 b200 gb10 h100-pcie h100-sxm h200 h800-pcie rtx-2080-ti rtx-3060 rtx-3090 rtx-4070-ti-super rtx-4090 rtx-5080".split(
        " ",
      ),
    )
  })

  it.each([
    ["a100-sxm4-80gb", "fp16", 312],
    ["a100-pcie-40gb", "int8", 624],
    ["h100-sxm", "fp16", 989],
    ["h100-sxm", "fp8", 1979],
    ["b200", "fp16", 2250],
    ["rtx-4090", "fp16", 165.2],
  ])("%s has the published %s peak of %d TFLOPS", (id, format, published) => {
    expect(peak(id, format) / published).toBeCloseTo(1, 2)
  })

  it("list the numbers of their architecture as their own, each with a source", () => {
    const paths = machineNumbers(loadMachine("rtx-3060")).map(({ path }) => path)
    expect(paths).toContain("family.tensor.fp16")
    expect(paths).toContain("dram.bandwidth")
  })

  it("take a replacement for any number, of the architecture too", () => {
    const set = loadGpuMachine("rtx-3060", [{ path: "family.tensor.fp16", value: 300 }])
    expect(set.family.tensor["fp16"].value).toBe(300)
    expect(loadGpuMachine("rtx-3060").family.tensor["fp16"].value).toBe(256)
  })

  it("of an unknown architecture are refused with the known ones", () => {
    const text = (builtinFiles.get("gpu/rtx-3060.yaml") ?? "").replace("ga10x", "ga1ox")
    const error = errorOf(() => machineFromText(text, "mine.yaml"))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error).toMatchObject({
      place: { file: "mine.yaml", path: "architecture" },
      remedy: expect.stringContaining("ga10x"),
    })
  })

  it("are each of an architecture that exists, and every architecture has a board", () => {
    const used = new Set(boards.map((id) => loadGpuMachine(id).architecture))
    expect([...used].toSorted()).toEqual(gpuArchitectureIds())
  })
})

describe("a board of one's own", () => {
  const number = (value: number, unit: string): string =>
    `{ value: ${value}, unit: "${unit}", status: published, source: its data sheet }`
  const text = `
schema: sparsim-machine/1
id: my-board
kind: gpu
name: My board
about: A board that only its data sheet describes.
architecture: ada
clock: ${number(2475, "MHz")}
sms: ${number(46, "1")}
l2: { capacity: ${number(36, "MiB")} }
dram: { technology: GDDR6X, bandwidth: ${number(504, "GB/s")} }
power: { limit: ${number(200, "W")} }
energy: { table: gpu-ada-board, staticPower: ${number(30, "W")} }
`

  it("needs only its data sheet", () => {
    const board = asGpuMachine(machineFromText(text, "my-board.yaml"))
    expect(board.sms.value).toBe(46)
    expect(board.family.tensor["fp16"].value).toBe(256)
  })

  it("may multiply at other rates than the rest of its architecture", () => {
    const faster = asGpuMachine(
      machineFromText(`${text}tensor: { fp16: ${number(512, "FMA/cycle")} }\n`, "my-board.yaml"),
    )
    expect(faster.family.tensor["fp16"].value).toBe(512)
    expect(faster.family.tensor["int8"]).toEqual(loadGpuMachine("rtx-4090").family.tensor["int8"])
    expect(loadGpuMachine("rtx-4090").family.tensor["fp16"].value).toBe(256)
  })
})
