/** How a product is tiled on a spatial array, and every tiling that its memories allow. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import { type DesignedGemm, metadataBits, type SpatialDesign, type StoredOperand } from "./stored-operand.ts"

export interface SpatialMapping {
  /** Outputs that the accumulators of one sub-partition hold: rows of m, columns of n. */
  readonly rows: number
  readonly cols: number
  /** Sub-partitions side by side along m and along n. */
  readonly along: { readonly m: number; readonly n: number }
  /** Steps of all sub-partitions that cover m and n, and how many of each a tile of the shared memory holds. */
  readonly steps: { readonly m: number; readonly n: number }
  readonly shared: { readonly m: number; readonly n: number }
  /** The outer loop over tiles of the shared memory; the operand that the inner loop leaves alone stays. */
  readonly outer: "m" | "n"
}

const divisors = (n: number, most: number): readonly number[] =>
  Array.from({ length: Math.min(n, most) }, (_, i) => i + 1).filter((d) => n % d === 0)

/** `n`, or where it has no divisor above half of `most`, the next multiple of `most`. */
const divisible = (n: number, most: number): number =>
  2 * Math.max(...divisors(n, most)) > Math.min(n, most) ? n : Math.ceil(n / most) * most

interface Block {
  readonly rows: number
  readonly cols: number
  readonly along: SpatialMapping["along"]
  readonly steps: SpatialMapping["steps"]
}

/** Weight-stationary: all sub-partitions along m, one row of multipliers each output row, as many columns as accumulators hold. */
const weightStationaryBlocks = (machine: SpatialArrayMachine, { gemm }: DesignedGemm): readonly Block[] => {
  const rows = machine.array.rows.value
  const along = { m: machine.array.subPartitions.value, n: 1 }
  const most = Math.floor(machine.accumulators.capacity.value / rows)
  const n = divisible(gemm.n, most)
  return divisors(n, most).map((cols) => ({
    rows,
    cols,
    along,
    steps: { m: Math.ceil(gemm.m / (rows * along.m)), n: n / cols },
  }))
}

/** Output-stationary: sub-partitions in a square, several rows and columns of lanes each, as operand registers and accumulators hold. */
const outputStationaryBlocks = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  { gemm }: DesignedGemm,
): readonly Block[] => {
  const { rows, cols, subPartitions } = machine.array
  const edge = Math.floor(Math.sqrt(subPartitions.value))
  const along = { m: edge, n: edge }
  const { capacity, metadataCapacity } = design.operandRegisters
  const words = Math.min(capacity.value, metadataCapacity.value * 8)
  const outputs = machine.accumulators.capacity.value
  const blocksM = Math.ceil(gemm.m / (edge * rows.value))
  const blocksN = Math.ceil(gemm.n / (edge * cols.value))
  return divisors(blocksM, outputs).flatMap((i) =>
    divisors(blocksN, outputs).flatMap((j) => {
      const block = { rows: i * rows.value, cols: j * cols.value }
      return block.rows * block.cols <= outputs && block.rows + block.cols <= words
        ? [{ ...block, along, steps: { m: blocksM / i, n: blocksN / j } }]
        : []
    }),
  )
}

/** Elements of a tile that must find room: those that are stored, or all where any of them may be. */
const occupied = ({ density, scattered }: StoredOperand, tile: number, whole: number): number =>
  scattered ? Math.min(tile, whole * density) : tile * density

/** Every mapping whose tiles, the whole of k deep, fit the shared memory's data and metadata. The study never tiles k. */
export const spatialMappings = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  work: DesignedGemm,
): readonly SpatialMapping[] => {
  const { gemm, weights, activations } = work
  const { capacity, metadataCapacity } = machine.sharedMemory
  const lanes = machine.array.cols.value
  const blocks =
    design.dataflow === "weight-stationary"
      ? weightStationaryBlocks(machine, work)
      : outputStationaryBlocks(machine, design, work)
  const outerLoops = design.outerLoop === undefined ? (["m", "n"] as const) : [design.outerLoop]
  const most = design.sharedMemoryLoop?.value ?? Number.MAX_SAFE_INTEGER
  return blocks.flatMap((block) => {
    const stepM = block.rows * block.along.m
    const stepN = block.cols * block.along.n
    const fits = (m: number, n: number): boolean => {
      const w = Math.min(m * stepM, gemm.m) * gemm.k
      const a = Math.min(n * stepN, gemm.n) * gemm.k
      const bits =
        metadataBits(weights, w, lanes, { tile: block.rows }) +
        metadataBits(activations, a, lanes, { tile: block.cols })
      return (
        occupied(weights, w, gemm.m * gemm.k) + occupied(activations, a, gemm.n * gemm.k) <= capacity.value &&
        bits <= metadataCapacity.value * 8
      )
    }
    return divisors(block.steps.m, most).flatMap((m) =>
      divisors(block.steps.n, most).flatMap((n) =>
        fits(m, n) ? outerLoops.map((outer) => ({ ...block, shared: { m, n }, outer })) : [],
      ),
    )
  })
}
