/** Dense numbers of pairs of 32-bit words, such as the halves of an address, in order of first appearance. */

export class AddressNumbers {
  /** Distinct pairs seen. */
  length = 0
  #slots = new Int32Array(4096).fill(-1)
  #low = new Int32Array(2048)
  #high = new Int32Array(2048)

  numberOf(low: number, high: number): number {
    const mask = this.#slots.length - 1
    let slot = this.#home(low, high)
    for (;;) {
      const found = this.#slots[slot]
      if (found < 0) break
      if (this.#low[found] === low && this.#high[found] === high) return found
      slot = (slot + 1) & mask
    }
    if (this.length === this.#low.length) {
      this.#grow()
      return this.numberOf(low, high)
    }
    const number = this.length++
    this.#slots[slot] = number
    this.#low[number] = low
    this.#high[number] = high
    return number
  }

  lowOf(number: number): number {
    return this.#low[number]
  }

  highOf(number: number): number {
    return this.#high[number]
  }

  #home(low: number, high: number): number {
    let hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b)
    hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
    return (hash ^ (hash >>> 13)) & (this.#slots.length - 1)
  }

  #grow(): void {
    const capacity = 2 * this.#low.length
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const wide = new Int32Array(capacity)
      wide.set(column)
      return wide
    }
    this.#low = wider(this.#low)
    this.#high = wider(this.#high)
    this.#slots = new Int32Array(2 * capacity).fill(-1)
    const mask = this.#slots.length - 1
    for (let number = 0; number < this.length; number++) {
      let slot = this.#home(this.#low[number], this.#high[number])
      while (this.#slots[slot] >= 0) slot = (slot + 1) & mask
      this.#slots[slot] = number
    }
  }
}
