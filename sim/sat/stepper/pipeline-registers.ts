/**
 * The arithmetic pipelines of all processing elements: a multiplier of P − L stages and an adder of L stages behind it
 * (P = whole latency, L = cycles until a sum can be added to again). Stages are rings over one clock, so nothing moves: at
 * `multiply` and `add` lies what leaves the stage in this cycle, to be replaced by what enters it.
 */

/**
 * All registers of the array lie on a grid of (rows + 1) × (cols + 1) cells. Row 0 and column 0 are the registers of the
 * top and left edge; the processing element (r, c) is cell (r + 1, c + 1), its neighbours one cell and one grid row before.
 */
export interface Grid {
  readonly rows: number
  readonly cols: number
  /** Cells of a grid row: cols + 1. */
  readonly width: number
  readonly cells: number
}

export const gridOf = (rows: number, cols: number): Grid => ({
  rows,
  cols,
  width: cols + 1,
  cells: (rows + 1) * (cols + 1),
})

export class PipelineRegisters {
  readonly multiplierStages: number
  readonly adderStages: number
  /** [stage][cell]. */
  readonly products: Float64Array
  readonly productTokens: Int32Array
  readonly sums: Float64Array
  readonly sumTokens: Int32Array
  /** Offset of the multiplier stage and of the adder stage that this cycle reads and replaces. */
  multiply = 0
  add = 0

  constructor(
    private readonly grid: Grid,
    pipelineLatency: number,
    accumulateLatency: number,
  ) {
    this.multiplierStages = pipelineLatency - accumulateLatency
    this.adderStages = accumulateLatency
    // A ring of no stages still has an offset of 0; it is neither read nor written.
    const stages = Math.max(1, this.multiplierStages)
    this.products = new Float64Array(stages * grid.cells)
    this.productTokens = new Int32Array(stages * grid.cells)
    this.sums = new Float64Array(accumulateLatency * grid.cells)
    this.sumTokens = new Int32Array(accumulateLatency * grid.cells)
  }

  /** Offset of the adder stage whose sums are final when this cycle ends. */
  get leaving(): number {
    const next = this.add + this.grid.cells
    return next === this.sums.length ? 0 : next
  }

  /** The clock edge. */
  tick(): void {
    this.add = this.leaving
    const next = this.multiply + this.grid.cells
    this.multiply = next >= this.products.length ? 0 : next
  }
}
