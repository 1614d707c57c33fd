import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinEnergyTables, loadEnergyTable } from "../../arch/energy-catalogue.ts"
import { type Dtype, energyActions, type EnergyComponent } from "../../arch/energy-component.ts"
import type { EnergyTable } from "../../arch/energy-table.ts"
import { ConfigError } from "../../arch/errors.ts"
import { resolveEnergy } from "../../arch/resolve-energy.ts"

const component = "part"
const macFormats: readonly (readonly [Dtype, Dtype])[] = [
  ["int8", "int32"],
  ["fp16", "fp16"],
  ["fp16", "fp32"],
  ["bf16", "fp32"],
  ["fp32", "fp32"],
]
const dtypes: readonly Dtype[] = ["int8", "int32", "fp16", "bf16", "fp32"]

const anyComponent: fc.Arbitrary<EnergyComponent> = fc.oneof(
  fc
    .constantFrom(...macFormats)
    .map(([dtype, accumulate]) => ({ component, kind: "mac" as const, dtype, accumulate })),
  fc.constantFrom(...dtypes).map((dtype) => ({ component, kind: "alu" as const, dtype })),
  fc.integer({ min: 1, max: 64 }).map((bits) => ({ component, kind: "comparator" as const, bits })),
  fc
    .integer({ min: 1, max: 2 ** 26 })
    .map((capacityBytes) => ({ component, kind: "sram" as const, capacityBytes })),
  fc.constant({ component, kind: "register" as const }),
  fc
    .constantFrom("ddr3", "ddr4", "lpddr4", "hbm2")
    .map((technology) => ({ component, kind: "dram" as const, technology })),
)
/** Tables of boards price what their sensors see and no single circuit such as a comparator. */
const anyTable = fc.constantFrom(...builtinEnergyTables().filter(({ scope }) => scope !== "board"))

