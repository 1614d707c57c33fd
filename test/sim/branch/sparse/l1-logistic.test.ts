import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { L1Logistic } from "../../../../sim/branch/sparse/l1-logistic.ts"
import { runs } from "../../../arbitraries/runs.ts"

const examples = 1000
const features = 8

/** Coin flips as features, a bias in front, and outcomes that follow some of them with noise. */
const design = (seed: number, support: readonly number[]) => {
  let x = seed | 1
  const coin = (): number => {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    return (x >>> 16) & 1
  }
  const values = new Int8Array((features + 1) * examples).fill(1, 0, examples)
  for (let i = examples; i < values.length; i++) values[i] = 2 * coin() - 1
  const outcomes = Uint8Array.from({ length: examples }, (_, i) => {
    const sum = support.reduce((total, f) => total + values[(f + 1) * examples + i], 0)
    return sum > 0 ? 1 : sum < 0 ? 0 : coin()
  })
  const penalised = new Uint8Array(features + 1).fill(1, 1)
  return { examples, features: features + 1, values, penalised, outcomes }
}

const supports = fc.uniqueArray(fc.integer({ min: 0, max: features - 1 }), { minLength: 1, maxLength: 3 })

describe("logistic regression with an L1 penalty", () => {
  it("ends where no weight can gain: the gradient equals lambda on the support, and is within it elsewhere", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        supports,
        fc.double({ min: 0.1, max: 0.9, noNaN: true }),
        (seed, support, part) => {
          const fit = new L1Logistic(design(seed, support))
          const lambda = part * fit.largestLambda()
          fit.fit({ lambda, ridge: 0 })
          void fit.residuals
          for (let j = 1; j <= features; j++) {
            const gradient = fit.gradientOf(j)
            const weight = fit.weights[j]
            const off =
              weight === 0 ? Math.abs(gradient) - lambda : Math.abs(gradient - lambda * Math.sign(weight))
            expect(off).toBeLessThanOrEqual(2e-3)
          }
        },
      ),
      { numRuns: Math.min(runs, 100) },
    )
  })

  it("keeps every planted feature at a fifth of the largest lambda, with most weight there", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 30 }), supports, (seed, support) => {
        const fit = new L1Logistic(design(seed, support))
        fit.fit({ lambda: 0.2 * fit.largestLambda(), ridge: 0 })
        const others = fit.weights.subarray(1).filter((_, f) => !support.includes(f))
        const most = Math.max(...others.map(Math.abs))
        for (const f of support) expect(fit.weights[f + 1]).toBeGreaterThan(most)
      }),
      { numRuns: Math.min(runs, 100) },
    )
  })

  it("has no penalised weight at the largest lambda, and one just below", () => {
    const fit = new L1Logistic(design(5, [2]))
    const largest = fit.largestLambda()
    fit.fit({ lambda: largest * 1.01, ridge: 0 })
    expect(fit.weights.subarray(1).every((w) => w === 0)).toBe(true)
    fit.fit({ lambda: largest * 0.9, ridge: 0 })
    expect(fit.weights[3]).toBeGreaterThan(0)
  })
})
