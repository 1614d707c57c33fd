/** FPGA estimates: values worked out by hand on a table of round numbers, and what must hold for any machine. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  loadFpgaDevice,
  loadFpgaUnits,
  type FpgaDevice,
  type FpgaUnits,
} from "../../../arch/fpga-cost-table.ts"
import { fpgaResources, sumAmounts } from "../../../arch/fpga-resources.ts"
import type { ArrayMachine } from "../../../arch/machine.ts"
import { loadMachine, parseOverride } from "../../../arch/machine-catalogue.ts"
import { fpgaCost, memoryBlocks, peakThroughput, selectorLuts } from "../../../sim/sat/fpga-cost.ts"
import { fpgaCostLines, fpgaCostRows } from "../../../sim/sat/fpga-cost-rows.ts"

const device = loadFpgaDevice("vu9p")
const units = loadFpgaUnits("ultrascale-plus-units")

const machineWith = (...settings: readonly string[]): ArrayMachine => {
  const machine = loadMachine("sat-vcu1525", settings.map(parseOverride))
  if (machine.kind !== "array") throw new Error("not an array machine")
  return machine
}

const costWith = (...settings: readonly string[]) => fpgaCost(machineWith(...settings), units, device)

const partOf = (cost: ReturnType<typeof fpgaCost>, id: string) => {
  const part = cost.parts.find((p) => p.id === id)
  if (part === undefined) throw new Error(`no part ${id}`)
  return part
}

/** The device with other capacities. */
const deviceWith = (capacity: Partial<Record<(typeof fpgaResources)[number], number>>): FpgaDevice => ({
  ...device,
  capacity: Object.fromEntries(
    fpgaResources.map((r) => [r, { ...device.capacity[r], value: capacity[r] ?? device.capacity[r].value }]),
  ) as FpgaDevice["capacity"],
})

