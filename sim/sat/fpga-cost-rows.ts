/** An FPGA estimate laid out for reading: rows of a table and the sentences under it. */
import {
  type FpgaAmounts,
  type FpgaResource,
  fpgaResourceNames,
  fpgaResources,
} from "../../arch/fpga-resources.ts"
import { formatNmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { Band, FpgaCost } from "./fpga-cost.ts"

export interface FpgaCostRow {
  readonly id: string
  readonly name: string
  /** How many of the part there are; undefined for totals. */
  readonly count: number | undefined
  readonly amounts: FpgaAmounts
  /** `share`: the amounts are shares of the device, 0 to 1 when it fits. */
  readonly kind: "part" | "total" | "band" | "capacity" | "share"
}

/** Columns of the resources, in order. */
export const fpgaColumns: readonly { readonly id: FpgaResource; readonly name: string }[] = fpgaResources.map(
  (id) => ({ id, name: fpgaResourceNames[id] }),
)

/** Every part, their total and its band, the device and the share of it that is taken. */
export const fpgaCostRows = (cost: FpgaCost): readonly FpgaCostRow[] => {
  const row = (id: string, name: string, kind: FpgaCostRow["kind"], amounts: FpgaAmounts): FpgaCostRow => ({
    id,
    name,
    count: undefined,
    amounts,
    kind,
  })
  return [
    ...cost.parts.map((part): FpgaCostRow => ({ ...part, kind: "part" })),
    row("total", "total", "total", cost.total.value),
    row("total.low", "least", "band", cost.total.low),
    row("total.high", "greatest", "band", cost.total.high),
    row("capacity", cost.device, "capacity", cost.capacity),
    row("share", "share of the device", "share", cost.share),
  ]
}

const rounded = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2)

const banded = ({ value, low, high }: Band<number>, unit: string): string =>
  `${rounded(value)} ${unit} (${rounded(low)} to ${rounded(high)})`

const percent = (share: number): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : "all and more"

const fitLine = ({ fits, fitsAtMost, binding, share, device }: FpgaCost): string => {
  const name = fpgaResourceNames[binding]
  if (!fits) return `Does not fit ${device}: ${name} at ${percent(share[binding])}.`
  const reserve = fitsAtMost
    ? "It fits with every unit cost at its greatest, too."
    : "It does not fit with every unit cost at its greatest."
  return `Fits ${device}; ${name} is scarcest at ${percent(share[binding])}. ${reserve}`
}

const regionLine = ({ fits, regions }: FpgaCost): readonly string[] => {
  const { needed, available, wiresPerCut, wireShare } = regions
  if (!fits || available === 1) return []
  if (needed === 1) return ["One super logic region (SLR) holds it: nothing need cross."]
  return [
    `Needs at least ${needed} of ${available} super logic regions (SLRs): the array is cut, and ${wiresPerCut} bits (${percent(wireShare)} of the wires) cross each cut and are registered on both sides.`,
  ]
}

/** Sentences: fit, regions, power, peak and efficiency, each saying what it counts. */
export const fpgaCostLines = (cost: FpgaCost): readonly string[] => {
  const { peak } = cost
  const sparse =
    peak.pattern === undefined
      ? []
      : [
          `At ${formatNmPattern(peak.pattern)}, pruned operations counted as done: ${rounded(peak.denseEquivalentGops)} GOPS, ${banded(cost.denseEquivalentGopsPerWatt, "GOPS/W")}.`,
        ]
  return [
    fitLine(cost),
    ...regionLine(cost),
    `Power at full activity ${banded(cost.watts, "W")}: static power, and clock × resources × assumed energy per cycle; DRAM traffic is not in it.`,
    `Peak, operations that are issued: ${rounded(peak.gops)} GOPS (2 × PEs × clock), ${banded(cost.gopsPerWatt, "GOPS/W")}.`,
    ...sparse,
  ]
}
