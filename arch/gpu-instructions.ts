/** What the matrix instructions and memories of a GPU architecture cost, in cycles of the streaming multiprocessor. */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const cycles = quantity({ dimension: "time", min: 0, max: 1e6 })
const ratio = quantity({ dimension: "dimensionless", min: 0.01, max: 4 })
const rows = quantity({ dimension: "dimensionless", min: 1, max: 1024, integer: true })

/** `mma` and `mma.sp`: instructions of one warp on the tensor core of its sub-core. */
export const WarpMatrixCost = Schema.Struct({
  /** From issue to a dependent instruction, where a row of A is stored in one step of 16 bytes. */
  latency: cycles,
  /** What a second step of 16 bytes adds. Absent where the architecture has no instructions of two steps. */
  stepLatency: Schema.optionalKey(cycles),
  /** Share of the tensor rate that an unrolled loop of independent instructions sustains. */
  shareOfPeak: ratio,
  /** What an instruction costs beyond its interval when the one before it came from the same warp. */
  sameWarpGap: cycles,
  /** Instructions of fewer rows take as long as one of this many. */
  minRows: rows,
  /** Rate of `mma.sp` over `mma`, on the uncompressed reduction, where it falls short of the 2:4 peak. */
  sparseGain: Schema.optionalKey(ratio),
  /** Least cycles between two `mma.sp` of one step, whatever their work. */
  shortSparseInterval: Schema.optionalKey(cycles),
  /** What operands of less than a byte add. */
  subByte: Schema.optionalKey(Schema.Struct({ latency: cycles, interval: cycles })),
})

export const GpuInstructions = Schema.Struct({
  mma: WarpMatrixCost,
  /** `wgmma`: four warps together, operands from shared memory. */
  wgmma: Schema.optionalKey(
    Schema.Struct({
      /** Least cycles between two instructions of a warpgroup, whatever their work. */
      leastInterval: cycles,
    }),
  ),
  /** `tcgen05.mma`: issued by one thread, accumulators in tensor memory. */
  tcgen05: Schema.optionalKey(
    Schema.Struct({
      /** Instructions of fewer rows take as long as one of this many. */
      minRows: rows,
    }),
  ),
  /** Latencies of one load that finds its data in that level. */
  memory: Schema.Struct({
    sharedLatency: cycles,
    l1Latency: cycles,
    l2Latency: cycles,
    dramLatency: cycles,
    /** What the tensor memory accelerator adds to a plain load. */
    tmaLatency: Schema.optionalKey(cycles),
    /** A shared-memory access of a warp in which d lanes meet in a bank takes `conflictFixed` + d · `conflictPerWay`, d > 1. */
    conflictPerWay: cycles,
    conflictFixed: cycles,
  }),
})
