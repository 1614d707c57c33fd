/** The comparison as a table in CSV: a row for each layer, sparsity and kernel, then the 13 layers together. */
import type { KernelComparison } from "./compare-kernels.ts"

const header =
  "pixels,cin,cout,times,sparsity,kernel,measured_seconds,predicted_seconds,measured_dense_seconds,predicted_dense_seconds,measured_speedup,predicted_speedup,speedup_error"

const number = (value: number): string => String(Number(value.toPrecision(6)))

/** Columns of a layer are empty in the rows of all layers together. */
export const comparisonCsv = ({ layers, stacks }: KernelComparison): string => {
  const rows = layers.flatMap(({ shape, sparsity, dense, cells }) =>
    cells.map(({ kernel, seconds, speedup }) =>
      [
        shape.pixels,
        shape.cin,
        shape.cout,
        shape.times,
        sparsity,
        kernel,
        ...[
          seconds.measured,
          seconds.predicted,
          dense.measured,
          dense.predicted,
          speedup.measured,
          speedup.predicted,
          speedup.error,
        ].map(number),
      ].join(","),
    ),
  )
  const together = stacks.flatMap(({ sparsity, cells, denseSeconds }) =>
    cells.map(({ kernel, speedup }) =>
      [
        "",
        "",
        "",
        "",
        sparsity,
        kernel,
        "",
        "",
        number(denseSeconds),
        "",
        ...[speedup.measured, speedup.predicted, speedup.error].map(number),
      ].join(","),
    ),
  )
  return `${[header, ...rows, ...together].join("\n")}\n`
}
