/** Cycles that each level asks for. Levels work at the same time, so the slowest one sets the time of the product. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { LevelAccesses, LevelTraffic } from "./level-accesses.ts"
import type { SpatialDesign } from "./stored-operand.ts"

export const spatialLevels = ["multipliers", "accumulators", "shared-memory", "dram"] as const
export type SpatialLevel = (typeof spatialLevels)[number]

export type LevelCycles = Readonly<Record<SpatialLevel, number>>

/** Cycles of a memory with a read and a write port of `read` and `write` bytes per cycle; metadata shares the ports. */
export const portCycles = (
  traffic: LevelTraffic,
  ports: { readonly read: number; readonly write: number },
): number =>
  Math.ceil(
    Math.max(
      (traffic.read + traffic.metadataRead) / ports.read,
      (traffic.write + traffic.metadataWrite) / ports.write,
    ) - 1e-9,
  )

/**
 * Cycles by level; 0 for accumulators whose ports have no stated limit. Source: Sparseloop's throttling by bandwidth (Wu et
 * al., MICRO 2022, section 5), as its reference outputs show it.
 */
export const levelCycles = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  accesses: LevelAccesses,
): LevelCycles => {
  const { read, write } = machine.sharedMemory
  const ports = design.accumulatorPorts
  const parts = machine.array.subPartitions.value
  return {
    multipliers: accesses.computeCycles,
    accumulators:
      ports === undefined
        ? 0
        : portCycles(accesses.accumulators, {
            read: ports.read.value * parts,
            write: ports.write.value * parts,
          }),
    "shared-memory": portCycles(accesses.sharedMemory, { read: read.value, write: write.value }),
    dram: portCycles(accesses.dram, { read: machine.dram.read.value, write: design.dramWrite.value }),
  }
}

/** Cycles of the product. */
export const slowest = (cycles: LevelCycles): number => Math.max(...Object.values(cycles))

/** The level that bounds: the first one, from the multipliers outwards, that takes as long as the product. */
export const boundingLevel = (cycles: LevelCycles): SpatialLevel =>
  spatialLevels.find((level) => cycles[level] === slowest(cycles)) ?? "multipliers"

/**
 * Bytes per cycle that the shared memory must deliver to keep every multiplier busy. Skipping N:M weights shortens the
 * compute by M/N and leaves dense activations as many as before, so their part of this demand grows by M/N: beyond the
 * port's bandwidth sparser weights gain nothing.
 */
export const deliveryDemand = ({ sharedMemory, computeCycles }: LevelAccesses): number =>
  (sharedMemory.read + sharedMemory.metadataRead) / computeCycles