describe("the parts of an array on an FPGA", () => {
  it("select one of M operands with one LUT a bit for 4, two for 8, four for 16, eight for 32", () => {
    expect([1, 2, 4, 5, 8, 16, 32].map((m) => selectorLuts(m, units))).toEqual([0, 1, 1, 2, 2, 4, 8])
    // 64 inputs: two halves of 8 LUTs and a second level of two inputs.
    expect(selectorLuts(64, units)).toBe(17)
  })

  it("take a block for 72 bits of port and for 512 or 4,096 words", () => {
    // 2 MiB behind 1,024 bits: 15 columns, 16,384 words, 4 UltraRAMs or 32 block RAMs deep.
    expect(memoryBlocks(2 ** 24, 1024, 72, 4096)).toBe(60)
    expect(memoryBlocks(2 ** 24, 1024, 72, 512)).toBe(480)
    expect(memoryBlocks(1, 1, 72, 4096)).toBe(1)
  })

  it("are 1,024 processing elements of 1 + 2 DSPs, 60 + 226 LUTs and 90 + 177 flip-flops by default", () => {
    const operators = partOf(costWith(), "operators")
    expect(operators.count).toBe(1024)
    expect(operators.amounts).toEqual({ lut: 1024 * 286, ff: 1024 * 267, dsp: 3072, bram: 0, uram: 0 })
  })

  it("hold three operands and, interleaved by 4, four sums of 32 bits in each element", () => {
    // 20 + 3 × 16 + 4 × 32 flip-flops, 20 LUTs of control.
    expect(partOf(costWith(), "registers").amounts).toMatchObject({ lut: 1024 * 20, ff: 1024 * 196 })
  })

  it("select among 16 operands with 64 LUTs, a group register of 256 bits and two indices of 4 bits", () => {
    expect(partOf(costWith(), "selectors").amounts).toMatchObject({ lut: 1024 * 64, ff: 1024 * 264 })
  })

  it("generate masks with 8 entries a lane of 16 value and 4 index bits", () => {
    // 8 × (8 + 10) + 40 LUTs and 8 × 20 + 40 flip-flops, 32 lanes.
    expect(partOf(costWith(), "sore").amounts).toMatchObject({ lut: 32 * 184, ff: 32 * 200, dsp: 0 })
  })

  it("update weights with two fp32 multipliers and two fp32 adders a lane", () => {
    // 2 × 90 + 2 × 226 + 150 LUTs; 2 × 3 + 2 × 2 DSPs.
    expect(partOf(costWith(), "wuve").amounts).toMatchObject({ lut: 32 * 782, dsp: 32 * 10 })
  })

  it("buffer operands in UltraRAM as wide as the edge takes them in", () => {
    const cost = costWith()
    // 32 rows × 16/2 operands × 16 bits; 32 × (16 + 4) bits; 32 × 32 bits.
    expect(["ifmap", "filter", "ofmap"].map((id) => partOf(cost, `buffer.${id}`).amounts.uram)).toEqual([
      Math.ceil(4096 / 72) * 1,
      Math.ceil(640 / 72) * 7,
      Math.ceil(1024 / 72) * 4,
    ])
  })

  it("buffer operands in block RAM where UltraRAM has no room left", () => {
    const small = fpgaCost(machineWith(), units, deviceWith({ uram: 100 }))
    expect(small.total.value.uram).toBe(57)
    expect(partOf(small, "buffer.ofmap").amounts).toMatchObject({ uram: 0, bram: 15 * 32 })
    expect(fpgaCost(machineWith(), units, deviceWith({ uram: 0 })).total.value.uram).toBe(0)
  })

  it("have one controller for every 19.2 GB/s", () => {
    expect(partOf(costWith(), "dram").count).toBe(4)
    expect(partOf(costWith("dram.bandwidth=20GB/s"), "dram").count).toBe(2)
  })

  it("have neither selectors nor mask lanes on a dense array", () => {
    const ids = costWith("array.maxGroup=1").parts.map(({ id }) => id)
    expect(ids).not.toContain("selectors")
    expect(ids).not.toContain("sore")
  })
})

describe("the fit on a device", () => {
  it("is the total against the capacity, the largest share binding", () => {
    const cost = costWith()
    expect(cost.fits).toBe(true)
    expect(cost.binding).toBe("lut")
    // 3,072 in the array, 32 × 10 + 32 × 5 in the lanes, 4 × 3 and 7 around them.
    expect(cost.total.value.dsp).toBe(3571)
    expect(cost.share.dsp).toBeCloseTo(3571 / 6840, 12)
    expect(costWith("array.rows=64", "array.cols=64").fits).toBe(false)
  })

  it("holds at exactly the capacity and no longer one short of it, whichever resource it is", () => {
    const { total } = costWith()
    for (const resource of fpgaResources.filter((r) => r !== "uram")) {
      const exact = total.value[resource]
      expect(fpgaCost(machineWith(), units, deviceWith({ [resource]: exact })).fits).toBe(true)
      const short = fpgaCost(machineWith(), units, deviceWith({ [resource]: exact - 1 }))
      expect([short.fits, short.binding]).toEqual([false, resource])
    }
  })

  it("needs two of the three regions for 3,571 DSPs at 2,280 a region, cut across 32 columns", () => {
    // 16 operand, 4 index and 32 sum bits in each column.
    expect(costWith().regions).toMatchObject({ needed: 2, available: 3, wiresPerCut: 32 * 52 })
    expect(costWith("array.rows=8", "array.cols=8").regions.needed).toBe(1)
  })
})

