/** Accesses of every memory level under a mapping, in bytes of data and of metadata. Operands are one byte an element. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import { laneOccupancy } from "./lane-occupancy.ts"
import type { SpatialMapping } from "./spatial-mapping.ts"
import { type DesignedGemm, metadataBits, type SpatialDesign, type StoredOperand } from "./stored-operand.ts"

export interface LevelTraffic {
  readonly read: number
  readonly write: number
  readonly metadataRead: number
  readonly metadataWrite: number
}

export interface LevelAccesses {
  /** Multiply-accumulates that are carried out. */
  readonly computes: number
  /** Cycles that the multipliers take when every operand arrives in time. */
  readonly computeCycles: number
  readonly operandRegisters: LevelTraffic
  readonly accumulators: LevelTraffic
  readonly sharedMemory: LevelTraffic
  readonly dram: LevelTraffic
}

/** One operand on its way from DRAM to the sub-partitions. */
interface OperandTraffic {
  readonly data: number
  readonly metadata: number
}

const scaledBy = ({ data, metadata }: OperandTraffic, times: number): OperandTraffic => ({
  data: data * times,
  metadata: metadata * times,
})

const packed = (operand: StoredOperand, elements: number, group: number, lanes: number) =>
  operand.density === 1
    ? { passes: Math.ceil(group / lanes), fill: 1 }
    : laneOccupancy(elements, Math.max(1, Math.round(elements * operand.density)), group, lanes)

/** Cycles to run the packed non-zeros of a group through the lanes: its expected non-zeros over lanes and expected fill. */
const packedCycles = (density: number, group: number, lanes: number, fill: number): number =>
  (density * group) / (lanes * fill)

/** Operand registers and multipliers of a design that works through packed outer products. */
const outerProducts = (
  { gemm: { m, n, k }, weights, activations }: DesignedGemm,
  { rows, cols, along, steps }: SpatialMapping,
  machine: SpatialArrayMachine,
  reads: { readonly w: number; readonly a: number },
): { readonly cycles: number; readonly registers: LevelTraffic } => {
  const lanesM = machine.array.rows.value
  const lanesN = machine.array.cols.value
  const w = packed(weights, m * k, rows, lanesM)
  const a = packed(activations, n * k, cols, lanesN)
  const cycles =
    steps.m *
    steps.n *
    k *
    packedCycles(weights.density, rows, lanesM, w.fill) *
    packedCycles(activations.density, cols, lanesN, a.fill)
  const filledW = m * k * weights.density * reads.w * along.n
  const filledA = n * k * activations.density * reads.a * along.m
  const bitsW = metadataBits(weights, m * k, lanesM, undefined) * reads.w * along.n
  const bitsA = metadataBits(activations, n * k, lanesN, undefined) * reads.a * along.m
  return {
    cycles,
    registers: {
      // A column of weights is read again for every pass of the activations beside it, and the other way round.
      read: filledW * a.passes + filledA * w.passes,
      write: filledW + filledA,
      metadataRead: (bitsW * (cols / lanesN) + bitsA * (rows / lanesM)) / 8,
      metadataWrite: (bitsW + bitsA) / 8,
    },
  }
}

/**
 * Counts of one product. Every step of the sub-partitions runs through the whole of k, so the shared memory delivers the
 * weights once for every step along n and the activations once for every step along m; DRAM delivers an operand once, or
 * once for every tile of the outer loop when the inner loop displaces it.
 */
export const levelAccesses = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  work: DesignedGemm,
  mapping: SpatialMapping,
): LevelAccesses => {
  const { gemm, weights, activations, spatialK, priorSums } = work
  const { m, n, k } = gemm
  const { steps, shared, outer, rows, cols } = mapping
  const lanes = machine.array.cols.value
  const stored = (operand: StoredOperand, elements: number, tile: number): OperandTraffic => ({
    data: elements * operand.density,
    metadata: metadataBits(operand, elements, lanes, { tile }) / 8,
  })
  const w = stored(weights, m * k, rows)
  const a = stored(activations, n * k, cols)
  const tiles = { m: steps.m / shared.m, n: steps.n / shared.n }
  const dramW = scaledBy(w, outer === "n" && tiles.m > 1 ? tiles.n : 1)
  const dramA = scaledBy(a, outer === "m" && tiles.n > 1 ? tiles.m : 1)
  const sharedW = scaledBy(w, steps.n)
  const sharedA = scaledBy(a, steps.m)

  const computes =
    m * n * k * weights.density * (design.dataflow === "output-stationary" ? activations.density : 1)
  const stationary = design.dataflow === "weight-stationary"
  const packedRun = stationary
    ? {
        cycles: steps.m * steps.n * cols * (k / spatialK),
        registers: {
          read: computes,
          write: sharedW.data,
          metadataRead: (computes * weights.bits) / 8,
          metadataWrite: sharedW.metadata,
        },
      }
    : outerProducts(work, mapping, machine, { w: steps.n, a: steps.m })

  // A sum is written as often as it is updated, read before each update but the first, and reserved once. A prior sum is
  // what the accumulator is reserved with, so it is read before the first update too.
  const updates = stationary ? m * n * (k / spatialK) : computes
  const depth = k / spatialK
  return {
    computes,
    computeCycles: Math.ceil(packedRun.cycles),
    operandRegisters: packedRun.registers,
    accumulators: {
      read: updates * (1 - 1 / depth) + priorSums,
      write: updates + m * n,
      metadataRead: 0,
      metadataWrite: 0,
    },
    sharedMemory: {
      read: sharedW.data + sharedA.data,
      write: dramW.data + dramA.data,
      metadataRead: sharedW.metadata + sharedA.metadata,
      metadataWrite: dramW.metadata + dramA.metadata,
    },
    dram: {
      read: dramW.data + dramA.data + priorSums,
      write: m * n,
      metadataRead: dramW.metadata + dramA.metadata,
      metadataWrite: 0,
    },
  }
}
