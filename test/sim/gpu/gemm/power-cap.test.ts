/** The clock under a power limit. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cappedClock, settledShare } from "../../../../sim/gpu/gemm/power-cap.ts"

const protocol = { warmUp: 25, timed: 50 }

describe("the settled share of timed runs", () => {
  it("is the mean of 1 − e^−t over them", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 1, noNaN: true }), (run) => {
        const steps = 20_000
        let sum = 0
        for (let i = 0; i < steps; i++) {
          sum += 1 - Math.exp(-run * (protocol.warmUp + (protocol.timed * (i + 0.5)) / steps))
        }
        expect(settledShare(run, protocol)).toBeCloseTo(sum / steps, 6)
      }),
    )
  })

  it("is nothing for runs over before the controller acts, and all for long ones", () => {
    expect(settledShare(1e-9, protocol)).toBeCloseTo(0, 6)
    expect(settledShare(10, protocol)).toBeCloseTo(1, 9)
    expect(settledShare(Number.POSITIVE_INFINITY, protocol)).toBe(1)
  })
})

const never = Number.POSITIVE_INFINITY

describe("a capped clock", () => {
  // A kernel that only computes: its time falls as its clock rises.
  const seconds = 1e-3
  const time = (ratio: number): number => seconds / ratio
  const watts = fc.double({ min: 10, max: 1000, noNaN: true })
  const exponent = fc.double({ min: 0, max: 2, noNaN: true })

  it("is the full clock below the limit", () => {
    expect(cappedClock(time, 0.1 * seconds, 0, { sustained: 0.2, surge: never }, 1, 0.01, undefined)).toEqual(
      {
        ratio: 1,
        uncappedPower: expect.closeTo(0.1, 12),
      },
    )
  })

  it("brings power to the limit: φ^(1 + γ) = limit ÷ uncapped power", () => {
    fc.assert(
      fc.property(watts, fc.double({ min: 0.3, max: 0.99, noNaN: true }), exponent, (power, share, gamma) => {
        const { ratio } = cappedClock(
          time,
          power * seconds,
          0,
          { sustained: power * share, surge: never },
          gamma,
          0.01,
          undefined,
        )
        expect(ratio).toBeCloseTo(share ** (1 / (1 + gamma)), 3)
      }),
    )
  })

  it("of a benchmark lies between the full and the settled one, nearer to it the longer the runs", () => {
    const ratios = [1e-6, 1e-4, 1e-2].map((length) => {
      const runs = (ratio: number): number => length / ratio
      return cappedClock(runs, 400 * length, 0, { sustained: 200, surge: never }, 1, 0.02, protocol).ratio
    })
    const settled = Math.sqrt(0.5)
    expect(ratios[0]).toBeCloseTo(1, 2)
    expect(ratios[1]).toBeLessThan(ratios[0])
    expect(ratios[1]).toBeGreaterThan(ratios[2])
    expect(ratios[2]).toBeCloseTo(settled, 2)
  })

  it("is held to the surge budget at once, and to the sustained one in the end", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 0.9, noNaN: true }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        exponent,
        (share, surge, gamma) => {
          const ratioOf = (length: number): number =>
            cappedClock(
              (ratio) => length / ratio,
              400 * length,
              0,
              { sustained: 400 * share, surge: 400 * share * surge },
              gamma,
              0.02,
              protocol,
            ).ratio
          expect(ratioOf(1e-9)).toBeCloseTo(Math.min(1, (share * surge) ** (1 / (1 + gamma))), 3)
          expect(ratioOf(10)).toBeCloseTo(share ** (1 / (1 + gamma)), 3)
        },
      ),
    )
  })

  it("never rises with the energy of the work", () => {
    const energy = fc.double({ min: 1, max: 2000, noNaN: true })
    fc.assert(
      fc.property(
        energy,
        energy,
        fc.double({ min: 0, max: 1, noNaN: true }),
        exponent,
        (a, b, memory, gamma) => {
          const ratioOf = (watts: number): number =>
            cappedClock(
              (ratio) => seconds * (memory + (1 - memory) / ratio),
              watts * seconds,
              0,
              { sustained: 300, surge: 450 },
              gamma,
              0.01,
              protocol,
            ).ratio
          expect(ratioOf(Math.max(a, b))).toBeLessThanOrEqual(ratioOf(Math.min(a, b)) + 1e-3)
        },
      ),
    )
  })
})
