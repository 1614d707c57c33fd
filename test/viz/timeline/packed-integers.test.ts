import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { packIntegers, unpackIntegers } from "../../../viz/timeline/packed-integers.ts"

const integer = fc.oneof(fc.nat(3), fc.nat(1000), fc.maxSafeNat())

describe("packed integers", () => {
  it("are what they were before", () => {
    fc.assert(
      fc.property(fc.array(integer, { maxLength: 200 }), (values) => {
        expect([...unpackIntegers(packIntegers(values))]).toEqual(values)
      }),
    )
  })

  it("come back however a pattern repeats, overlaps itself and breaks off", () => {
    fc.assert(
      fc.property(
        fc.array(integer, { minLength: 1, maxLength: 20 }),
        fc.nat(300),
        fc.array(integer, { maxLength: 10 }),
        (pattern, length, rest) => {
          const values = [
            ...Array.from({ length }, (_, i) => pattern[i % pattern.length]),
            ...rest,
            ...pattern,
          ]
          expect([...unpackIntegers(packIntegers(values))]).toEqual(values)
        },
      ),
    )
  })

  it("of a loop take no more room than its body", () => {
    const loop = (rounds: number): string =>
      packIntegers(Array.from({ length: 16 * rounds }, (_, i) => 1000 + ((i * 7) % 16)))
    expect(loop(10_000).length).toBeLessThan(loop(2).length + 12)
  })
})
