/** Cycles of the array on one tile held on chip: streaming steps, fill and drain, weight loads, accumulate stalls. */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { Gemm } from "../../dataflows/gemm.ts"
import { foldsOf } from "../../dataflows/folds.ts"

/** The numbers of an array that set its timing, in processing elements and cycles. */
export interface ArrayShape {
  readonly rows: number
  readonly cols: number
  readonly pipelineLatency: number
  readonly accumulateLatency: number
  readonly interleave: number
}

/** A partition of the tile's cycles: `busy` + the three stalls = `cycles`. */
export interface ArrayTiming {
  readonly cycles: number
  /** Cycles in which operands enter the array. */
  readonly busy: number
  /** Skew of the array's edges and its pipeline, once per fold. */
  readonly fillDrain: number
  /** Stationary operand shifted in before a fold (WS, IS). */
  readonly stationaryLoad: number
  /** Output-stationary accumulators waiting for their own sum. */
  readonly accumulate: number
}

/**
 * Output stationary. Each processing element keeps up to `interleave` outputs, one of each fold of a group, and adds to
 * them in turn. A sum can be added to again after L cycles, so a round of i outputs takes max(i, L) cycles; after the last
 * round nothing waits, so that i outputs enter in (k − 1) · max(i, L) + i cycles. Every group fills and drains once:
 * rows + cols − 2 of skew and the pipeline's depth beyond the first cycle.
 * With latencies and i of 1 this is k + rows + cols − 2 a fold, SCALE-Sim v3's demand matrices (all 891 layer
 * configurations). With others it is what the register-level stepper of `stepper/` counts.
 */
const outputStationary = (tile: Gemm, array: ArrayShape): ArrayTiming => {
  const { rowFolds, colFolds, steps } = foldsOf(tile, "os", array.rows, array.cols)
  const folds = rowFolds * colFolds
  const groups = Math.floor(folds / array.interleave)
  const rest = folds % array.interleave
  const latency = array.accumulateLatency
  const waits =
    groups * Math.max(0, latency - array.interleave) + (rest > 0 ? Math.max(0, latency - rest) : 0)
  const skew = array.rows + array.cols - 2 + array.pipelineLatency - 1
  const busy = folds * steps
  const accumulate = waits * Math.max(0, steps - 1)
  const fillDrain = (groups + (rest > 0 ? 1 : 0)) * skew
  return { cycles: busy + accumulate + fillDrain, busy, fillDrain, stationaryLoad: 0, accumulate }
}

/**
 * Weight or input stationary. `rows` cycles load the stationary tile, then the streamed operand passes. The first row's
 * sum takes the whole pipeline, every further row adds to it in an accumulate latency: no loop-carried wait, only skew.
 * With latencies of 1 this is 2 · rows + cols + steps − 2 a fold, as SCALE-Sim v3; with others as `stepper/` counts.
 */
const operandStationary = (tile: Gemm, dataflow: Dataflow, array: ArrayShape): ArrayTiming => {
  const { rowFolds, colFolds, steps } = foldsOf(tile, dataflow, array.rows, array.cols)
  const folds = rowFolds * colFolds
  const skew = (array.rows - 1) * array.accumulateLatency + array.cols - 1 + array.pipelineLatency - 1
  const busy = folds * steps
  const fillDrain = folds * skew
  const stationaryLoad = folds * array.rows
  return { cycles: busy + fillDrain + stationaryLoad, busy, fillDrain, stationaryLoad, accumulate: 0 }
}

/** Cycles of one tile; `tile.k` is the reduction length that the multipliers see. */
export const arrayTiming = (tile: Gemm, dataflow: Dataflow, array: ArrayShape): ArrayTiming =>
  dataflow === "os" ? outputStationary(tile, array) : operandStationary(tile, dataflow, array)

/**
 * `arrayTiming(…).cycles` alone, without an object: the mapping search asks for it hundreds of times a product. A property
 * holds the two together.
 */
export const arrayCycles = (
  m: number,
  n: number,
  k: number,
  dataflow: Dataflow,
  array: ArrayShape,
): number => {
  const { rows, cols, accumulateLatency, pipelineLatency, interleave } = array
  if (dataflow === "os") {
    const folds = Math.ceil(m / rows) * Math.ceil(n / cols)
    const groups = Math.floor(folds / interleave)
    const rest = folds - groups * interleave
    const waits =
      groups * Math.max(0, accumulateLatency - interleave) +
      (rest > 0 ? Math.max(0, accumulateLatency - rest) : 0)
    const skew = rows + cols + pipelineLatency - 3
    return folds * k + waits * Math.max(0, k - 1) + (groups + (rest > 0 ? 1 : 0)) * skew
  }
  const [columns, steps] = dataflow === "ws" ? [n, m] : [m, n]
  const folds = Math.ceil(k / rows) * Math.ceil(columns / cols)
  return folds * (steps + rows + (rows - 1) * accumulateLatency + cols + pipelineLatency - 2)
}
