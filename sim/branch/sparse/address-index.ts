/** Numbers a fixed set of branches by address; any other address has number -1. Open addressing, at most half full. */
export class AddressIndex {
  readonly #pc: Int32Array
  readonly #pcHigh: Int32Array
  readonly #slots: Int32Array

  constructor(branches: readonly { readonly pc: number; readonly pcHigh: number }[]) {
    this.#pc = Int32Array.from(branches, ({ pc }) => pc)
    this.#pcHigh = Int32Array.from(branches, ({ pcHigh }) => pcHigh)
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * branches.length + 2))).fill(-1)
    for (const [number, { pc, pcHigh }] of branches.entries()) this.#slots[this.#slotOf(pc, pcHigh)] = number
  }

  numberOf(pc: number, pcHigh: number): number {
    return this.#slots[this.#slotOf(pc, pcHigh)]
  }

  /** Slot of the address, or the free one where it would go. */
  #slotOf(pc: number, pcHigh: number): number {
    const mask = this.#slots.length - 1
    const mixed = Math.imul(pc ^ Math.imul(pcHigh, 0x9e37), 0x9e3779b1) >>> 0
    let slot = (mixed ^ (mixed >>> 15)) & mask
    for (;;) {
      const found = this.#slots[slot]
      if (found < 0 || (this.#pc[found] === pc && this.#pcHigh[found] === pcHigh)) return slot
      slot = (slot + 1) & mask
    }
  }
}
