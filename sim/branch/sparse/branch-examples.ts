/**
 * What a sparse model is fitted to: for executions of one branch the outcomes before it, its own outcome, and what the
 * base predictor said. A second pass over the stretch that was profiled, so that memory has a bound whatever its length.
 */
import { type BranchBlock, CONDITIONAL, TAKEN } from "../branch-block.ts"
import { AddressIndex } from "./address-index.ts"
import type { ProfiledBranch } from "./branch-profile.ts"
import type { GradedPredictor } from "./graded-predictor.ts"
import { globalWords, pushOutcome } from "./history-window.ts"

/** Examples of one branch, in the order of time. */
export interface BranchExamples {
  readonly branch: ProfiledBranch
  readonly length: number
  /** Words of a row: the global window, then the local one. */
  readonly rowWords: number
  /** Row-major windows of history, [length x rowWords]; positions as in `history-window.ts`, local ones after global. */
  readonly rows: Int32Array
  /** Bit 0: outcome; bit 1: the base predictor's direction; bits 2 and 3: its grade. */
  readonly answers: Uint8Array
}

export interface CollectionPlan {
  /** Outcomes of the branch itself that a row holds: a multiple of 32, up to 512. */
  readonly localPositions: number
  /** Most examples of one branch. */
  readonly examplesEach: number
  /** Bound on the bytes of all examples together. */
  readonly bytes: number
}

/** Examples of each of `branches` branches that the plan leaves room for. */
export const examplesAllowed = (plan: CollectionPlan, branches: number): number => {
  const bytesEach = 4 * (globalWords + plan.localPositions / 32) + 1
  return Math.max(
    1,
    Math.min(plan.examplesEach, Math.floor(plan.bytes / (bytesEach * Math.max(1, branches)))),
  )
}

/** Offset of the example kept of a group of `size` executions: scattered, so that no period of a loop is favoured. */
const offsetIn = (group: number, size: number): number => {
  const mixed = Math.imul(group + 1, 0x9e3779b1)
  return ((mixed ^ (mixed >>> 15)) >>> 0) % size
}

interface Collecting {
  readonly group: number
  readonly examples: { -readonly [K in keyof BranchExamples]: BranchExamples[K] }
  seen: number
  next: number
}

export class ExampleCollector {
  readonly #base: GradedPredictor
  readonly #numbers: AddressIndex
  readonly #collecting: readonly Collecting[]
  readonly #global = new Int32Array(globalWords)
  readonly #localWords: number
  readonly #locals: Int32Array

  /** @param base the same kind of predictor as profiled, anew; the collector runs it over the same records */
  constructor(base: GradedPredictor, branches: readonly ProfiledBranch[], plan: CollectionPlan) {
    this.#base = base
    this.#localWords = plan.localPositions / 32
    this.#locals = new Int32Array(branches.length * this.#localWords)
    this.#numbers = new AddressIndex(branches)
    const most = examplesAllowed(plan, branches.length)
    const rowWords = globalWords + this.#localWords
    this.#collecting = branches.map((branch) => {
      const group = Math.ceil(branch.executions / most)
      const length = Math.ceil(branch.executions / group)
      return {
        group,
        seen: 0,
        next: offsetIn(0, group),
        examples: {
          branch,
          length: 0,
          rowWords,
          rows: new Int32Array(length * rowWords),
          answers: new Uint8Array(length),
        },
      }
    })
  }

  consume(block: BranchBlock): void {
    const { length, pc, pcHigh, target, targetHigh, flags } = block
    const base = this.#base
    for (let i = 0; i < length; i++) {
      const low = pc[i]
      const high = pcHigh[i]
      const flag = flags[i]
      if ((flag & CONDITIONAL) !== 0) {
        const taken = (flag & TAKEN) >> 4
        const said = base.predict(low, high, flag & ~TAKEN)
        const number = this.#numbers.numberOf(low, high)
        if (number >= 0) this.#keep(number, taken | (said << 1) | (base.grade() << 2), taken)
        base.train(low, high, taken)
        pushOutcome(this.#global, 0, globalWords, taken)
      }
      base.track(low, high, target[i], targetHigh[i], flag)
    }
  }

  finish(): readonly BranchExamples[] {
    return this.#collecting.map(({ examples }) => examples)
  }

  #keep(number: number, answer: number, taken: number): void {
    const to = this.#collecting[number]
    const { examples, group } = to
    const local = number * this.#localWords
    if (to.seen === to.next && examples.length < examples.answers.length) {
      const at = examples.length * examples.rowWords
      examples.rows.set(this.#global, at)
      for (let w = 0; w < this.#localWords; w++) examples.rows[at + globalWords + w] = this.#locals[local + w]
      examples.answers[examples.length++] = answer
      const following = Math.floor(to.seen / group) + 1
      to.next = following * group + offsetIn(following, group)
    }
    to.seen++
    if (this.#localWords > 0) pushOutcome(this.#locals, local, this.#localWords, taken)
  }
}
