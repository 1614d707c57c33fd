/** The SCALE-Sim compatible engine: layers one after another, counted as SCALE-Sim counts, written as a trace. */
import type { TraceBuilder } from "../trace/builder.ts"
import { foldsOf } from "../../dataflows/folds.ts"
import { gemmMacs } from "../../dataflows/gemm.ts"
import { filledByProduct } from "./array-occupancy.ts"
import { filterStorage, type SparseStorage } from "./filter-storage.ts"
import { type ScaleSimLayer, scaleSimLayer, type ScaleSimResult } from "./scalesim-compat.ts"

export interface NamedScaleSimLayer extends ScaleSimLayer {
  readonly name: string
  /** Format that the filter is stored in; absent when sparsity support is off. */
  readonly storage?: SparseStorage
}

/** Reduction steps, loads and skew of all folds; sums to the demand cycles. */
const timeOf = (layer: ScaleSimLayer, result: ScaleSimResult) => {
  const { dataflow, rows } = layer
  const steps =
    dataflow === "os" ? result.reductionLength : foldsOf(layer.gemm, dataflow, rows, layer.cols).steps
  const busy = result.folds * steps
  const load = dataflow === "os" ? 0 : result.folds * rows
  return { busy, load, skew: result.folds * result.foldCycles - busy - load }
}

/**
 * Writes one span a layer and returns the layers' results. A span lasts as long as the layer really does, which is one
 * cycle more than SCALE-Sim's Total Cycles. A word is a byte.
 */
export const simulateScaleSim = (
  layers: readonly NamedScaleSimLayer[],
  builder: TraceBuilder,
): readonly ScaleSimResult[] => {
  const schedule = builder.track({ id: "schedule", name: "Schedule", exclusive: true })
  const array = builder.track({ id: "array", name: "PE array", exclusive: true })
  const code = (text: string): number => builder.code(text)
  const none = code("")
  const run = builder.span(-1, schedule, code("run"), code("run"), none, 0, 0)
  const pass = builder.span(run, schedule, code("pass"), code("forward"), none, 0, 0)
  let at = 0
  const results = layers.map((layer) => {
    const result = scaleSimLayer(layer)
    const cycles = result.totalCycles + 1
    const { busy, load, skew } = timeOf(layer, result)
    const bound = code(result.stallCycles > busy ? "dram" : "compute")
    const layerSpan = builder.span(pass, schedule, code("layer"), code(layer.name), none, at, cycles)
    const stage = builder.span(layerSpan, schedule, code("stage"), code("FF"), bound, at, cycles)
    builder.span(stage, array, code("unit"), code(layer.dataflow), bound, at, cycles)
    const count = (component: string, action: string, value: number): void =>
      builder.count(stage, code(component), code(action), value)
    count("time.array", "busy", busy)
    count("time.array", "stall.stationary-load", load)
    count("time.array", "stall.fill-drain", skew)
    count("time.array", "stall.dram-read", result.stallCycles)
    const nonZero = layer.gemm.m * layer.gemm.n * result.reductionLength
    const issued = layer.rows * layer.cols * busy
    const filled = filledByProduct({ ...layer.gemm, k: result.reductionLength }, layer.dataflow, layer)
    for (const [size, rectangle] of filled) {
      count(`filled.${size}`, "folds", rectangle.folds)
      count(`filled.${size}`, "cycles", rectangle.cycles)
    }
    count("ops", "dense-equivalent", gemmMacs(layer.gemm))
    count("ops", "non-zero", nonZero)
    count("ops", "useful", nonZero)
    count("ops", "issued", issued)
    count("mac", "compute", nonZero)
    count("mac", "gated", issued - nonZero)
    count("sram.ifmap", "read", result.ifmapSramReads)
    count("sram.ifmap", "write", result.ifmapDramReads)
    count("sram.filter", "read", result.filterSramReads)
    count("sram.filter", "write", result.filterDramReads)
    count("sram.ofmap", "write", result.ofmapSramWrites)
    count("dram", "read", result.ifmapDramReads + result.filterDramReads)
    count("dram", "write", result.ofmapDramWrites)
    if (layer.storage !== undefined) {
      const { n, k } = layer.gemm
      const words = filterStorage(
        k,
        n,
        result.reductionLength,
        layer.sparsity ?? { n: 1, m: 1 },
        layer.storage,
      )
      count("storage.filter", "original", words.original)
      count("storage.filter", "metadata", words.metadata)
      count("storage.filter", "total", words.total)
    }
    at += cycles
    return result
  })
  builder.closeSpan(pass, at, none)
  builder.closeSpan(run, at, none)
  return results
}
