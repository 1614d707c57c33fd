/**
 * One predictor over one trace with everything that is told of it: mispredictions by window and by static branch, and the
 * miss events of an interval core. The trace comes block by block; memory does not grow with it.
 */
import { type BranchBlock, CALL, CONDITIONAL, INDIRECT, partOf, RETURN, TAKEN } from "../branch-block.ts"
import {
  BranchTargetBuffer,
  RIGHT_TARGET,
  type TargetBufferSize,
  UNKNOWN_TARGET,
} from "../core/branch-target-buffer.ts"
import {
  flushCauses,
  type IntervalCore,
  longestInterval,
  type MissEvents,
  resolutionCycles,
} from "../core/interval-core.ts"
import { ReturnStack } from "../core/return-stack.ts"
import { TargetCache } from "../core/target-cache.ts"
import { drive } from "../drive.ts"
import type { BranchPredictor, PredictorTable } from "../predictor.ts"
import { type BranchCounts, StaticBranches } from "./static-branches.ts"
import { column, sumOf, type WindowField, windowFields, type Windows, WindowSeries } from "./window-series.ts"

export interface MeasurementPlan {
  readonly core: IntervalCore
  readonly targetBuffer: TargetBufferSize
  /** Targets of indirect branches by path; 0 for a core that keeps only the last one. */
  readonly targetCacheEntries: number
  readonly returnStackEntries: number
  /** Instructions at the start that train the predictor and are told apart; 0 measures all. */
  readonly warmUpInstructions: number
  /** Of the finest window. */
  readonly windowInstructions: number
  /** Static branches listed, by falling misses. */
  readonly worstBranches: number
}

/** A phase of the run: windows in order, and their sum. */
export interface Phase {
  readonly windows: Windows
  readonly total: Readonly<Record<WindowField, number>>
  /** Entries written, by table of the predictor. */
  readonly writes: readonly number[]
}

/** Plain data, so that it can come from another thread. */
export interface BranchMeasurement {
  readonly tables: readonly PredictorTable[]
  readonly warmUp: Phase
  readonly measured: Phase
  /** Of the measured phase. */
  readonly events: MissEvents
  readonly staticBranches: number
  readonly staticConditional: number
  readonly worst: readonly BranchCounts[]
}

const instructions = column("instructions")
const branches = column("branches")
const conditional = column("conditional")
const mispredictions = column("mispredictions")
const taken = column("taken")
const indirectMisses = column("indirect-target-misses")
const returnMisses = column("return-target-misses")
const redirects = column("redirects")
const firstCycles = column("cycles.mispredicted")

/** Misses by cause stand in these columns, in the order of `flushCauses`. */
const flushColumns = [mispredictions, indirectMisses, returnMisses] as const

/** A pass under way: give it every block in order, then `finish`. */
export class Measurement {
  readonly #predictor: BranchPredictor
  readonly #plan: MeasurementPlan
  readonly #atMeasured: () => void
  readonly #buffer: BranchTargetBuffer
  readonly #cache: TargetCache
  readonly #stack: ReturnStack
  readonly #resolution: Float64Array
  readonly #columns: number
  readonly #warmUp: WindowSeries
  readonly #measured: WindowSeries
  #current: WindowSeries
  #missed = new Uint8Array(0)
  #static = new StaticBranches()
  #flushes = new Float64Array(flushCauses.length * (longestInterval + 1))
  #row: Float64Array
  #writesBefore: readonly number[]
  /** Instructions since the last miss event. */
  #interval = 0
  #warmUpLeft: number
  #windowLeft: number

