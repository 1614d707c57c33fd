/**
 * What an array machine takes of an FPGA, what it draws there, and what it could compute at most. Structure comes from the
 * machine's file, costs per part from a table of unit costs; the result is an estimate before any synthesis. It assumes one
 * operator per processing element (temporal N:M: N cycles for a group of M), lanes of their own for update and vector work,
 * and buffers as wide as the array's edge. Power is an estimate apart from the energy table that prices traces.
 */
import { ConfigError, UnsupportedError } from "../../arch/errors.ts"
import type { FpgaDevice, FpgaOperator, FpgaUnits } from "../../arch/fpga-cost-table.ts"
import {
  amounts,
  type FpgaAmounts,
  type FpgaResource,
  fpgaResources,
  perResource,
  sumAmounts,
  timesAmounts,
} from "../../arch/fpga-resources.ts"
import type { ArrayMachine } from "../../arch/machine.ts"
import type { Quantity } from "../../arch/quantity.ts"
import { formatNmPattern, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { bytesOf } from "./stage-cost.ts"

/** An estimate with the values that the least and the greatest plausible inputs give. */
export interface Band<T> {
  readonly value: T
  readonly low: T
  readonly high: T
}

/** One kind of part: `count` of them together take `amounts`. */
export interface FpgaPart {
  readonly id: string
  readonly name: string
  readonly count: number
  readonly amounts: FpgaAmounts
}

/** How the design lies over the device's super logic regions. */
export interface RegionUse {
  /** Least number of regions that hold every resource; more than the device has when it does not fit. */
  readonly needed: number
  readonly available: number
  /** Wires that one cut through the array takes, every column crossing it: operand, index and partial sum. */
  readonly wiresPerCut: number
  /** Share of the wires between two regions. */
  readonly wireShare: number
}

export interface PeakThroughput {
  /** 1e9 operations per second, two for each multiply-accumulate that is issued. */
  readonly gops: number
  /** The same with pruned operations counted as done: × M/N. */
  readonly denseEquivalentGops: number
  readonly pattern: NmPattern | undefined
}

export interface FpgaCost {
  readonly machine: string
  readonly device: string
  readonly parts: readonly FpgaPart[]
  readonly total: Band<FpgaAmounts>
  readonly capacity: FpgaAmounts
  /** Total over capacity; infinite where the device has none of a resource that is needed. */
  readonly share: FpgaAmounts
  /** No resource is needed beyond the device's. Designs that fill most of a device may still not route. */
  readonly fits: boolean
  /** The same when every unit cost is at its greatest. */
  readonly fitsAtMost: boolean
  /** The resource of the greatest share. */
  readonly binding: FpgaResource
  readonly regions: RegionUse
  /** Watts of the card at full activity, without DRAM traffic. */
  readonly watts: Band<number>
  readonly peak: PeakThroughput
  /** Peak 1e9 operations per joule. `low` belongs to the greatest power. */
  readonly gopsPerWatt: Band<number>
  readonly denseEquivalentGopsPerWatt: Band<number>
}

/** Which value of an uncertain number an evaluation uses. */
type Choice = (quantity: Quantity) => number
const nominal: Choice = ({ value }) => value
const least: Choice = ({ value, range }) => range?.[0] ?? value
const greatest: Choice = ({ value, range }) => range?.[1] ?? value

const bandOf = <T>(of: (choice: Choice) => T): Band<T> => ({
  value: of(nominal),
  low: of(least),
  high: of(greatest),
})

/**
 * LUTs of one bit of an M-to-1 multiplexer: ceil(M / 4), since a 6-input LUT selects among four and the slice's own
 * multiplexers join up to 32 inputs for nothing (AMD UG474, UG974); wider ones take a second level.
 */
export const selectorLuts = (inputs: number, units: FpgaUnits): number => {
  const { inputsPerLut, widest } = units.selector
  if (inputs <= 1) return 0
  const level = Math.ceil(inputs / inputsPerLut.value)
  return inputs <= widest.value ? level : level + selectorLuts(Math.ceil(inputs / widest.value), units)
}

/** Bits of an index into a group of M. */
const indexBits = (m: number): number => Math.ceil(Math.log2(m))

const operatorAmounts = (
  units: FpgaUnits,
  operation: FpgaOperator["operation"],
  dtype: FpgaOperator["dtype"],
  choose: Choice,
): FpgaAmounts => {
  const operator = units.operators.find((row) => row.operation === operation && row.dtype === dtype)
  if (operator === undefined) {
    throw new ConfigError({
      message: `FPGA unit costs ${units.id} have no ${dtype} operator to ${operation}`,
      remedy: "Add a row for it under operators.",
    })
  }
  return amounts({ lut: choose(operator.lut), ff: choose(operator.ff), dsp: choose(operator.dsp) })
}

/** Widths of the machine's operands, in bits. */
const widthsOf = (machine: ArrayMachine) => ({
  operand: 8 * bytesOf[machine.dtype],
  sum: 8 * bytesOf[machine.accumulate],
  index: indexBits(machine.array.maxGroup.value),
})

const arrayParts = (machine: ArrayMachine, units: FpgaUnits, choose: Choice): readonly FpgaPart[] => {
  const { rows, cols, interleave, maxGroup } = machine.array
  const count = rows.value * cols.value
  const { operand, sum, index } = widthsOf(machine)
  const pe = units.processingElement
  const operators = sumAmounts([
    operatorAmounts(units, "multiply", machine.dtype, choose),
    operatorAmounts(units, "add", machine.accumulate, choose),
  ])
  const registers = amounts({
    lut: choose(pe.lut),
    ff: choose(pe.ff) + choose(pe.operandCopies) * operand + interleave.value * sum,
  })
  const selector = amounts({
    lut: selectorLuts(maxGroup.value, units) * operand,
    ff: choose(pe.groupCopies) * maxGroup.value * operand + choose(pe.indexCopies) * index,
  })
  const part = (id: string, name: string, each: FpgaAmounts): FpgaPart => ({
    id,
    name,
    count,
    amounts: timesAmounts(count, each),
  })
  return [
    part("operators", `${machine.dtype} multipliers, ${machine.accumulate} adders`, operators),
    part("registers", "operand and sum registers, control", registers),
    ...(maxGroup.value > 1
      ? [part("selectors", `${maxGroup.value}-to-1 operand selectors, index registers`, selector)]
      : []),
  ]
}

/** A lane compares each new value with every entry of its list and shifts it in: value and index replace the entry's. */
const soreLane = (machine: ArrayMachine, units: FpgaUnits, choose: Choice): FpgaAmounts => {
  const { entriesPerGroup, lutPerComparedBit, lutPerReplacedBit, lut, ff } = units.sore
  const { operand, index } = widthsOf(machine)
  const entries = Math.ceil(choose(entriesPerGroup) * machine.array.maxGroup.value)
  return amounts({
    lut:
      entries * (choose(lutPerComparedBit) * operand + choose(lutPerReplacedBit) * (operand + index)) +
      choose(lut),
    ff: entries * (operand + index) + choose(ff),
  })
}

const arithmeticLane = (units: FpgaUnits, unit: "wuve" | "vector", choose: Choice): FpgaAmounts => {
  const { multipliers, adders, lut, ff } = units[unit]
  return sumAmounts([
    timesAmounts(choose(multipliers), operatorAmounts(units, "multiply", "fp32", choose)),
    timesAmounts(choose(adders), operatorAmounts(units, "add", "fp32", choose)),
    amounts({ lut: choose(lut), ff: choose(ff) }),
  ])
}

const laneParts = (machine: ArrayMachine, units: FpgaUnits, choose: Choice): readonly FpgaPart[] => {
  const part = (id: string, name: string, count: number, each: FpgaAmounts): FpgaPart => ({
    id,
    name,
    count,
    amounts: timesAmounts(count, each),
  })
  const wuve = arithmeticLane(units, "wuve", choose)
  const vector = arithmeticLane(units, "vector", choose)
  return [
    // A machine without N:M has no use for masks.
    ...(machine.array.maxGroup.value > 1
      ? [part("sore", "mask generator lanes", machine.sore.lanes.value, soreLane(machine, units, choose))]
      : []),
    part("wuve", "weight-update lanes", machine.wuve.lanes.value, wuve),
    part("vector", "vector lanes", machine.vector.lanes.value, vector),
  ]
}

/** Blocks of `width` × `depth` bits that hold `capacity` bits behind a port of `port` bits. */
export const memoryBlocks = (capacity: number, port: number, width: number, depth: number): number =>
  Math.ceil(port / width) * Math.ceil(Math.ceil(capacity / port) / depth)

/** Ports of the buffers in bits: what the array's edge takes or gives in a cycle. */
const bufferPorts = (machine: ArrayMachine, units: FpgaUnits) => {
  const { rows, cols, maxGroup } = machine.array
  const { operand, sum, index } = widthsOf(machine)
  const operandsPerCycle = Math.max(1, maxGroup.value / units.memories.keptPerGroup.value)
  return {
    ifmap: Math.ceil(rows.value * operandsPerCycle) * operand,
    filter: cols.value * (operand + index),
    ofmap: cols.value * sum,
  }
}

/** Buffers go to UltraRAM while there is room for a whole one, then to block RAM. */
const bufferParts = (
  machine: ArrayMachine,
  units: FpgaUnits,
  device: FpgaDevice,
  choose: Choice,
): readonly FpgaPart[] => {
  const { bramWidth, bramDepth, uramWidth, uramDepth, lut, ff } = units.memories
  const ports = bufferPorts(machine, units)
  const names = { ifmap: "input buffer", filter: "filter buffer", ofmap: "output buffer" } as const
  let room = device.capacity.uram.value - units.shell.uram.value
  return (["ifmap", "filter", "ofmap"] as const).map((id) => {
    const bits = 8 * machine.buffers[id].value
    const uram = memoryBlocks(bits, ports[id], uramWidth.value, uramDepth.value)
    const inUram = uram <= room
    if (inUram) room -= uram
    const count = inUram ? uram : memoryBlocks(bits, ports[id], bramWidth.value, bramDepth.value)
    return {
      id: `buffer.${id}`,
      name: `${names[id]}, ${ports[id]} bits wide`,
      count,
      amounts: amounts({
        lut: count * choose(lut),
        ff: count * choose(ff),
        [inUram ? "uram" : "bram"]: count,
      }),
    }
  })
}

/** The part whose power is within the static power of the machine's file. */
const shellPart = "shell"

const boardParts = (machine: ArrayMachine, units: FpgaUnits, choose: Choice): readonly FpgaPart[] => {
  const { bandwidth, ...controller } = units.dramChannel
  const channels = Math.ceil(machine.dram.bandwidth.value / bandwidth.value)
  const each = amounts({
    lut: choose(controller.lut),
    ff: choose(controller.ff),
    dsp: choose(controller.dsp),
    bram: choose(controller.bram),
  })
  return [
    { id: "dram", name: "DRAM controllers", count: channels, amounts: timesAmounts(channels, each) },
    {
      id: shellPart,
      name: "shell",
      count: 1,
      amounts: perResource((resource) => choose(units.shell[resource])),
    },
  ]
}

/** Every part, with amounts rounded up to whole resources. */
const partsOf = (
  machine: ArrayMachine,
  units: FpgaUnits,
  device: FpgaDevice,
  choose: Choice,
): readonly FpgaPart[] =>
  [
    ...arrayParts(machine, units, choose),
    ...laneParts(machine, units, choose),
    ...bufferParts(machine, units, device, choose),
    ...boardParts(machine, units, choose),
  ].map((part) => ({ ...part, amounts: perResource((resource) => Math.ceil(part.amounts[resource])) }))

const totalOf = (parts: readonly FpgaPart[]): FpgaAmounts => sumAmounts(parts.map((part) => part.amounts))

/** P = static + f · Σ N·e over all parts but the shell, every resource at the activity that its energy assumes. */
const wattsOf = (
  machine: ArrayMachine,
  units: FpgaUnits,
  parts: readonly FpgaPart[],
  choose: Choice,
): number => {
  const active = totalOf(parts.filter(({ id }) => id !== shellPart))
  const picojoulesPerCycle = fpgaResources.reduce(
    (sum, resource) => sum + active[resource] * choose(units.energy[resource]),
    0,
  )
  return choose(machine.energy.staticPower) + machine.clock.value * picojoulesPerCycle * 1e-12
}

const regionUse = (
  machine: ArrayMachine,
  device: FpgaDevice,
  total: FpgaAmounts,
  capacity: FpgaAmounts,
): RegionUse => {
  const available = device.regions.count.value
  const needed = Math.max(
    ...fpgaResources
      .filter((resource) => total[resource] > 0)
      .map((resource) => Math.ceil((total[resource] * available) / capacity[resource])),
  )
  const { operand, sum, index } = widthsOf(machine)
  const wiresPerCut = machine.array.cols.value * (operand + index + sum)
  return { needed, available, wiresPerCut, wireShare: wiresPerCut / device.regions.wires.value }
}

/**
 * Most that the array can compute: 2 · PEs · f, and that × M/N with pruned operations counted as done.
 * @throws UnsupportedError for a pattern whose groups are longer than the machine's selectors take
 */
export const peakThroughput = (machine: ArrayMachine, pattern?: NmPattern): PeakThroughput => {
  const { rows, cols, maxGroup } = machine.array
  if (pattern !== undefined && pattern.n < pattern.m && pattern.m > maxGroup.value) {
    throw new UnsupportedError({
      message: `${machine.id} takes groups of at most ${maxGroup.value}, not ${formatNmPattern(pattern)}`,
      remedy: `Choose a pattern with M of at most ${maxGroup.value}, or another machine.`,
    })
  }
  const gops = (2 * rows.value * cols.value * machine.clock.value) / 1e9
  return {
    gops,
    denseEquivalentGops: pattern === undefined ? gops : (gops * pattern.m) / pattern.n,
    pattern,
  }
}

/**
 * Resources, fit, power and peak of `machine` on `device`. Bands move all unit costs and static power to one end of their
 * ranges at once, a bound rather than a likely case (an adder without DSPs takes more LUTs); the machine stays as it is.
 * @throws ConfigError when `units` lack an operator that the machine needs
 * @throws UnsupportedError for a pattern that the machine cannot run
 */
export const fpgaCost = (
  machine: ArrayMachine,
  units: FpgaUnits,
  device: FpgaDevice,
  pattern?: NmPattern,
): FpgaCost => {
  const parts = bandOf((choose) => partsOf(machine, units, device, choose))
  const total: Band<FpgaAmounts> = {
    value: totalOf(parts.value),
    low: totalOf(parts.low),
    high: totalOf(parts.high),
  }
  const capacity = perResource((resource) => device.capacity[resource].value)
  const share = perResource((resource) =>
    total.value[resource] === 0 ? 0 : total.value[resource] / capacity[resource],
  )
  const holds = (needed: FpgaAmounts): boolean =>
    fpgaResources.every((resource) => needed[resource] <= capacity[resource])
  const watts: Band<number> = {
    value: wattsOf(machine, units, parts.value, nominal),
    low: wattsOf(machine, units, parts.low, least),
    high: wattsOf(machine, units, parts.high, greatest),
  }
  const peak = peakThroughput(machine, pattern)
  const perWatt = (gops: number): Band<number> => ({
    value: gops / watts.value,
    low: gops / watts.high,
    high: gops / watts.low,
  })
  return {
    machine: machine.name,
    device: device.name,
    parts: parts.value,
    total,
    capacity,
    share,
    fits: holds(total.value),
    fitsAtMost: holds(total.high),
    binding: fpgaResources.reduce((most, resource) => (share[resource] > share[most] ? resource : most)),
    regions: regionUse(machine, device, total.value, capacity),
    watts,
    peak,
    gopsPerWatt: perWatt(peak.gops),
    denseEquivalentGopsPerWatt: perWatt(peak.denseEquivalentGops),
  }
}
