/** SCALE-Sim topology files (.csv): convolutions or GEMMs, one a row. */
import { WorkloadError } from "../../../arch/errors.ts"
import { type NmPattern, parseNmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import { type Cell, csvRows } from "./csv-cells.ts"
import { firstBinaryCharacter, type Position, textLines } from "./text-lines.ts"
import { readHeader, type Role, titles, type TopologyColumns, type TopologyKind } from "./topology-columns.ts"

interface LayerRow {
  readonly name: string
  /** Line in the file, from 1. */
  readonly line: number
  /** Images or independent products; 1 unless the file has a batch column. */
  readonly batch: number
  /** N:M of the filter, 1:1 when dense; absent when the file says nothing about sparsity. */
  readonly sparsity?: NmPattern
}

/** A convolution without padding: the ifmap is padded in the file where it has to be. */
export interface ScaleSimConvLayer extends LayerRow {
  readonly kind: "conv"
  readonly ifmapHeight: number
  readonly ifmapWidth: number
  readonly filterHeight: number
  readonly filterWidth: number
  readonly channels: number
  /** Filters; of each channel when depthwise. */
  readonly filters: number
  readonly strideHeight: number
  readonly strideWidth: number
  /** SCALE-Sim takes every layer with "DP" in its name as depthwise. */
  readonly depthwise: boolean
}

/** C[m × n] = A[m × k] · B[k × n], B being the filter. */
export interface ScaleSimGemmLayer extends LayerRow {
  readonly kind: "gemm"
  readonly m: number
  readonly n: number
  readonly k: number
}

export type ScaleSimLayer = ScaleSimConvLayer | ScaleSimGemmLayer

export interface ScaleSimTopology {
  readonly file: string
  /** File name without folder and extension. */
  readonly name: string
  readonly layers: readonly ScaleSimLayer[]
  /** Titles of columns that are not read. */
  readonly ignoredColumns: readonly string[]
}

export interface TopologyOptions {
  /** Whichever the header says when absent. */
  readonly kind?: TopologyKind
}

/** Beyond any layer, and small enough for exact products of two. */
const largestSize = 1_000_000_000

/**
 * Reads the text of a topology file. A row may end with a comma or not, hold empty or annotation columns, be blank or
 * all commas. Whatever cannot be read as SCALE-Sim means it throws a WorkloadError with line and column.
 */
export const readScaleSimTopology = (
  text: string,
  file: string,
  { kind }: TopologyOptions = {},
): ScaleSimTopology => {
  const binary = firstBinaryCharacter(textLines(text))
  if (binary !== undefined) throw topologyError(file, binary, "this is not a text file")
  const [header, ...rows] = csvRows(text)
  if (header === undefined) throw topologyError(file, { line: 1, column: 1 }, "the file is empty")
  const columns = readHeader(header, file, kind)
  if (rows.length === 0) throw topologyError(file, header[0], "there is no layer below the header")
  const layers = rows.map((cells, index) => readLayer(new TopologyRow(file, columns, cells, index + 1)))
  const saysSparsity = layers.some((layer) => layer.sparsity !== undefined)
  return {
    file,
    name: (file.split(/[/\\]/).at(-1) ?? file).replace(/\.csv$/i, ""),
    layers: saysSparsity ? layers.map((layer) => ({ sparsity: { n: 1, m: 1 }, ...layer })) : layers,
    ignoredColumns: columns.ignored,
  }
}

const readLayer = (row: TopologyRow): ScaleSimLayer => {
  const layer = row.kind === "conv" ? readConv(row) : readGemm(row)
  const { sparsity } = row
  return sparsity === undefined ? layer : { ...layer, sparsity }
}

const readConv = (row: TopologyRow): ScaleSimConvLayer => {
  const strideHeight = row.size("stride")
  const conv: ScaleSimConvLayer = {
    kind: "conv",
    name: row.name,
    line: row.line,
    ifmapHeight: row.size("ifmapHeight"),
    ifmapWidth: row.size("ifmapWidth"),
    filterHeight: row.size("filterHeight"),
    filterWidth: row.size("filterWidth"),
    channels: row.size("channels"),
    filters: row.size("filters"),
    strideHeight,
    strideWidth: row.size("strideWidth", strideHeight),
    batch: row.size("batch", 1),
    depthwise: row.name.includes("DP"),
  }
  for (const [axis, filter, ifmap] of [
    ["filterHeight", conv.filterHeight, conv.ifmapHeight],
    ["filterWidth", conv.filterWidth, conv.ifmapWidth],
  ] as const) {
    if (filter <= ifmap) continue
    throw row.error(
      axis,
      `${titles[axis]} ${filter} is larger than the ifmap (${ifmap})`,
      "SCALE-Sim has no padding: add it to the ifmap's size.",
    )
  }
  const { batch, channels, filters, ifmapHeight, ifmapWidth, filterHeight, filterWidth } = conv
  row.requireExact(batch * ifmapHeight * ifmapWidth * channels * filters * filterHeight * filterWidth)
  return conv
}

const readGemm = (row: TopologyRow): ScaleSimGemmLayer => {
  const gemm: ScaleSimGemmLayer = {
    kind: "gemm",
    name: row.name,
    line: row.line,
    m: row.size("m"),
    n: row.size("n"),
    k: row.size("k"),
    batch: row.size("batch", 1),
  }
  row.requireExact(gemm.batch * gemm.m * gemm.n * gemm.k)
  return gemm
}

/** One row by column role, with errors that say where in it they are. */
class TopologyRow {
  readonly #file: string
  readonly #columns: TopologyColumns
  readonly #cells: readonly Cell[]
  readonly kind: TopologyKind
  readonly line: number
  readonly name: string
  readonly sparsity: NmPattern | undefined

  constructor(file: string, columns: TopologyColumns, cells: readonly Cell[], position: number) {
    this.#file = file
    this.#columns = columns
    this.#cells = cells
    this.kind = columns.kind
    this.line = cells[0].line
    this.name = this.#cell("name")?.text || `layer ${position}`
    this.sparsity = this.#readSparsity()
  }

  #cell(role: Role): Cell | undefined {
    const index = this.#columns.indices.get(role)
    return index === undefined ? undefined : this.#cells[index]
  }

  /** The whole number, from 1 up, in that column. */
  size(role: Role, fallback?: number): number {
    const text = this.#cell(role)?.text ?? ""
    if (text === "" && fallback !== undefined) return fallback
    const number = /^\+?\d{1,12}$/.test(text) ? Number(text) : Number.NaN
    if (number >= 1 && number <= largestSize) return number
    const found = text === "" ? "nothing" : `"${text}"`
    throw this.error(role, `${titles[role]} is ${found}, expected a whole number from 1 to ${largestSize}`)
  }

  #readSparsity(): NmPattern | undefined {
    const { indices, untitledSparsity } = this.#columns
    const read = new Set(indices.values())
    for (const [index, cell] of this.#cells.entries()) {
      if (read.has(index) || !/^\d+\s*:\s*\d+$/.test(cell.text)) continue
      if (index === untitledSparsity) return this.#pattern(cell)
      throw this.#errorAt(
        cell,
        `"${cell.text}" stands in a column that is not titled Sparsity`,
        "Title the column Sparsity, or remove the pattern.",
      )
    }
    const cell = this.#cell("sparsity")
    if (cell === undefined || cell.text === "") return indices.has("sparsity") ? { n: 1, m: 1 } : undefined
    return this.#pattern(cell)
  }

  #pattern(cell: Cell): NmPattern {
    const pattern = parseNmPattern(cell.text)
    if (pattern !== undefined) return pattern
    throw this.#errorAt(
      cell,
      `Sparsity is "${cell.text}", expected N:M with 1 ≤ N ≤ M`,
      "Write 2:4 for two of four, 1:1 or nothing for dense.",
    )
  }

  /** Throws when a product of this row's sizes would be rounded. */
  requireExact(product: number): void {
    if (product <= Number.MAX_SAFE_INTEGER) return
    throw this.#errorAt(
      this.#cells[0],
      "the layer has more operations than can be counted exactly (2^53)",
      "Use smaller sizes.",
    )
  }

  error(role: Role, found: string, remedy?: string): WorkloadError {
    const last = this.#cells[this.#cells.length - 1]
    const end = { line: last.line, column: last.column + last.text.length }
    return this.#errorAt(this.#cell(role) ?? end, found, remedy)
  }

  #errorAt(at: Position, found: string, remedy?: string): WorkloadError {
    return topologyError(this.#file, at, `layer "${this.name}": ${found}`, remedy)
  }
}

const topologyError = (file: string, at: Position, found: string, remedy?: string): WorkloadError =>
  new WorkloadError({
    message: `SCALE-Sim topology: ${found}.`,
    place: { file, line: at.line, column: at.column },
    remedy: remedy ?? "Correct the cell; the file is a header and one layer a row.",
  })
