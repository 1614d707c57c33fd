/** Amounts of the five resources that an FPGA is counted in. */

export const fpgaResources = ["lut", "ff", "dsp", "bram", "uram"] as const
/** 6-input look-up tables, flip-flops, DSP slices, 36 Kb block RAMs, 288 Kb UltraRAMs. */
export type FpgaResource = (typeof fpgaResources)[number]
export type FpgaAmounts = Readonly<Record<FpgaResource, number>>

/** `amount` of every resource. */
export const perResource = (amount: (resource: FpgaResource) => number): FpgaAmounts => ({
  lut: amount("lut"),
  ff: amount("ff"),
  dsp: amount("dsp"),
  bram: amount("bram"),
  uram: amount("uram"),
})

/** Amounts of which those not named are zero. */
export const amounts = (some: Partial<FpgaAmounts>): FpgaAmounts =>
  perResource((resource) => some[resource] ?? 0)

export const sumAmounts = (parts: readonly FpgaAmounts[]): FpgaAmounts =>
  perResource((resource) => parts.reduce((sum, part) => sum + part[resource], 0))

export const timesAmounts = (count: number, part: FpgaAmounts): FpgaAmounts =>
  perResource((resource) => count * part[resource])

/** What a resource is called in tables. */
export const fpgaResourceNames: Readonly<Record<FpgaResource, string>> = {
  lut: "LUT",
  ff: "FF",
  dsp: "DSP",
  bram: "BRAM36",
  uram: "URAM",
}