  /** @param atMeasured called once, where the warm-up ends */
  constructor(predictor: BranchPredictor, plan: MeasurementPlan, atMeasured: () => void = () => undefined) {
    this.#predictor = predictor
    this.#atMeasured = atMeasured
    this.#plan = plan
    this.#buffer = new BranchTargetBuffer(plan.targetBuffer)
    this.#cache = new TargetCache(plan.targetCacheEntries)
    this.#stack = new ReturnStack(plan.returnStackEntries)
    this.#resolution = Float64Array.from({ length: longestInterval + 1 }, (_, n) =>
      resolutionCycles(plan.core, n),
    )
    this.#columns = windowFields.length + predictor.tables.length
    this.#row = new Float64Array(this.#columns)
    this.#writesBefore = predictor.writes()
    this.#warmUp = new WindowSeries(plan.windowInstructions)
    this.#measured = new WindowSeries(plan.windowInstructions)
    this.#warmUpLeft = plan.warmUpInstructions
    this.#current = plan.warmUpInstructions > 0 ? this.#warmUp : this.#measured
    this.#windowLeft = this.#nextWindow()
    if (plan.warmUpInstructions === 0) this.#atMeasured()
  }

  consume(block: BranchBlock): void {
    const { length, gap } = block
    let from = 0
    let left = this.#windowLeft
    for (let i = 0; i < length; i++) {
      left -= gap[i]
      if (left > 0) continue
      this.#run(partOf(block, from, i + 1))
      this.#closeWindow()
      left = this.#windowLeft
      from = i + 1
    }
    this.#windowLeft = left
    if (from < length) this.#run(partOf(block, from, length))
  }

  finish(): BranchMeasurement {
    if (this.#row[branches] > 0) this.#closeWindow()
    const measured = this.#phase(this.#measured)
    return {
      tables: this.#predictor.tables,
      warmUp: this.#phase(this.#warmUp),
      measured,
      events: {
        instructions: measured.total.instructions,
        flushes: this.#flushes,
        redirects: measured.total.redirects,
      },
      staticBranches: this.#static.length,
      staticConditional: this.#static.conditional,
      worst: this.#static.worst(this.#plan.worstBranches),
    }
  }

  #nextWindow(): number {
    const { instructionsEach } = this.#current
    return this.#current === this.#warmUp ? Math.min(instructionsEach, this.#warmUpLeft) : instructionsEach
  }

  #closeWindow(): void {
    const row = this.#row
    const writes = this.#predictor.writes()
    for (const [i, count] of writes.entries()) row[windowFields.length + i] = count - this.#writesBefore[i]
    this.#writesBefore = writes
    this.#row = new Float64Array(this.#columns)
    this.#current.add(row)
    if (this.#current === this.#warmUp) {
      this.#warmUpLeft -= row[instructions]
      if (this.#warmUpLeft <= 0) {
        this.#current = this.#measured
        this.#static = new StaticBranches()
        this.#flushes.fill(0)
        this.#atMeasured()
      }
    }
    this.#windowLeft = this.#nextWindow()
  }

  #phase(series: WindowSeries): Phase {
    const windows = series.finish()
    const total = sumOf(windows, this.#columns)
    return {
      windows,
      total: Object.fromEntries(windowFields.map((field, i) => [field, total[i]])) as Record<
        WindowField,
        number
      >,
      writes: [...total.subarray(windowFields.length)],
    }
  }

  #run(block: BranchBlock): void {
    if (this.#missed.length < block.length) this.#missed = new Uint8Array(block.length)
    const missed = this.#missed
    this.#row[mispredictions] += drive(this.#predictor, block, missed)
    this.#static.count(block, missed)
    this.#account(block, missed)
  }

  /** Miss events of the core. */
  #account(block: BranchBlock, missed: Uint8Array): void {
    const { length, pc, pcHigh, target, targetHigh, flags, gap } = block
    const row = this.#row
    for (let i = 0; i < length; i++) {
      const flag = flags[i]
      this.#interval += gap[i]
      row[instructions] += gap[i]
      let flush = missed[i] === 1 ? 0 : -1
      if ((flag & CONDITIONAL) !== 0) row[conditional]++
      if ((flag & TAKEN) !== 0) {
        row[taken]++
        if ((flag & RETURN) !== 0) {
          if (!this.#stack.returns(target[i], targetHigh[i]) && flush < 0) flush = 2
        } else {
          const known = this.#buffer.taken(pc[i], pcHigh[i], target[i], targetHigh[i])
          if ((flag & INDIRECT) !== 0) {
            const right = this.#cache.predicts(pc[i], target[i], targetHigh[i], known === RIGHT_TARGET)
            if (!right && flush < 0) flush = 1
          } else if (known === UNKNOWN_TARGET && flush < 0) row[redirects]++
          if ((flag & CALL) !== 0) this.#stack.call(pc[i], pcHigh[i])
        }
      }
      if (flush >= 0) this.#flush(flush)
    }
    row[branches] += length
  }

  #flush(cause: number): void {
    const interval = Math.min(this.#interval, longestInterval)
    this.#flushes[cause * (longestInterval + 1) + interval]++
    if (cause > 0) this.#row[flushColumns[cause]]++
    this.#row[firstCycles + cause] += this.#resolution[interval] + this.#plan.core.frontEndDepth
    this.#interval = 0
  }
}
