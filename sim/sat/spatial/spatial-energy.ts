/** Energy of a spatial array: its parts as an energy table prices them, and what a product's accesses add up to. */
import type { EnergyComponent } from "../../../arch/energy-component.ts"
import type { EnergyTable } from "../../../arch/energy-table.ts"
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { Quantity } from "../../../arch/quantity.ts"
import { type ActionEnergy, resolveEnergy } from "../../../arch/resolve-energy.ts"
import { picojoules } from "../../../arch/units.ts"
import { worstStatus } from "../../../arch/worst-status.ts"
import type { LevelAccesses, LevelTraffic } from "./level-accesses.ts"
import type { SpatialDesign } from "./stored-operand.ts"

/** Components of the trace, by level. */
export const energyLevels = {
  multipliers: ["mac"],
  "operand-registers": ["operand", "operand.metadata"],
  accumulators: ["accumulator"],
  "shared-memory": ["shared", "shared.metadata"],
  dram: ["dram", "dram.metadata"],
} as const
export type EnergyLevel = keyof typeof energyLevels

const keepsMetadata = ({ weights, activations }: SpatialDesign): boolean =>
  weights.format !== "none" || activations.format !== "none"

const componentsOf = (machine: SpatialArrayMachine, design: SpatialDesign): readonly EnergyComponent[] => {
  const { kind, capacity, metadataCapacity } = design.operandRegisters
  const registers = (component: string, capacityBytes: number): EnergyComponent =>
    kind === "register" ? { component, kind } : { component, kind, capacityBytes }
  const { sharedMemory, accumulators, dram } = machine
  const metadata = keepsMetadata(design)
  return [
    { component: "mac", kind: "mac", dtype: machine.dtype, accumulate: machine.accumulate },
    registers("operand", capacity.value),
    ...(metadata ? [registers("operand.metadata", metadataCapacity.value)] : []),
    { component: "accumulator", kind: "sram", capacityBytes: accumulators.capacity.value },
    { component: "shared", kind: "sram", capacityBytes: sharedMemory.capacity.value },
    ...(metadata
      ? [
          {
            component: "shared.metadata",
            kind: "sram",
            capacityBytes: sharedMemory.metadataCapacity.value,
          } as const,
        ]
      : []),
    { component: "dram", kind: "dram", technology: dram.technology },
  ]
}

const priced = {
  mac: "mac",
  operand: "operand",
  "operand.metadata": "operandMetadata",
  accumulator: "accumulator",
  shared: "shared",
  "shared.metadata": "sharedMetadata",
} as const satisfies Record<string, keyof NonNullable<SpatialDesign["prices"]>>

/** The price that the design's own source states for an action. */
const ownPrice = (design: SpatialDesign, component: string, action: string): Quantity | undefined => {
  const name = Object.entries(priced).find(([part]) => part === component)?.[1]
  const prices: Readonly<Record<string, Quantity>> | undefined =
    name === undefined ? undefined : design.prices?.[name]
  return prices?.[action]
}

/**
 * Price of every action of the design's parts: of the machine's own table with what the design states in its place, or of
 * another table alone. Metadata in DRAM costs the share of a data byte that the machine file states.
 * @throws ConfigError when the table lacks a price
 */
export const spatialActionEnergies = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  table: EnergyTable,
): readonly ActionEnergy[] => {
  const own = table.id === machine.energy.table
  const actions = resolveEnergy(table, componentsOf(machine, design)).map((action): ActionEnergy => {
    const stated = own ? ownPrice(design, action.component, action.action) : undefined
    if (stated === undefined) return action
    const { value, status, source } = stated
    return { ...action, picojoules: picojoules(value), status, source }
  })
  if (!keepsMetadata(design)) return actions
  const { metadataPrice } = machine.dram
  return [
    ...actions,
    ...actions
      .filter(({ component }) => component === "dram")
      .map((action) => ({
        ...action,
        component: "dram.metadata",
        picojoules: picojoules(action.picojoules * metadataPrice.value),
        status: worstStatus(action.status, metadataPrice.status),
        source: `${metadataPrice.written} × a byte of data (${metadataPrice.source})`,
      })),
  ]
}

const trafficCounts = (component: string, traffic: LevelTraffic): readonly AccessCount[] => [
  { component, action: "read", count: traffic.read },
  { component, action: "write", count: traffic.write },
  { component: `${component}.metadata`, action: "read", count: traffic.metadataRead },
  { component: `${component}.metadata`, action: "write", count: traffic.metadataWrite },
]

export interface AccessCount {
  readonly component: string
  readonly action: string
  /** Operations of the multipliers, bytes of everything else. */
  readonly count: number
}

/** The accesses as counters of a trace, without those that are zero. */
export const accessCounts = (accesses: LevelAccesses): readonly AccessCount[] =>
  [
    { component: "mac", action: "compute", count: accesses.computes },
    ...trafficCounts("operand", accesses.operandRegisters),
    ...trafficCounts("accumulator", accesses.accumulators),
    ...trafficCounts("shared", accesses.sharedMemory),
    ...trafficCounts("dram", accesses.dram),
  ].filter(({ count }) => count > 0)

const levelOf: ReadonlyMap<string, EnergyLevel> = new Map(
  (Object.entries(energyLevels) as [EnergyLevel, readonly string[]][]).flatMap(([level, components]) =>
    components.map((component) => [component, level] as const),
  ),
)

/** Picojoules of each (component, action), by "component.action". */
export type Prices = ReadonlyMap<string, number>

export const pricesOf = (actions: readonly ActionEnergy[]): Prices =>
  new Map(actions.map(({ component, action, picojoules: price }) => [`${component}.${action}`, price]))

/** Picojoules by level. NaN where a price is missing, which `spatialActionEnergies` rules out. */
export const energyByLevel = (
  accesses: LevelAccesses,
  prices: Prices,
): Readonly<Record<EnergyLevel, number>> => {
  const energy = { multipliers: 0, "operand-registers": 0, accumulators: 0, "shared-memory": 0, dram: 0 }
  for (const { component, action, count } of accessCounts(accesses)) {
    const level = levelOf.get(component)
    if (level !== undefined) energy[level] += count * (prices.get(`${component}.${action}`) ?? Number.NaN)
  }
  return energy
}
