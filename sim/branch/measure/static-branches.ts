/** What is known of every static branch: an open-addressed table from address to a dense number, and counts by number. */
import { type BranchBlock, CONDITIONAL, TAKEN } from "../branch-block.ts"

const widen = <A extends Int32Array | Float64Array | Uint8Array>(from: A, to: A): A => {
  to.set(from)
  return to
}

export class StaticBranches {
  /** Distinct branches seen. */
  length = 0
  #slots = new Int32Array(4096).fill(-1)
  #pc = new Int32Array(2048)
  #pcHigh = new Int32Array(2048)
  #flags = new Uint8Array(2048)
  #executions = new Float64Array(2048)
  #taken = new Float64Array(2048)
  #misses = new Float64Array(2048)

  /** Dense number of the branch at an address, in order of first appearance. */
  numberOf(pc: number, pcHigh: number, flags: number): number {
    const mask = this.#slots.length - 1
    let slot = Math.imul(pc ^ Math.imul(pcHigh, 0x9e37), 0x9e3779b1) >>> 0
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const found = this.#slots[slot]
      if (found < 0) break
      if (this.#pc[found] === pc && this.#pcHigh[found] === pcHigh) return found
      slot = (slot + 1) & mask
    }
    if (this.length === this.#pc.length) {
      this.#grow()
      return this.numberOf(pc, pcHigh, flags)
    }
    const number = this.length++
    this.#slots[slot] = number
    this.#pc[number] = pc
    this.#pcHigh[number] = pcHigh
    this.#flags[number] = flags
    return number
  }

  /** Counts the records of a block; `missed` as `drive` fills it. */
  count(block: BranchBlock, missed: Uint8Array): void {
    const { length, pc, pcHigh, flags } = block
    for (let i = 0; i < length; i++) {
      const flag = flags[i]
      const number = this.numberOf(pc[i], pcHigh[i], flag)
      this.#executions[number]++
      this.#taken[number] += (flag & TAKEN) >> 4
      this.#misses[number] += missed[i]
    }
  }

  /** Conditional branches by falling misses, at most `most`. */
  worst(most: number): readonly BranchCounts[] {
    const numbers = Array.from({ length: this.length }, (_, i) => i)
      .filter((i) => (this.#flags[i] & CONDITIONAL) !== 0 && this.#misses[i] > 0)
      .toSorted((a, b) => this.#misses[b] - this.#misses[a] || a - b)
    return numbers.slice(0, most).map((i) => ({
      address: formatAddress(this.#pc[i], this.#pcHigh[i]),
      executions: this.#executions[i],
      taken: this.#taken[i],
      misses: this.#misses[i],
    }))
  }

  /** Distinct conditional branches. */
  get conditional(): number {
    let n = 0
    for (let i = 0; i < this.length; i++) if ((this.#flags[i] & CONDITIONAL) !== 0) n++
    return n
  }

  #grow(): void {
    const capacity = this.#pc.length * 2
    this.#pc = widen(this.#pc, new Int32Array(capacity))
    this.#pcHigh = widen(this.#pcHigh, new Int32Array(capacity))
    this.#flags = widen(this.#flags, new Uint8Array(capacity))
    this.#executions = widen(this.#executions, new Float64Array(capacity))
    this.#taken = widen(this.#taken, new Float64Array(capacity))
    this.#misses = widen(this.#misses, new Float64Array(capacity))
    this.#slots = new Int32Array(capacity * 2).fill(-1)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.length; number++) {
      let slot = Math.imul(this.#pc[number] ^ Math.imul(this.#pcHigh[number], 0x9e37), 0x9e3779b1) >>> 0
      slot = (slot ^ (slot >>> 15)) & mask
      while (this.#slots[slot] >= 0) slot = (slot + 1) & mask
      this.#slots[slot] = number
    }
  }
}

/** Counts of one static branch. */
export interface BranchCounts {
  /** Hexadecimal, as unsigned 64 bits. */
  readonly address: string
  readonly executions: number
  readonly taken: number
  readonly misses: number
}

/** An address from its halves, "0x401000". */
export const formatAddress = (low: number, high: number): string => {
  const top = high >>> 0
  const bottom = (low >>> 0).toString(16)
  return top === 0 ? `0x${bottom}` : `0x${top.toString(16)}${bottom.padStart(8, "0")}`
}
