import { describe, expect, it } from "vitest"
import { mersenneTwister } from "../../../sim/branch/batage/mersenne-twister.ts"

describe("the Mersenne Twister", () => {
  it("gives the standard's numbers for the standard's seed", () => {
    const { below } = mersenneTwister(5489)
    // A power of two takes the high bits of an output as they are.
    const highBits = (): number => below(2 ** 20)
    expect(highBits()).toBe(3_499_211_612 >>> 12)
    for (let i = 2; i < 10_000; i++) highBits()
    // Source: C++ standard, [rand.predef]: the 10000th output of a default mt19937.
    expect(highBits()).toBe(4_123_659_995 >>> 12)
  })

  it("draws every number of a range about as often", () => {
    const { below } = mersenneTwister(158_715)
    const counts = Array.from({ length: 10 }, () => 0)
    for (let i = 0; i < 100_000; i++) counts[below(10)]++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(5 * Math.sqrt(9000))
  })
})
