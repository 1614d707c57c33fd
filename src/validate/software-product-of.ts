/** Reads what a case of a software sparse kernel multiplies. */
import { parseNmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { SoftwareProduct, SoftwareSparsity } from "../../sim/gpu/software/software-product.ts"
import type { VnmTile } from "../../sim/gpu/software/vnm.ts"
import type { ValidationCase } from "./case-file.ts"
import { type Unsupported, unsupported } from "./prediction.ts"
import { size, text } from "./workload-fields.ts"

/** `dense`, `2:8`, `vector-wise 8:32` or `unstructured 0.75`, where the number is the share of zeros. */
const sparsityOf = (written: string): SoftwareSparsity | undefined => {
  if (written === "dense") return { kind: "dense" }
  const zeros = /^unstructured (0?\.\d+|0)$/.exec(written)
  if (zeros !== null) return { kind: "unstructured", density: 1 - Number(zeros[1]) }
  const nm = parseNmPattern(written.replace(/^vector-wise /, ""))
  return nm === undefined ? undefined : { kind: "n:m", ...nm }
}

const isSize = (x: unknown): x is number => typeof x === "number" && Number.isSafeInteger(x) && x > 0

/** `tile` [bm, bn, bk] with `stages` (2 where not given); undefined where the case leaves the choice to the library. */
const tileOf = ({ workload }: ValidationCase): VnmTile | Unsupported | undefined => {
  const { tile, stages = 2 } = workload
  if (tile === undefined) return undefined
  const [rows, columns, depth] = Array.isArray(tile) ? (tile as readonly unknown[]) : []
  return isSize(rows) && isSize(columns) && isSize(depth) && isSize(stages)
    ? { rows, columns, depth, stages }
    : unsupported("workload.tile is not [bm, bn, bk] of whole numbers with a number of stages")
}

/** The product of a case, or why it is none. */
export const softwareProductOf = (validationCase: ValidationCase): SoftwareProduct | Unsupported => {
  const m = size(validationCase, "m")
  const n = size(validationCase, "n")
  const k = size(validationCase, "k")
  if (m === undefined || n === undefined || k === undefined)
    return unsupported("workload needs m, n and k of at least 1")
  const written = text(validationCase, "sparsity") ?? "dense"
  const sparsity = sparsityOf(written)
  if (sparsity === undefined)
    return unsupported(`workload.sparsity "${written}" is not dense, N:M, vector-wise N:M or unstructured F`)
  const tile = tileOf(validationCase)
  if (tile !== undefined && "reason" in tile) return tile
  return { m, n, k, sparsity, ...(tile === undefined ? {} : { tile }) }
}

/** The measured time in seconds, from microseconds or from dense-equivalent TFLOPS. */
export const measuredSeconds = ({ metric, value }: ValidationCase, { m, n, k }: SoftwareProduct): number =>
  metric === "time" ? Number(value) * 1e-6 : (2 * m * n * k) / (Number(value) * 1e12)
