/**
 * Weight stationary, register by register; input stationary is the same array with the operands swapped. Kept reduction
 * steps lie on the rows, lines of the stationary operand on the columns, lines of the other stream through.
 *
 * A fold first shifts its stationary tile in from the top, one row a cycle, `rows` cycles whatever it holds. Then streamed
 * lines move right, one processing element a cycle, row r starting r accumulate latencies after row 0, so that each product
 * is ready as the partial sum from above arrives. Sums of an earlier fold of the reduction come back in at the top of the
 * column: the order of additions is the order of the reduction axis.
 *
 * Selection: with a compressed stationary operand each element holds a kept value with its position, and the row link
 * carries the streamed line's whole group in every cycle; rows of the same group share one read of it. With a compressed
 * streamed operand each element holds the stationary line's whole group. A group cut by the end of a fold is read in both.
 */
import type { FoldRange } from "../../../dataflows/loop-nest.ts"
import { BUBBLE, disagreement, LIVE, misaligned, tokenOf } from "./control-token.ts"
import type { GroupedLines, KeptLines } from "./operand-lines.ts"
import type { Grid, PipelineRegisters } from "./pipeline-registers.ts"
import type { ReductionGroups } from "./reduction-groups.ts"
import { SkewLine } from "./skew-line.ts"
import type { Tally } from "./tally.ts"

export interface OperandStationaryInput {
  readonly grid: Grid
  readonly pipeline: PipelineRegisters
  readonly float32: boolean
  readonly grouped: GroupedLines
  readonly kept: KeptLines
  /** The streamed operand is the one in groups; the stationary one is compressed. */
  readonly streamsGroups: boolean
  readonly groups: ReductionGroups
  /** Lines that stream through each fold. */
  readonly streamed: number
  /** Distances in C between streamed lines and between stationary lines. */
  readonly streamStride: number
  readonly columnStride: number
  /** C: sums to continue when `resumed`, zeros otherwise; becomes the result. */
  readonly sums: Float64Array
  readonly resumed: boolean
  readonly tally: Tally
}

export class OperandStationaryArray {
  private readonly rowTokens: Int32Array
  /** LIVE where a processing element holds an element of the stationary tile. */
  private readonly holds: Int32Array
  private readonly values: Float64Array
  private readonly positions: Int32Array
  /** [cell][word of the group]. */
  private readonly groupWords: Float64Array
  private readonly skew: SkewLine
  /** Streamed line whose sum each column writes next. */
  private readonly nextOut: Int32Array

  constructor(private readonly input: OperandStationaryInput) {
    const { grid, pipeline, groups } = input
    this.rowTokens = new Int32Array(grid.cells)
    this.holds = new Int32Array(grid.cells)
    this.values = new Float64Array(grid.cells)
    this.positions = new Int32Array(grid.cells)
    this.groupWords = new Float64Array(grid.cells * groups.width)
    this.skew = new SkewLine(
      Math.max((grid.rows - 1) * pipeline.adderStages, grid.cols - 1 + pipeline.multiplierStages),
    )
    this.nextOut = new Int32Array(grid.cols)
  }

  /** Runs one fold: kept steps `reduction` on the rows, stationary lines `columns` on the columns. */
  run(reduction: FoldRange["k"], columns: readonly [number, number]): void {
    this.load(reduction, columns)
    const { grid, pipeline, tally, streamed } = this.input
    const live = columns[1] - columns[0]
    const adds = this.input.resumed || reduction[0] > 0
    const corner = grid.cells - 1
    this.nextOut.fill(0)
    let left = streamed
    for (let line = 0; left > 0; line++) {
      const entering = line < streamed
      this.skew.push(entering ? tokenOf(line, 0, LIVE) : BUBBLE, line)
      if (entering) tally.busy++
      else tally.fillDrain++
      this.driveRows(reduction)
      this.driveSums(columns[0], live, adds)
      this.shiftRows()
      this.step()
      this.write(columns[0], live)
      if (pipeline.sumTokens[pipeline.leaving + corner] !== BUBBLE) left--
      pipeline.tick()
      tally.cycles++
    }
  }

  /** Shifts the stationary tile in; the bottom row goes first. */
  private load(reduction: FoldRange["k"], columns: readonly [number, number]): void {
    const { grid, groups, streamsGroups, tally } = this.input
    const live = reduction[1] - reduction[0]
    for (let r = grid.rows - 1; r >= 0; r--) {
      for (let c = 0; c < grid.cols; c++) {
        const holds = r < live && columns[0] + c < columns[1]
        this.holds[c + 1] = holds ? LIVE : 0
        if (holds) this.driveLine(!streamsGroups, reduction, r, c + 1, columns[0] + c)
      }
      this.holds.copyWithin(grid.width, 0)
      if (streamsGroups) {
        this.values.copyWithin(grid.width, 0)
        this.positions.copyWithin(grid.width, 0)
      } else {
        this.groupWords.copyWithin(grid.width * groups.width, 0)
      }
      tally.stationaryLoad++
      tally.cycles++
    }
  }

