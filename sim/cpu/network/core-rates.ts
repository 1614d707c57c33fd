/** The numbers of a core and a library that every operator's cost uses, worked out once. */
import type { CpuLibrary } from "../../../arch/cpu-library.ts"
import type { CpuMachine } from "../../../arch/machine.ts"
import type { ValuesOf } from "../../../arch/values-of.ts"
import type { FirstCache } from "../cache/column-traffic.ts"
import type { ChannelBlock } from "./weight-sparsity.ts"

/** What of a machine and of a library the rates are made of. Whole machines and libraries are these too. */
export type CpuNumbers = ValuesOf<
  Pick<CpuMachine, "clock" | "l2" | "lastCache"> & {
    readonly dram: Pick<CpuMachine["dram"], "bandwidth" | "latency">
    readonly family: Pick<
      CpuMachine["family"],
      "vectorFma" | "gemmEfficiency" | "vectorWork" | "sparseLoops" | "l1" | "inFlight" | "l2" | "l3"
    >
  }
>
export type LibraryNumbers = ValuesOf<
  Pick<
    CpuLibrary,
    "gemm" | "depthwise" | "pointwise" | "operatorCycles" | "exposedMemory" | "groups" | "sparse"
  >
>

/** fp32 values in a 128-bit register. */
export const lanes = 4
export const floatBytes = 4
/** Bytes of a cache line, on all cores here (Arm's manuals). */
export const cacheLine = 64

/** A cache behind L1. */
export interface CacheLevel {
  readonly capacityBytes: number
  /** Cycles of a line of a stream. */
  readonly streamLine: number
  /** Cycles of a line that nothing asked for in advance, others on their way beside it. */
  readonly scatteredLine: number
}

export interface CacheRates {
  readonly l1: FirstCache
  /** From the one behind L1 to the last. */
  readonly behind: readonly CacheLevel[]
  /** Cycles of a line from DRAM beyond its transfer, others on their way beside it. */
  readonly dramLine: number
}

export interface CoreRates {
  /** Vector multiply-adds per cycle. */
  readonly fma: number
  /** Cycles of a vector multiply-add in the library's GEMM. */
  readonly gemmCycles: number
  /** Cycles of other work, relative to the core that the library's constants are given for. */
  readonly work: number
  /** Bytes per cycle from DRAM. */
  readonly dram: number
  readonly caches: CacheRates
  readonly lastCache: number
  readonly library: Constants
}

export interface Constants {
  readonly tilePixels: number
  readonly tileChannels: number
  readonly tileCycles: number
  readonly winograd: number | undefined
  readonly firstConv: number
  readonly tapCycles: number
  readonly outputCycles: number
  readonly pointwiseCycles: number
  readonly sigmoidCycles: number
  readonly operatorCycles: number
  readonly exposedMemory: number
  readonly sparse: SparseConstants | undefined
  /** Groups of weights that are left out together; undefined where the library leaves out none. */
  readonly groups: GroupConstants | undefined
}

/** Output channels × inputs. */
export interface GroupShape {
  readonly outputs: number
  readonly inputs: number
}

export interface GroupConstants {
  /** Time of a kept group of weights beside its share of a dense product. */
  readonly keptSlowdown: number
  readonly pointwise: GroupShape
  readonly spatial: GroupShape
}

const shapeOf = ({ outputs, inputs }: NonNullable<LibraryNumbers["groups"]>["pointwise"]): GroupShape => ({
  outputs: outputs.value,
  inputs: inputs.value,
})

export interface SparseConstants {
  readonly tilePixels: number
  /** Cycles of a kept block of 1, 2 or 4 weights over a whole tile. */
  readonly blockCycles: Readonly<Record<ChannelBlock, number>>
  readonly rowCycles: number
  /** How far beyond the place they load from its kernels ask for lines. */
  readonly aheadBytes: readonly number[]
  readonly packCycles: number
  readonly threshold: number
}

/** The loop of a tile and a block on this core, slowed down as it is in a network. */
const blockCycles = (
  { family: { sparseLoops } }: CpuNumbers,
  tile: number,
  slowdown: number,
): Readonly<Record<ChannelBlock, number>> => {
  const [one, two, four] =
    tile > 16
      ? [sparseLoops["32x1"], sparseLoops["32x2"], sparseLoops["32x4"]]
      : [sparseLoops["16x1"], sparseLoops["16x2"], sparseLoops["16x4"]]
  return { 1: one.value * slowdown, 2: two.value * slowdown, 4: four.value * slowdown }
}

const cacheRates = (machine: CpuNumbers): CacheRates => {
  const { family, l2, lastCache, dram, clock } = machine
  const inFlight = family.inFlight.value
  const level = (capacity: number, { latency, bandwidth }: CpuNumbers["family"]["l2"]): CacheLevel => {
    const streamLine = cacheLine / bandwidth.value
    return {
      capacityBytes: capacity,
      streamLine,
      scatteredLine: Math.max(streamLine, latency.value / inFlight),
    }
  }
  return {
    l1: { capacityBytes: family.l1.capacity.value, ways: family.l1.ways.value, lineBytes: cacheLine },
    behind:
      l2 === undefined
        ? [level(lastCache.capacity.value, family.l2)]
        : [level(l2.capacity.value, family.l2), level(lastCache.capacity.value, family.l3 ?? family.l2)],
    dramLine: (dram.latency.value * clock.value) / inFlight,
  }
}

export const coreRates = (machine: CpuNumbers, library: LibraryNumbers): CoreRates => {
  const { family } = machine
  const { gemm, depthwise, pointwise, sparse, groups } = library
  return {
    fma: family.vectorFma.value,
    gemmCycles: gemm.slowdown.value / (family.vectorFma.value * family.gemmEfficiency.value),
    work: family.vectorWork.value,
    dram: machine.dram.bandwidth.value / machine.clock.value,
    caches: cacheRates(machine),
    lastCache: machine.lastCache.capacity.value,
    library: {
      tilePixels: gemm.tilePixels.value,
      tileChannels: gemm.tileChannels.value,
      tileCycles: gemm.tileCycles.value,
      winograd: gemm.winograd?.value,
      firstConv: gemm.firstConv.value,
      tapCycles: depthwise.tapCycles.value,
      outputCycles: depthwise.outputCycles.value,
      pointwiseCycles: pointwise.cycles.value,
      sigmoidCycles: pointwise.sigmoidCycles.value,
      operatorCycles: library.operatorCycles.value,
      exposedMemory: library.exposedMemory.value,
      groups:
        groups === undefined
          ? undefined
          : {
              keptSlowdown: groups.keptSlowdown.value,
              pointwise: shapeOf(groups.pointwise),
              spatial: shapeOf(groups.spatial),
            },
      sparse: sparse && {
        tilePixels: sparse.tilePixels.value,
        blockCycles: blockCycles(machine, sparse.tilePixels.value, sparse.slowdown.value),
        rowCycles: sparse.rowCycles.value,
        aheadBytes: Array.from({ length: sparse.linesAhead.value }, (_, i) => cacheLine * (i + 1)),
        packCycles: sparse.packCycles.value,
        threshold: sparse.threshold.value,
      },
    },
  }
}