describe("power and peak on a device", () => {
  /** Nothing draws but DSPs, at exactly 10 pJ, and nothing is static. */
  const dspOnly: FpgaUnits = {
    ...units,
    energy: Object.fromEntries(
      Object.entries(units.energy).map(([name, q]) => {
        const value = name === "dsp" ? 10 : 0
        return [name, { ...q, value, range: [value / 2, value * 2] as const }]
      }),
    ) as FpgaUnits["energy"],
  }

  it("is static power and clock times resources times energy, the shell being static", () => {
    const cost = fpgaCost(machineWith("energy.staticPower=0W"), dspOnly, device)
    // 200 MHz × (3,571 − 7) × 10 pJ.
    expect(cost.watts.value).toBeCloseTo(7.128, 9)
    const withStatic = fpgaCost(machineWith("energy.staticPower=4W"), dspOnly, device)
    expect(withStatic.watts.value - cost.watts.value).toBeCloseTo(4, 9)
  })

  it("peaks at 409.6 GOPS for 1,024 elements at 200 MHz, and four times that at 2:8 counted densely", () => {
    expect(peakThroughput(machineWith(), { n: 2, m: 8 })).toMatchObject({
      gops: 409.6,
      denseEquivalentGops: 1638.4,
    })
    expect(peakThroughput(machineWith()).denseEquivalentGops).toBe(409.6)
  })

  it("divides the peak by the power, the least efficiency at the greatest power", () => {
    const cost = fpgaCost(machineWith(), units, device, { n: 2, m: 8 })
    expect(cost.gopsPerWatt.low).toBeCloseTo(409.6 / cost.watts.high, 9)
    expect(cost.gopsPerWatt.high).toBeCloseTo(409.6 / cost.watts.low, 9)
    expect(cost.denseEquivalentGopsPerWatt.value / cost.gopsPerWatt.value).toBeCloseTo(4, 9)
  })

  it("refuses a pattern of longer groups than the selectors take, unless it is dense", () => {
    expect(() => peakThroughput(machineWith(), { n: 2, m: 32 })).toThrow(
      expect.objectContaining({ _tag: "UnsupportedError", message: expect.stringContaining("2:32") }),
    )
    expect(peakThroughput(machineWith(), { n: 32, m: 32 }).denseEquivalentGops).toBe(409.6)
  })

  it("refuses an operator that the table does not cost", () => {
    const without = { ...units, operators: units.operators.filter(({ dtype }) => dtype !== "fp16") }
    expect(() => fpgaCost(machineWith(), without, device)).toThrow(
      expect.objectContaining({ _tag: "ConfigError", message: expect.stringContaining("fp16") }),
    )
  })
})

const shapes = fc.record({
  rows: fc.integer({ min: 1, max: 128 }),
  cols: fc.integer({ min: 1, max: 128 }),
  maxGroup: fc.integer({ min: 1, max: 64 }),
  interleave: fc.integer({ min: 1, max: 16 }),
  sore: fc.integer({ min: 1, max: 128 }),
  wuve: fc.integer({ min: 1, max: 128 }),
  vector: fc.integer({ min: 1, max: 128 }),
})
type Shape = typeof shapes extends fc.Arbitrary<infer S> ? S : never

const costOf = (shape: Shape) =>
  costWith(
    ...(["rows", "cols", "maxGroup", "interleave"] as const).map((key) => `array.${key}=${shape[key]}`),
    ...(["sore", "wuve", "vector"] as const).map((unit) => `${unit}.lanes=${shape[unit]}`),
  )

