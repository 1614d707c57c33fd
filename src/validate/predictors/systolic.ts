/** GEMMs on a systolic array: SCALE-Sim's own numbers in compatibility mode, this model's otherwise. */
import { loadArrayMachine } from "../../../arch/machine-catalogue.ts"
import type { Dataflow } from "../../../arch/array-machine.ts"
import { formatNmPattern, isDense, keptLength } from "../../../dataflows/sparsity/nm-pattern.ts"
import { scaleSimLayer } from "../../../sim/sat/scalesim-compat.ts"
import { type Predictor, unsupported } from "../prediction.ts"
import { pattern, size, text } from "../workload-fields.ts"

const isDataflow = (name: string | undefined): name is Dataflow =>
  name === "os" || name === "ws" || name === "is"

export const predictSystolic: Predictor = (validationCase) => {
  if (!validationCase.machine.startsWith("systolic-") || text(validationCase, "kind") !== "gemm")
    return undefined
  const machine = loadArrayMachine(validationCase.machine)
  const m = size(validationCase, "m")
  const n = size(validationCase, "n")
  const k = size(validationCase, "k")
  const sparsity = pattern(validationCase, "sparsity")
  const dataflow = text(validationCase, "dataflow")
  if (m === undefined || n === undefined || k === undefined)
    return unsupported("workload needs m, n and k of at least 1")
  if (sparsity === undefined) return unsupported("workload.sparsity is not N:M")
  if (!isDataflow(dataflow)) return unsupported("workload.dataflow is not os, ws or is")
  if (text(validationCase, "compat") !== "scalesim" || validationCase.metric !== "reported_total_cycles") {
    return unsupported(`metric ${validationCase.metric} without compat: scalesim`)
  }
  const rows = size(validationCase, "rows") ?? machine.array.rows.value
  const cols = size(validationCase, "cols") ?? machine.array.cols.value
  const result = scaleSimLayer({
    gemm: { m, n, k },
    dataflow,
    rows,
    cols,
    ...(isDense(sparsity) ? {} : { sparsity }),
  })
  return {
    kind: "prediction",
    predicted: result.totalCycles,
    baseline: (m * n * keptLength(k, sparsity)) / (rows * cols),
    group: `${dataflow} ${rows}x${cols} ${isDense(sparsity) ? "dense" : formatNmPattern(sparsity)}`,
    extra: {
      ifmapSramReads: result.ifmapSramReads,
      filterSramReads: result.filterSramReads,
      ofmapSramWrites: result.ofmapSramWrites,
      overallUtilPct: result.overallUtilPct,
      mappingEffPct: result.mappingEffPct,
      computeUtilPct: result.computeUtilPct,
    },
  }
}