const errorOf = (table: EnergyTable, part: EnergyComponent): ConfigError => {
  try {
    resolveEnergy(table, [part])
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("it was priced")
}

const price = (table: string, part: EnergyComponent, action: string) =>
  resolveEnergy(loadEnergyTable(table), [part]).find((energy) => energy.action === action)

describe("resolving energies", () => {
  it("prices every action of every kind in every built-in table, above zero and with a source", () => {
    fc.assert(
      fc.property(anyTable, anyComponent, (table, part) => {
        const energies = resolveEnergy(table, [part])
        expect(energies.map(({ action }) => action)).toEqual(energyActions[part.kind])
        for (const energy of energies) {
          expect(energy.picojoules).toBeGreaterThan(0)
          expect(Number.isFinite(energy.picojoules)).toBe(true)
          expect(energy.source).not.toBe("")
          expect(energy.component).toBe(component)
        }
      }),
    )
  })

  it("charges a gated MAC something, but no more than a computing one", () => {
    fc.assert(
      fc.property(anyTable, fc.constantFrom(...macFormats), (table, [dtype, accumulate]) => {
        const [compute, gated] = resolveEnergy(table, [{ component, kind: "mac", dtype, accumulate }])
        expect(gated.picojoules).toBeGreaterThan(0)
        expect(gated.picojoules).toBeLessThanOrEqual(compute.picojoules)
      }),
    )
  })

  it("counts memories in bytes and everything else in operations", () => {
    fc.assert(
      fc.property(anyTable, anyComponent, (table, part) => {
        const memory = part.kind === "sram" || part.kind === "register" || part.kind === "dram"
        for (const { per } of resolveEnergy(table, [part])) expect(per).toBe(memory ? "byte" : "operation")
      }),
    )
  })

  it("resolves a list as it resolves its members", () => {
    fc.assert(
      fc.property(anyTable, fc.array(anyComponent, { maxLength: 5 }), (table, parts) => {
        expect(resolveEnergy(table, parts)).toEqual(parts.flatMap((part) => resolveEnergy(table, [part])))
      }),
    )
  })

  it("prices a comparison by the bit", () => {
    fc.assert(
      fc.property(anyTable, fc.integer({ min: 1, max: 64 }), (table, bits) => {
        const one = resolveEnergy(table, [{ component, kind: "comparator", bits: 1 }])[0]
        const many = resolveEnergy(table, [{ component, kind: "comparator", bits }])[0]
        expect(many.picojoules).toBeCloseTo(bits * one.picojoules, 12)
      }),
    )
  })

  it("gives Horowitz's fp16 MAC with an fp32 sum as 1.1 + 0.9 pJ, derived", () => {
    const mac = { component: "pe", kind: "mac", dtype: "fp16", accumulate: "fp32" } as const
    expect(price("horowitz-45nm", mac, "compute")).toMatchObject({
      picojoules: 2,
      status: "derived",
      per: "operation",
    })
  })

  it("gives Sparseloop's int8 MAC as published: 0.5608 pJ, gated 0.01798 pJ", () => {
    const mac = { component: "pe", kind: "mac", dtype: "int8", accumulate: "int32" } as const
    expect(price("sparseloop-stc-45nm", mac, "compute")).toMatchObject({
      picojoules: 0.5608,
      status: "published",
    })
    expect(price("sparseloop-stc-45nm", mac, "gated")).toMatchObject({
      picojoules: 0.01798,
      status: "published",
    })
  })

  it("gives Sparseloop's shared memory per byte of its 512-bit lines: 285.71464 / 64 pJ read, 316.96744 / 64 written", () => {
    const memory = { component: "smem", kind: "sram", capacityBytes: 256 * 1024 } as const
    expect(price("sparseloop-stc-45nm", memory, "read")?.picojoules).toBeCloseTo(285.71464 / 64, 4)
    expect(price("sparseloop-stc-45nm", memory, "write")?.picojoules).toBeCloseTo(316.96744 / 64, 4)
  })

  it("gives LPDDR4 of the Accelergy tables as 8 pJ/bit and HBM2 of O'Connor (2017) as 3.92 pJ/bit", () => {
    const dram = (technology: string) => ({ component: "dram", kind: "dram", technology }) as const
    expect(price("sparseloop-stc-45nm", dram("lpddr4"), "write")).toMatchObject({
      picojoules: 64,
      per: "byte",
    })
    expect(price("sparseloop-stc-45nm", dram("hbm2"), "read")?.picojoules).toBeCloseTo(3.92 * 8, 12)
  })

  it("gives the Eyeriss-like global buffer per byte of its 64-bit words, reads and writes apart", () => {
    const buffer = { component: "glb", kind: "sram", capacityBytes: 16_384 * 8 } as const
    expect(price("eyeriss-65nm", buffer, "read")?.picojoules).toBeCloseTo(18.183829 / 8, 5)
    expect(price("eyeriss-65nm", buffer, "write")?.picojoules).toBeCloseTo(14.137929 / 8, 5)
  })

  it("prices a write apart from a read in registers too", () => {
    // Smallest scratchpad of the Eyeriss-like example: 0.202442 pJ read, 0.176713 pJ written per 16 bits.
    const register = { component: "latch", kind: "register" } as const
    expect(price("eyeriss-65nm", register, "read")?.picojoules).toBeCloseTo(0.202442 / 2, 6)
    expect(price("eyeriss-65nm", register, "write")?.picojoules).toBeCloseTo(0.176713 / 2, 6)
  })

  it("knows a comparison no better than the price of its bits", () => {
    const comparator = { component: "sorter", kind: "comparator", bits: 16 } as const
    expect(price("aladdin-40nm", comparator, "compare")?.status).toBe("derived")
    expect(price("horowitz-45nm", comparator, "compare")?.status).toBe("assumed")
  })

  it("gives Aladdin's fp32 MAC at 1 ns as 35.3 + 16.679 pJ, eleven times Horowitz's", () => {
    const mac = { component: "pe", kind: "mac", dtype: "fp32", accumulate: "fp32" } as const
    expect(price("aladdin-40nm", mac, "compute")).toMatchObject({ picojoules: 51.979, status: "derived" })
    expect(price("horowitz-45nm", mac, "compute")?.picojoules).toBeCloseTo(4.6, 12)
  })

  it("says for an unpriced DRAM which component, action and table, and what is known", () => {
    const error = errorOf(loadEnergyTable("fpga-16nm"), {
      component: "dram",
      kind: "dram",
      technology: "gddr6",
    })
    expect(error.message).toBe(
      'energy table "fpga-16nm" has no price for dram.read and dram.write (dram, gddr6)',
    )
    expect(error.remedy).toContain("aladdin-40nm, eyeriss-65nm, horowitz-45nm, sparseloop-stc-45nm")
    expect(error.remedy).toContain("ddr4")
  })

  it("never prices what a table lacks, whatever the kind", () => {
    const empty: EnergyTable = { ...loadEnergyTable("horowitz-45nm"), id: "empty", entries: {}, dram: [] }
    fc.assert(
      fc.property(anyComponent, (part) => {
        const error = errorOf(empty, part)
        expect(error.message).toContain('"empty"')
        expect(error.message).toContain(`part.${energyActions[part.kind][0]}`)
        expect(error.remedy).toContain("horowitz-45nm")
      }),
      { numRuns: 30 },
    )
  })

  it("does not price a MAC whose accumulator no table knows", () => {
    const error = errorOf(loadEnergyTable("horowitz-45nm"), {
      component: "pe",
      kind: "mac",
      dtype: "fp32",
      accumulate: "int8",
    })
    expect(error.message).toContain("mac, fp32 into int8")
    expect(error.remedy).toContain("No built-in table has one")
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a memory of %s bytes", (capacityBytes) => {
    const error = errorOf(loadEnergyTable("horowitz-45nm"), {
      component: "buffer",
      kind: "sram",
      capacityBytes,
    })
    expect(error.message).toContain("buffer")
  })
})
