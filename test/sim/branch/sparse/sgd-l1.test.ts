import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  nextLambda,
  publishedSearch,
  SgdL1,
  type SgdL1Parameters,
} from "../../../../sim/branch/sparse/sgd-l1.ts"
import { runs } from "../../../arbitraries/runs.ts"

const parameters: SgdL1Parameters = { ...publishedSearch, rate: 0.05, lambdaPeriod: 7, mostNonzero: 3 }

/** The recurrence as `reference/branch.md` A writes it, one line a step. */
const literally = (examples: readonly { readonly word: number; readonly y: number }[], features: number) => {
  const w = Array.from({ length: features }, () => 0)
  const q = Array.from({ length: features }, () => 0)
  let b = 0
  let u = 0
  let lambda = 0.01
  for (const [t, { word, y }] of examples.entries()) {
    const x = w.map((_, j) => (((word >>> j) & 1) === 1 ? 1 : -1))
    const p = 1 / (1 + Math.exp(-w.reduce((sum, wj, j) => sum + wj * x[j], b)))
    u += parameters.rate * lambda
    b += parameters.rate * (y - p)
    for (let j = 0; j < features; j++) {
      w[j] += parameters.rate * (y - p) * x[j]
      const z = w[j]
      if (w[j] > 0) w[j] = Math.max(0, w[j] - (u + q[j]))
      else if (w[j] < 0) w[j] = Math.min(0, w[j] + (u - q[j]))
      q[j] += w[j] - z
    }
    if ((t + 1) % parameters.lambdaPeriod === 0) {
      const nonzero = w.filter((wj) => wj !== 0).length
      if (nonzero > parameters.mostNonzero) lambda = Math.min(0.1, 2 * lambda)
      else lambda = Math.max(1e-5, lambda / 2)
    }
  }
  return { w, b, lambda }
}

describe("SGD with a cumulative L1 penalty", () => {
  it("goes through the weights of a literal transcription", () => {
    const example = fc.record({ word: fc.integer(), y: fc.constantFrom(0, 1) })
    fc.assert(
      fc.property(fc.array(example, { maxLength: 60 }), (examples) => {
        const learner = new SgdL1(32, parameters)
        for (const { word, y } of examples) {
          const words = Int32Array.of(word)
          learner.learn(words, 0, learner.score(words, 0), y)
        }
        const { w, b, lambda } = literally(examples, 32)
        for (const [j, weight] of w.entries()) expect(learner.weights[j]).toBeCloseTo(weight, 10)
        expect(learner.bias).toBeCloseTo(b, 10)
        expect(learner.lambda).toBe(lambda)
      }),
      { numRuns: Math.min(runs, 300) },
    )
  })

  /** Source: arXiv 2207.14033: start 0.01, doubled or halved within [1e-5, 0.1], at most 50 not zero. */
  it("doubles lambda above fifty weights and halves it below, within the published range", () => {
    const search = { ...publishedSearch, rate: 0.01, lambdaPeriod: 1 }
    expect(search.startLambda).toBe(0.01)
    expect(nextLambda(0.01, 51, search)).toBe(0.02)
    expect(nextLambda(0.01, 50, search)).toBe(0.005)
    expect(nextLambda(0.08, 51, search)).toBe(0.1)
    expect(nextLambda(1.5e-5, 0, search)).toBe(1e-5)
  })

  it("is as new after a reset", () => {
    const words = Int32Array.of(0x1234567)
    const learner = new SgdL1(32, parameters)
    const fresh = new SgdL1(32, parameters)
    for (let i = 0; i < 20; i++) learner.learn(words, 0, learner.score(words, 0), i & 1)
    learner.reset()
    for (const one of [learner, fresh]) one.learn(words, 0, one.score(words, 0), 1)
    expect(learner.weights).toEqual(fresh.weights)
    expect([learner.bias, learner.lambda, learner.nonzero]).toEqual([fresh.bias, fresh.lambda, fresh.nonzero])
  })
})
