/**
 * Output stationary, register by register. A moves right along the rows, B down the columns, one processing element a
 * cycle; every element keeps the sums of up to `interleave` outputs, one of each fold of a group.
 *
 * The operand that is selected from moves in whole groups: the link is M words wide and each element latches a group into
 * the register of its slot with the first of the group's N steps, then holds it. Finished sums leave on their column's
 * output link as they are final, earlier sums (of a tile before) come in with the first step.
 */
import type { FoldRange } from "../../../dataflows/loop-nest.ts"
import {
  BUBBLE,
  disagreement,
  FIRST,
  LAST,
  LIVE,
  misaligned,
  NEW_GROUP,
  slotOf,
  tokenOf,
} from "./control-token.ts"
import type { GroupedLines, KeptLines } from "./operand-lines.ts"
import type { Grid, PipelineRegisters } from "./pipeline-registers.ts"
import type { ReductionGroups } from "./reduction-groups.ts"
import { SkewLine } from "./skew-line.ts"
import type { Tally } from "./tally.ts"

export interface OutputStationaryInput {
  readonly grid: Grid
  readonly pipeline: PipelineRegisters
  readonly interleave: number
  readonly float32: boolean
  readonly grouped: GroupedLines
  readonly kept: KeptLines
  /** The operand in groups is A, on the rows. */
  readonly groupsOnRows: boolean
  readonly groups: ReductionGroups
  /** Elements of a row of C. */
  readonly n: number
  /** C, m × n: sums to continue when `resumed`, zeros otherwise; becomes the result. */
  readonly sums: Float64Array
  readonly resumed: boolean
  readonly tally: Tally
}

export class OutputStationaryArray {
  // Links between processing elements, and the operand registers behind them.
  private readonly rowTokens: Int32Array
  private readonly columnTokens: Int32Array
  private readonly values: Float64Array
  private readonly positions: Int32Array
  /** [cell][slot][word of the group]. */
  private readonly groupWords: Float64Array
  /** [cell][slot]. */
  private readonly accumulators: Float64Array
  private readonly skew: SkewLine
  /** Cycle from which each slot's sum can be added to again. */
  private readonly ready: Float64Array
  /** First row and column of C of each slot's fold, and the lines of it that exist. */
  private readonly firstRow: Int32Array
  private readonly firstColumn: Int32Array
  private readonly liveRows: Int32Array
  private readonly liveColumns: Int32Array
  private readonly columnWrites: Int32Array

  constructor(private readonly input: OutputStationaryInput) {
    const { grid, interleave, groups } = input
    this.rowTokens = new Int32Array(grid.cells)
    this.columnTokens = new Int32Array(grid.cells)
    this.values = new Float64Array(grid.cells)
    this.positions = new Int32Array(grid.cells)
    this.groupWords = new Float64Array(grid.cells * interleave * groups.width)
    this.accumulators = new Float64Array(grid.cells * interleave)
    this.skew = new SkewLine(Math.max(grid.rows, grid.cols) - 1)
    this.ready = new Float64Array(interleave)
    this.firstRow = new Int32Array(interleave)
    this.firstColumn = new Int32Array(interleave)
    this.liveRows = new Int32Array(interleave)
    this.liveColumns = new Int32Array(interleave)
    this.columnWrites = new Int32Array(grid.cols + 1)
  }

  /** Runs up to `interleave` folds in turn, until the last sum has left the far corner. */
  run(folds: readonly FoldRange[]): void {
    const { grid, pipeline, groups, kept, tally } = this.input
    for (const [slot, { m, n }] of folds.entries()) {
      this.firstRow[slot] = m[0]
      this.liveRows[slot] = m[1] - m[0]
      this.firstColumn[slot] = n[0]
      this.liveColumns[slot] = n[1] - n[0]
    }
    this.ready.fill(0)
    const steps = kept.length
    const corner = grid.cells - 1
    let step = 0
    let slot = 0
    let left = folds.length * steps
    for (let cycle = 0; left > 0; cycle++) {
      let token = BUBBLE
      if (step === steps) {
        tally.fillDrain++
      } else if (this.ready[slot] > cycle) {
        tally.accumulate++
      } else {
        token = tokenOf(step, slot, LIVE | this.stepFlags(step, groups, steps))
        this.ready[slot] = cycle + pipeline.adderStages
        tally.busy++
      }
      this.skew.push(token, step)
      if (token !== BUBBLE && ++slot === folds.length) {
        slot = 0
        step++
      }
      this.driveEdges()
      this.columnWrites.fill(0)
      this.step()
      if (pipeline.sumTokens[pipeline.leaving + corner] !== BUBBLE) left--
      pipeline.tick()
      tally.cycles++
    }
  }

