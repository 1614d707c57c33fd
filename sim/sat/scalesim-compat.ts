/**
 * SCALE-Sim v3 reproduced: cycles, utilisations and buffer counts of its stall-free (CALC) mode, to the last one, with its
 * quirks. Checked against 891 layer configurations of its own demand matrices. The default model of this folder is the
 * corrected one; what differs:
 *
 * 1. Total Cycles is one short: the index of the last cycle, not the number of cycles.
 * 2. Overall Util divides dense MACs by time, so N:M runs print more than 100 %.
 * 3. Output-stationary OFMAP writes are too many by rows + cols a fold.
 * 4. Weight-stationary N:M reads every IFMAP word M/N times: no broadcast within a group.
 * 5. Row-wise N:M ("optimized mapping") ignores the layer's own N:M and halves K.
 * 6. Partial sums of WS and IS are written once per reduction fold and never read back.
 * 7. Compute Util of WS and IS divides by a fold that is cols − 1 longer than it is.
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import { foldsOf, mappingEfficiency } from "../../dataflows/folds.ts"
import type { Gemm } from "../../dataflows/gemm.ts"
import { isDense, keptLength, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"

export interface ScaleSimLayer {
  readonly gemm: Gemm
  readonly dataflow: Dataflow
  readonly rows: number
  readonly cols: number
  /** Layer-wise N:M; absent is dense. */
  readonly sparsity?: NmPattern
  /** Row-wise N:M with this block size instead ("OptimizedMapping"). */
  readonly rowWiseBlock?: number
  /** Words per cycle of the DRAM interface; absent is the stall-free mode. */
  readonly bandwidth?: ScaleSimBandwidth
}

export interface ScaleSimBandwidth {
  readonly wordsPerCycle: number
  /** Words of each operand's active half buffer. */
  readonly ifmapWords: number
  readonly filterWords: number
  readonly ofmapWords: number
}

export interface ScaleSimResult {
  /** As the tool reports it: demand cycles − 1 + stalls. */
  readonly totalCycles: number
  /** Zero in the stall-free mode; an approximation otherwise. */
  readonly stallCycles: number
  readonly overallUtilPct: number
  readonly mappingEffPct: number
  readonly computeUtilPct: number
  readonly ifmapSramReads: number
  readonly filterSramReads: number
  readonly ofmapSramWrites: number
  /** Approximate: compulsory words, and re-reads of what does not fit the active half buffer. */
  readonly ifmapDramReads: number
  readonly filterDramReads: number
  readonly ofmapDramWrites: number
  /** Cycles of one fold and how many there are; first and last cycle of an access follow from these. */
  readonly foldCycles: number
  readonly folds: number
  /** Reduction length after N:M. */
  readonly reductionLength: number
}

/** Reduction length after N:M, as the tool compresses the flattened window. */
const compressedK = (k: number, layer: ScaleSimLayer): number => {
  if (layer.rowWiseBlock !== undefined) {
    return Math.ceil(k / (2 * layer.rowWiseBlock)) * layer.rowWiseBlock
  }
  return layer.sparsity === undefined ? k : keptLength(k, layer.sparsity)
}

const sramCounts = (layer: ScaleSimLayer, k: number, folds: number): readonly [number, number, number] => {
  const { rows, cols, dataflow, sparsity } = layer
  const { m, n } = layer.gemm
  const rowFolds = Math.ceil(k / rows)
  const nFolds = Math.ceil(n / cols)
  switch (dataflow) {
    case "os":
      return [m * k * nFolds, k * n * Math.ceil(m / rows), m * n + (rows + cols) * folds]
    case "ws": {
      const sparse = layer.rowWiseBlock === undefined && sparsity !== undefined && !isDense(sparsity)
      const repeated = sparse ? sparsity.m / sparsity.n : 1
      return [m * k * nFolds * repeated, k * n, m * n * rowFolds]
    }
    case "is":
      return [m * k, k * n * Math.ceil(m / cols), m * n * rowFolds]
  }
}

/** DRAM words of an operand that is passed over `passes` times: once if it fits, every time if not. */
const dramWords = (words: number, passes: number, buffer: number): number =>
  words <= buffer ? words : words * passes

/** One layer as SCALE-Sim v3 reports it. */
export const scaleSimLayer = (layer: ScaleSimLayer): ScaleSimResult => {
  const { rows, cols, dataflow, gemm, bandwidth } = layer
  const k = compressedK(gemm.k, layer)
  const compressed = { ...gemm, k }
  const folding = foldsOf(compressed, dataflow, rows, cols)
  const folds = folding.rowFolds * folding.colFolds
  const foldCycles = dataflow === "os" ? folding.steps + rows + cols - 2 : 2 * rows + cols + folding.steps - 2
  const demandCycles = folds * foldCycles
  const [ifmapSramReads, filterSramReads, ofmapSramWrites] = sramCounts(layer, k, folds)

  const unlimited = Number.POSITIVE_INFINITY
  const nFolds = Math.ceil(gemm.n / cols)
  const mFolds = Math.ceil(gemm.m / (dataflow === "is" ? cols : rows))
  const ifmapDramReads = dramWords(
    gemm.m * k,
    dataflow === "is" ? 1 : nFolds,
    bandwidth?.ifmapWords ?? unlimited,
  )
  const filterDramReads = dramWords(
    k * gemm.n,
    dataflow === "ws" ? 1 : mFolds,
    bandwidth?.filterWords ?? unlimited,
  )
  const ofmapDramWrites = ofmapSramWrites + cols - 1
  const moved = ifmapDramReads + filterDramReads + ofmapDramWrites
  const stallCycles =
    bandwidth === undefined ? 0 : Math.max(0, Math.ceil(moved / bandwidth.wordsPerCycle) - demandCycles)

  const totalCycles = demandCycles - 1 + stallCycles
  const pes = rows * cols
  const mapping = mappingEfficiency(folding, rows, cols)
  const utilDenominator = dataflow === "os" ? foldCycles : foldCycles + cols - 1
  return {
    totalCycles,
    stallCycles,
    overallUtilPct: (gemm.m * gemm.n * gemm.k * 100) / ((totalCycles + 1) * pes),
    mappingEffPct: mapping * 100,
    computeUtilPct: (mapping * folding.steps * 100) / utilDenominator,
    ifmapSramReads,
    filterSramReads,
    ofmapSramWrites,
    ifmapDramReads,
    filterDramReads,
    ofmapDramWrites,
    foldCycles,
    folds,
    reductionLength: k,
  }
}