  /** Reads what an edge register needs of `line` for row `r` of the fold. */
  private driveLine(
    inGroups: boolean,
    reduction: FoldRange["k"],
    r: number,
    cell: number,
    line: number,
  ): void {
    const { grouped, kept, groups, tally } = this.input
    const step = reduction[0] + r
    if (inGroups) {
      const group = groups.groupOfKept[step]
      const size = groups.starts[group + 1] - groups.starts[group]
      const from = line * grouped.length + groups.starts[group]
      const to = cell * groups.width
      for (let i = 0; i < size; i++) this.groupWords[to + i] = grouped.values[from + i]
      // The other rows of the group take it from the same read.
      if (r === 0 || groups.groupOfKept[step - 1] !== group) tally.groupedReads += size
    } else {
      this.values[cell] = kept.values[line * kept.length + step]
      this.positions[cell] = kept.positions[line * kept.length + step]
      tally.keptReads++
    }
  }

  /** Left edge: row r gets the streamed line r accumulate latencies after row 0. */
  private driveRows(reduction: FoldRange["k"]): void {
    const { grid, pipeline, streamsGroups } = this.input
    const live = reduction[1] - reduction[0]
    for (let r = 0; r < grid.rows; r++) {
      const token = this.skew.tap(r * pipeline.adderStages)
      const cell = (r + 1) * grid.width
      if (token === BUBBLE || r >= live) {
        this.rowTokens[cell] = token & ~LIVE
      } else {
        this.rowTokens[cell] = token
        this.driveLine(streamsGroups, reduction, r, cell, this.skew.step)
      }
    }
  }

  /** Top edge: a sum for every column, as its first product leaves the multiplier. */
  private driveSums(firstColumn: number, live: number, adds: boolean): void {
    const { grid, pipeline, sums, streamStride, columnStride, tally } = this.input
    for (let c = 0; c < grid.cols; c++) {
      const token = this.skew.tap(c + pipeline.multiplierStages)
      const edge = pipeline.add + c + 1
      pipeline.sumTokens[edge] = token
      if (token === BUBBLE || c >= live) continue
      // Zeros when there is nothing to continue.
      pipeline.sums[edge] = sums[this.skew.step * streamStride + (firstColumn + c) * columnStride]
      if (adds) tally.cReads++
    }
  }

  private shiftRows(): void {
    const { groups, streamsGroups } = this.input
    this.rowTokens.copyWithin(1, 0)
    if (streamsGroups) {
      this.groupWords.copyWithin(groups.width, 0)
    } else {
      this.values.copyWithin(1, 0)
      this.positions.copyWithin(1, 0)
    }
  }

  /**
   * One cycle of every processing element. Cells are visited from the far corner back: the sum that leaves the element
   * above is read before that element replaces it.
   */
  private step(): void {
    const { grid, pipeline, float32, groups, tally } = this.input
    const { rowTokens, holds, values, positions, groupWords } = this
    const { products, productTokens, sums, sumTokens, multiplierStages } = pipeline
    const { cellBusy } = tally
    const { width } = grid
    const words = groups.width
    const multiply = pipeline.multiply
    const add = pipeline.add
    for (let r = grid.rows; r > 0; r--) {
      const edge = r * width
      for (let cell = edge + grid.cols; cell > edge; cell--) {
        let token = rowTokens[cell]
        let product = 0
        if (token !== BUBBLE) {
          token &= holds[cell] | ~LIVE
          product = groupWords[cell * words + positions[cell]] * values[cell]
          if (float32) product = Math.fround(product)
          cellBusy[cell] += token & LIVE
        }
        if (multiplierStages > 0) {
          const at = multiply + cell
          const through = products[at]
          const throughToken = productTokens[at]
          products[at] = product
          productTokens[at] = token
          product = through
          token = throughToken
        }
        const above = add + cell - width
        if (disagreement(token, sumTokens[above]) !== 0) throw misaligned("an adder")
        sumTokens[add + cell] = token
        if (token !== BUBBLE) {
          // An element that holds nothing passes the sum on.
          const sum = (token & LIVE) !== 0 ? sums[above] + product : sums[above]
          sums[add + cell] = float32 ? Math.fround(sum) : sum
        }
      }
    }
  }

  /** Sums that leave the bottom row. */
  private write(firstColumn: number, live: number): void {
    const { grid, pipeline, sums, streamStride, columnStride, tally } = this.input
    const bottom = pipeline.leaving + grid.rows * grid.width + 1
    for (let c = 0; c < live; c++) {
      if (pipeline.sumTokens[bottom + c] === BUBBLE) continue
      const line = this.nextOut[c]++
      sums[line * streamStride + (firstColumn + c) * columnStride] = pipeline.sums[bottom + c]
      tally.cWrites++
      tally.columnWritesPeak = 1
    }
  }
}