describe("the estimate of any machine", () => {
  it("never shrinks in logic, DSPs or peak when something is added", () => {
    // Memory blocks are left out: a wider port can waste fewer bits of its last block.
    fc.assert(
      fc.property(
        shapes,
        fc.constantFrom(...(["rows", "cols", "maxGroup", "interleave", "sore", "wuve", "vector"] as const)),
        fc.integer({ min: 1, max: 9 }),
        (shape, key, more) => {
          const small = costOf(shape)
          const large = costOf({ ...shape, [key]: shape[key] + more })
          const logic = (cost: typeof small) =>
            sumAmounts(cost.parts.filter(({ id }) => !id.startsWith("buffer.")).map(({ amounts }) => amounts))
          for (const resource of fpgaResources) {
            expect(logic(large)[resource]).toBeGreaterThanOrEqual(logic(small)[resource])
          }
          expect(large.peak.gops).toBeGreaterThanOrEqual(small.peak.gops)
        },
      ),
      { numRuns: 200 },
    )
  })

  it("needs no fewer memory blocks for a larger buffer, and always enough bits and ports", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 30 }),
        fc.nat(2 ** 28),
        fc.integer({ min: 1, max: 8192 }),
        (bits, more, port) => {
          const blocks = memoryBlocks(bits, port, 72, 4096)
          expect(memoryBlocks(bits + more, port, 72, 4096)).toBeGreaterThanOrEqual(blocks)
          expect(blocks * 72 * 4096).toBeGreaterThanOrEqual(bits)
          expect(blocks * 72).toBeGreaterThanOrEqual(port)
        },
      ),
    )
  })

  it("is the sum of its parts in whole resources, inside its band, and fits exactly when nothing exceeds the device", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const cost = costOf(shape)
        expect(cost.total.value).toEqual(sumAmounts(cost.parts.map(({ amounts }) => amounts)))
        for (const resource of fpgaResources) {
          expect(Number.isInteger(cost.total.value[resource])).toBe(true)
          expect(cost.total.low[resource]).toBeLessThanOrEqual(cost.total.value[resource])
          expect(cost.total.high[resource]).toBeGreaterThanOrEqual(cost.total.value[resource])
          expect(cost.share[resource]).toBeLessThanOrEqual(cost.share[cost.binding])
        }
        expect(cost.fits).toBe(cost.share[cost.binding] <= 1)
        expect(cost.fits).toBe(cost.regions.needed <= cost.regions.available)
        expect(cost.watts.low).toBeLessThanOrEqual(cost.watts.value)
        expect(cost.watts.high).toBeGreaterThanOrEqual(cost.watts.value)
        expect(cost.fits || !cost.fitsAtMost).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it("has operators in proportion to its processing elements", () => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const one = partOf(costOf({ ...shape, rows: 1, cols: 1 }), "operators").amounts
        const all = partOf(costOf(shape), "operators").amounts
        for (const resource of fpgaResources)
          expect(all[resource]).toBe(shape.rows * shape.cols * one[resource])
      }),
      { numRuns: 100 },
    )
  })
})

describe("what is printed of an estimate", () => {
  it("lists every part, the total with its band, the device and the share", () => {
    const cost = costWith()
    const rows = fpgaCostRows(cost)
    expect(rows.filter(({ kind }) => kind === "part").map(({ id }) => id)).toEqual(
      cost.parts.map(({ id }) => id),
    )
    expect(rows.slice(cost.parts.length).map(({ id }) => id)).toEqual([
      "total",
      "total.low",
      "total.high",
      "capacity",
      "share",
    ])
  })

  it("says what fits, what binds, what crosses regions, and which operations a rate counts", () => {
    const lines = fpgaCostLines(fpgaCost(machineWith(), units, device, { n: 2, m: 8 }))
    expect(lines[0]).toMatch(/^Fits Xilinx .*; LUT is scarcest at 54 %\./)
    expect(lines.join("\n")).toContain("at least 2 of 3 super logic regions")
    expect(lines.join("\n")).toMatch(/operations that are issued: 410 GOPS/)
    expect(lines.join("\n")).toMatch(/At 2:8, pruned operations counted as done: 1638 GOPS/)
  })

  it("says so when it does not fit, even if the device has none of a resource", () => {
    expect(fpgaCostLines(costWith("array.rows=64", "array.cols=64"))[0]).toMatch(
      /^Does not fit .*DSP at 187 %/,
    )
    expect(fpgaCostLines(fpgaCost(machineWith(), units, deviceWith({ dsp: 0 })))[0]).toContain("all and more")
  })
})