  private stepFlags(step: number, { keptStarts, groupOfKept }: ReductionGroups, steps: number): number {
    const first = step === 0 ? FIRST : 0
    const last = step === steps - 1 ? LAST : 0
    return first | last | (keptStarts[groupOfKept[step]] === step ? NEW_GROUP : 0)
  }

  /** Row r and column c of the edges get the sequencer's step r and c cycles later. */
  private driveEdges(): void {
    const { grid, groupsOnRows } = this.input
    for (let r = 0; r < grid.rows; r++) {
      const token = this.skew.tap(r)
      const cell = (r + 1) * grid.width
      const slot = slotOf(token)
      const live = token !== BUBBLE && r < this.liveRows[slot]
      this.rowTokens[cell] = live ? token : token & ~LIVE
      if (live) this.driveLine(groupsOnRows, token, this.skew.step, cell, this.firstRow[slot] + r)
    }
    for (let c = 0; c < grid.cols; c++) {
      const token = this.skew.tap(c)
      const slot = slotOf(token)
      const live = token !== BUBBLE && c < this.liveColumns[slot]
      this.columnTokens[c + 1] = live ? token : token & ~LIVE
      if (live) this.driveLine(!groupsOnRows, token, this.skew.step, c + 1, this.firstColumn[slot] + c)
    }
  }

  /** Reads what one line's edge register needs in this step. */
  private driveLine(inGroups: boolean, token: number, step: number, cell: number, line: number): void {
    const { grouped, kept, groups, interleave, tally } = this.input
    if (inGroups) {
      if ((token & NEW_GROUP) === 0) return
      const group = groups.groupOfKept[step]
      const size = groups.starts[group + 1] - groups.starts[group]
      const from = line * grouped.length + groups.starts[group]
      const to = (cell * interleave + slotOf(token)) * groups.width
      for (let i = 0; i < size; i++) this.groupWords[to + i] = grouped.values[from + i]
      tally.groupedReads += size
    } else {
      this.values[cell] = kept.values[line * kept.length + step]
      this.positions[cell] = kept.positions[line * kept.length + step]
      tally.keptReads++
    }
  }

  /**
   * One cycle of every processing element. Cells are visited from the far corner back, so that each still finds its
   * neighbours' group registers as they were.
   */
  private step(): void {
    const { grid, pipeline, interleave, float32, groupsOnRows, groups, sums, resumed, n, tally } = this.input
    const { rowTokens, columnTokens, values, positions, groupWords, accumulators } = this
    const { products, productTokens, sums: adder, sumTokens, multiplierStages } = pipeline
    const { cellBusy } = tally
    const { width } = grid
    const words = groups.width
    const keptFrom = groupsOnRows ? width : 1
    const groupFrom = (groupsOnRows ? 1 : width) * interleave * words
    rowTokens.copyWithin(1, 0)
    columnTokens.copyWithin(width, 0)
    values.copyWithin(keptFrom, 0)
    positions.copyWithin(keptFrom, 0)
    const multiply = pipeline.multiply
    const add = pipeline.add
    const leaving = pipeline.leaving
    for (let r = grid.rows; r > 0; r--) {
      const edge = r * width
      for (let cell = edge + grid.cols; cell > edge; cell--) {
        let token = rowTokens[cell]
        const other = columnTokens[cell]
        if (disagreement(token, other) !== 0) throw misaligned("a processing element")
        let product = 0
        if (token !== BUBBLE) {
          const group = (cell * interleave + slotOf(token)) * words
          if ((token & NEW_GROUP) !== 0) {
            const end = group + words
            for (let at = group; at < end; at++) groupWords[at] = groupWords[at - groupFrom]
          }
          token &= other | ~LIVE
          product = groupWords[group + positions[cell]] * values[cell]
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
        sumTokens[add + cell] = token
        if ((token & LIVE) !== 0) {
          const slot = slotOf(token)
          let sum = accumulators[cell * interleave + slot]
          if ((token & FIRST) !== 0) {
            sum = sums[(this.firstRow[slot] + r - 1) * n + this.firstColumn[slot] + cell - edge - 1]
            if (resumed) tally.cReads++
          }
          sum += product
          adder[add + cell] = float32 ? Math.fround(sum) : sum
        }
        const final = sumTokens[leaving + cell]
        if ((final & LIVE) !== 0) {
          const slot = slotOf(final)
          const sum = adder[leaving + cell]
          accumulators[cell * interleave + slot] = sum
          if ((final & LAST) !== 0) this.write(r - 1, cell - edge - 1, slot, sum)
        }
      }
    }
  }

  /** A finished sum leaves on its column's output link. */
  private write(r: number, c: number, slot: number, sum: number): void {
    const { sums, n, tally } = this.input
    sums[(this.firstRow[slot] + r) * n + this.firstColumn[slot] + c] = sum
    tally.cWrites++
    this.columnWrites[c]++
    if (this.columnWrites[c] > tally.columnWritesPeak) tally.columnWritesPeak = this.columnWrites[c]
  }
}
