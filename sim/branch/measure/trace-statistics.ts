/** What a branch trace is made of, whatever predicts it. */
import {
  BACKWARD,
  type BranchBlock,
  CALL,
  CONDITIONAL,
  INDIRECT,
  isIndirect,
  RETURN,
  TAKEN,
} from "../branch-block.ts"
import { AddressNumbers } from "./address-numbers.ts"
import { formatAddress } from "./static-branches.ts"

export const branchClasses = [
  "conditional",
  "jump",
  "indirect jump",
  "call",
  "indirect call",
  "return",
] as const
export type BranchClass = (typeof branchClasses)[number]

/** A conditional branch is that whatever else it is. */
export const classOf = (flags: number): BranchClass => {
  if ((flags & CONDITIONAL) !== 0) return "conditional"
  if ((flags & RETURN) !== 0) return "return"
  const indirect = (flags & INDIRECT) !== 0
  if ((flags & CALL) !== 0) return indirect ? "indirect call" : "call"
  return indirect ? "indirect jump" : "jump"
}

/** Index in `branchClasses` by the low four flags. */
const classIndices = Uint8Array.from({ length: 16 }, (_, flags) => branchClasses.indexOf(classOf(flags)))

export interface ClassCounts {
  readonly class: BranchClass
  readonly executions: number
  readonly taken: number
  readonly staticBranches: number
}

export interface HotBranch {
  /** Hexadecimal, as unsigned 64 bits. */
  readonly address: string
  readonly class: BranchClass
  readonly executions: number
  readonly taken: number
  /** Distinct targets when taken. */
  readonly targets: number
}

export interface TraceStatistics {
  readonly branches: number
  /** Sum of the gaps: instructions up to and with the last branch. */
  readonly countedInstructions: number
  readonly conditional: number
  /** Of the conditional ones. */
  readonly taken: number
  /** Conditional, and target below the branch. */
  readonly backward: number
  readonly classes: readonly ClassCounts[]
  readonly staticBranches: number
  /** Static conditional branches by what they do: always, never or sometimes taken. */
  readonly directions: { readonly always: number; readonly never: number; readonly both: number }
  /** Fewest static branches that make up that share of all executions. */
  readonly workingSet: readonly { readonly share: number; readonly staticBranches: number }[]
  readonly hottest: readonly HotBranch[]
  /** Indirect jumps and calls, and returns. */
  readonly indirect: {
    readonly executions: number
    readonly staticBranches: number
    /** Pairs of such a branch and a target. */
    readonly targets: number
    /** Distinct targets of the branch that has most. */
    readonly mostTargets: number
    /** Static branches with one target only. */
    readonly oneTarget: number
  }
}

const shares = [0.5, 0.9, 0.99, 0.999, 1] as const

/** Counts that grow with the number of static branches. */
class Tally {
  counts = new Float64Array(2048)

  add(number: number, amount: number): void {
    if (number >= this.counts.length) {
      const wide = new Float64Array(Math.max(2 * this.counts.length, number + 1))
      wide.set(this.counts)
      this.counts = wide
    }
    this.counts[number] += amount
  }
}

export class TraceCounter {
  #branches = 0
  #instructions = 0
  #backward = 0
  readonly #addresses = new AddressNumbers()
  readonly #targets = new AddressNumbers()
  /** Number of a branch and number of a target. */
  readonly #pairs = new AddressNumbers()
  readonly #executions = new Tally()
  readonly #taken = new Tally()
  readonly #distinctTargets = new Tally()
  /** Low four flags of each static branch, as they first appeared. */
  readonly #flags = new Tally()

  count(block: BranchBlock): void {
    const { length, pc, pcHigh, target, targetHigh, flags, gap } = block
    let instructions = 0
    for (let i = 0; i < length; i++) {
      const flag = flags[i]
      const taken = (flag & TAKEN) >> 4
      instructions += gap[i]
      const before = this.#addresses.length
      const number = this.#addresses.numberOf(pc[i], pcHigh[i])
      this.#flags.add(number, number === before ? flag & 15 : 0)
      this.#executions.add(number, 1)
      this.#taken.add(number, taken)
      if ((flag & CONDITIONAL) !== 0 && (flag & BACKWARD) !== 0) this.#backward++
      let isNew = 0
      if (taken === 1) {
        const pairs = this.#pairs.length
        this.#pairs.numberOf(number, this.#targets.numberOf(target[i], targetHigh[i]))
        isNew = this.#pairs.length - pairs
      }
      this.#distinctTargets.add(number, isNew)
    }
    this.#branches += length
    this.#instructions += instructions
  }

  /** `hottest` of the static branches, by falling executions. */
  finish(hottest: number): TraceStatistics {
    const numbers = Array.from({ length: this.#addresses.length }, (_, i) => i)
    const executions = this.#executions.counts
    const taken = this.#taken.counts
    const targets = this.#distinctTargets.counts
    const flags = this.#flags.counts
    const sum = (of: readonly number[], what: Float64Array): number =>
      of.reduce((total, i) => total + what[i], 0)
    const byHeat = numbers.toSorted((a, b) => executions[b] - executions[a] || a - b)
    const conditional = numbers.filter((i) => (flags[i] & CONDITIONAL) !== 0)
    const indirect = numbers.filter((i) => isIndirect(flags[i]))
    return {
      branches: this.#branches,
      countedInstructions: this.#instructions,
      conditional: sum(conditional, executions),
      taken: sum(conditional, taken),
      backward: this.#backward,
      classes: branchClasses.map((name, k) => {
        const members = numbers.filter((i) => classIndices[flags[i]] === k)
        return {
          class: name,
          executions: sum(members, executions),
          taken: sum(members, taken),
          staticBranches: members.length,
        }
      }),
      staticBranches: numbers.length,
      directions: {
        always: conditional.filter((i) => taken[i] === executions[i]).length,
        never: conditional.filter((i) => taken[i] === 0).length,
        both: conditional.filter((i) => taken[i] > 0 && taken[i] < executions[i]).length,
      },
      workingSet: workingSet(
        byHeat.map((i) => executions[i]),
        this.#branches,
      ),
      hottest: byHeat.slice(0, hottest).map((i) => ({
        address: formatAddress(this.#addresses.lowOf(i), this.#addresses.highOf(i)),
        class: branchClasses[classIndices[flags[i]]],
        executions: executions[i],
        taken: taken[i],
        targets: targets[i],
      })),
      indirect: {
        executions: sum(indirect, executions),
        staticBranches: indirect.length,
        targets: sum(indirect, targets),
        mostTargets: indirect.reduce((most, i) => Math.max(most, targets[i]), 0),
        oneTarget: indirect.filter((i) => targets[i] === 1).length,
      },
    }
  }
}

/** `falling`: executions of each static branch, largest first. */
const workingSet = (falling: readonly number[], total: number): TraceStatistics["workingSet"] => {
  let sum = 0
  let count = 0
  return shares.map((share) => {
    while (count < falling.length && sum < share * total) sum += falling[count++]
    return { share, staticBranches: count }
  })
}
