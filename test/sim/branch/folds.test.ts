/** Folds as rotations and as tables of sums, against cutting the bits in pieces. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { foldAddress, foldShifted, rotated } from "../../../sim/branch/address-fold.ts"
import { foldedHistory } from "../../../sim/branch/folded-history.ts"
import { runs } from "../../arbitraries/runs.ts"

/** Cuts an unsigned number in pieces from bit 0 upward and XORs them. */
const foldOf = (value: bigint, width: number): number => {
  let fold = 0n
  for (let rest = value; rest > 0n; rest >>= BigInt(width)) fold ^= rest & ((1n << BigInt(width)) - 1n)
  return Number(fold)
}

const half = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const unsigned = (low: number, high: number): bigint =>
  BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))

describe("the fold of an address", () => {
  const width = fc.integer({ min: 1, max: 27 })

  it("is the XOR of its pieces", () => {
    fc.assert(
      fc.property(half, fc.oneof(half, fc.constantFrom(0, -1)), width, (low, high, width) => {
        expect(foldAddress(low, high, width)).toBe(foldOf(unsigned(low, high), width))
      }),
      { numRuns: runs },
    )
  })

  it("shifted left loses what leaves 64 bits", () => {
    fc.assert(
      fc.property(half, half, fc.integer({ min: 0, max: 63 }), width, (low, high, shift, width) => {
        const shifted = BigInt.asUintN(64, unsigned(low, high) << BigInt(shift))
        expect(foldShifted(low, high, shift, width)).toBe(foldOf(shifted, width))
      }),
      { numRuns: runs },
    )
  })
})

describe("the fold of a history", () => {
  it("is that of the newest outcomes, the newest at bit 0, for every width and length at once", () => {
    const outcome = fc.integer({ min: 0, max: 1 })
    const widths = fc.uniqueArray(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(
        fc.array(outcome, { maxLength: 300, size: "max" }),
        widths,
        fc.nat({ max: 90 }),
        (bits, widths, length) => {
          const { sums, capacity, clock, newest, push } = foldedHistory(widths, 90)
          for (const bit of bits) push(bit)
          const value = bits
            .slice(Math.max(0, bits.length - length))
            .reduce((all, bit) => (all << 1n) | BigInt(bit), 0n)
          for (const [k, width] of widths.entries()) {
            const past = (clock[0] - length) & (capacity - 1)
            const sum = (newest[1 + k] ^ sums[k * capacity + past]) & (2 ** width - 1)
            const kept = length === 0 ? 0n : value
            expect(rotated(sum, clock[1 + k], width)).toBe(foldOf(kept, width))
          }
        },
      ),
      { numRuns: runs },
    )
  })
})
