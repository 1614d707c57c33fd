/** Energy of one byte of an SRAM of any capacity, from a few memories whose energy is known. */
import type { SramAnchor, SramLaw } from "./energy-entries.ts"
import type { Quantity, Status } from "./quantity.ts"
import { toBase } from "./units.ts"
import { worstStatus } from "./worst-status.ts"

export interface SramEnergy {
  /** Picojoules per byte. */
  readonly picojoules: number
  readonly status: Status
  readonly source: string
}

const inWords = (bytes: number): string => {
  const unit = bytes < toBase(1, "KiB") ? "B" : bytes < toBase(1, "MiB") ? "KiB" : "MiB"
  return `${Number((bytes / toBase(1, unit)).toPrecision(4))} ${unit}`
}

/**
 * A power law of capacity through the two anchors around `capacityBytes`: straight in log-log, exact at the anchors.
 * A capacity outside all anchors takes the nearest one's energy times (C / C_anchor)^exponent and is `assumed`, whatever
 * the status of the anchor. That energy per byte follows about the square root of capacity is seen in Horowitz (ISSCC
 * 2014): 8, 32 and 1,024 KiB cost 10, 20 and 100 pJ per 64 bits.
 */
export const sramEnergy = (
  { anchors, exponent }: SramLaw<Quantity>,
  capacityBytes: number,
  action: "read" | "write",
): SramEnergy => {
  const above = anchors.findIndex((anchor) => anchor.capacity.value >= capacityBytes)
  const larger = anchors[above]
  const smaller = anchors[above - 1]
  if (larger?.capacity.value === capacityBytes) {
    const { value, status, source } = larger[action]
    return { picojoules: value, status: worstStatus(status, larger.capacity.status), source }
  }
  const capacity = inWords(capacityBytes)
  if (larger !== undefined && smaller !== undefined) {
    const slope =
      Math.log(larger[action].value / smaller[action].value) /
      Math.log(larger.capacity.value / smaller.capacity.value)
    return {
      picojoules: scaled(smaller, action, capacityBytes, slope),
      status: worstStatus(
        "derived",
        smaller[action].status,
        larger[action].status,
        smaller.capacity.status,
        larger.capacity.status,
      ),
      source: `${capacity}: log-log between ${described(smaller, action)} and ${described(larger, action)}`,
    }
  }
  const edge = larger ?? anchors[anchors.length - 1]
  return {
    picojoules: scaled(edge, action, capacityBytes, exponent.value),
    status: "assumed",
    source: `${capacity} is outside the known memories: ${described(edge, action)} × (capacity ratio)^${exponent.written}`,
  }
}

const scaled = (
  anchor: SramAnchor<Quantity>,
  action: "read" | "write",
  bytes: number,
  exponent: number,
): number => anchor[action].value * (bytes / anchor.capacity.value) ** exponent

const described = (anchor: SramAnchor<Quantity>, action: "read" | "write"): string =>
  `${inWords(anchor.capacity.value)} at ${Number(anchor[action].value.toPrecision(4))} pJ/byte (${anchor[action].source})`
