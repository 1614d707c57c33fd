/** How often every static conditional branch ran and was mispredicted: what candidates for a sparse model are chosen by. */
import { type BranchBlock, CONDITIONAL } from "../branch-block.ts"
import { drive } from "../drive.ts"
import { StaticBranches } from "../measure/static-branches.ts"
import type { BranchPredictor } from "../predictor.ts"

/** Counts of one static branch over a stretch of a trace. */
export interface ProfiledBranch {
  readonly pc: number
  readonly pcHigh: number
  readonly executions: number
  /** Of the base predictor. */
  readonly misses: number
}

export class BranchProfile {
  readonly #base: BranchPredictor
  readonly #branches = new StaticBranches()
  #pc: number[] = []
  #pcHigh: number[] = []
  #executions = new Float64Array(1024)
  #misses = new Float64Array(1024)
  #missed = new Uint8Array(0)
  /** Mispredictions of all branches. */
  misses = 0

  /** @param base a predictor without history of its own yet; the profile runs it */
  constructor(base: BranchPredictor) {
    this.#base = base
  }

  consume(block: BranchBlock): void {
    if (this.#missed.length < block.length) this.#missed = new Uint8Array(block.length)
    this.misses += drive(this.#base, block, this.#missed)
    const { length, pc, pcHigh, flags } = block
    for (let i = 0; i < length; i++) {
      if ((flags[i] & CONDITIONAL) === 0) continue
      const number = this.#branches.numberOf(pc[i], pcHigh[i], flags[i])
      if (number === this.#pc.length) this.#add(pc[i], pcHigh[i])
      this.#executions[number]++
      this.#misses[number] += this.#missed[i]
    }
  }

  /** The branches with most misses, at most `most` of them, by falling misses; none without a miss. */
  worst(most: number): readonly ProfiledBranch[] {
    return Array.from(this.#pc, (_, i) => i)
      .filter((i) => this.#misses[i] > 0)
      .toSorted((a, b) => this.#misses[b] - this.#misses[a] || a - b)
      .slice(0, most)
      .map((i) => ({
        pc: this.#pc[i],
        pcHigh: this.#pcHigh[i],
        executions: this.#executions[i],
        misses: this.#misses[i],
      }))
  }

  #add(pc: number, pcHigh: number): void {
    const capacity = this.#executions.length
    this.#pc.push(pc)
    this.#pcHigh.push(pcHigh)
    if (this.#pc.length <= capacity) return
    const executions = new Float64Array(2 * capacity)
    const misses = new Float64Array(2 * capacity)
    executions.set(this.#executions)
    misses.set(this.#misses)
    this.#executions = executions
    this.#misses = misses
  }
}
