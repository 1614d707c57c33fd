/**
 * Logistic regression learned example by example with the cumulative L1 penalty of Tsuruoka, Tsujii and Ananiadou 2009
 * (section 3.2), on features that are +1 or -1, and the search for lambda that arXiv 2207.14033 states for its online mode:
 * from 0.01, doubled or halved inside [1e-5, 0.1] so that at most 50 weights are not zero.
 *
 * How often lambda moves, and the learning rate, are not known: both are assumed.
 */

export interface SgdL1Parameters {
  /** eta, of every example. */
  readonly rate: number
  readonly startLambda: number
  readonly leastLambda: number
  readonly mostLambda: number
  readonly mostNonzero: number
  /** Examples after which lambda is looked at again. */
  readonly lambdaPeriod: number
}

export const publishedSearch = {
  startLambda: 0.01,
  leastLambda: 1e-5,
  mostLambda: 0.1,
  mostNonzero: 50,
} as const

/** lambda after a look at the weights. Source: arXiv 2207.14033, as quoted in `reference/branch.md` A. */
export const nextLambda = (lambda: number, nonzero: number, parameters: SgdL1Parameters): number =>
  nonzero > parameters.mostNonzero
    ? Math.min(parameters.mostLambda, 2 * lambda)
    : Math.max(parameters.leastLambda, lambda / 2)

/**
 * One learner over windows of outcomes. Every feature is +1 or -1 in every example, so there is nothing to be lazy about:
 * the penalty that the original puts off until a feature occurs falls due at once.
 */
export class SgdL1 {
  readonly #parameters: SgdL1Parameters
  readonly weights: Float64Array
  /** q: penalty that each weight has had. */
  readonly #received: Float64Array
  /** u: penalty that each weight could have had. */
  #due = 0
  #examples = 0
  bias = 0
  lambda: number
  nonzero = 0

  constructor(features: number, parameters: SgdL1Parameters) {
    this.#parameters = parameters
    this.weights = new Float64Array(features)
    this.#received = new Float64Array(features)
    this.lambda = parameters.startLambda
  }

  /** b + w . x for the window at word `at`: bit 1 counts +1, bit 0 counts -1. */
  score(words: Int32Array, at: number): number {
    const { weights } = this
    const { length } = weights
    if (this.nonzero === 0) return this.bias
    let sum = this.bias
    for (let j = 0; j < length; j++) {
      const x = ((words[at + (j >> 5)] >>> (j & 31)) & 1) * 2 - 1
      sum += weights[j] * x
    }
    return sum
  }

  /** Learns one example; `score` is the sum for it under the weights as they are. */
  learn(words: Int32Array, at: number, score: number, taken: number): void {
    const { weights } = this
    const received = this.#received
    const { length } = weights
    const { rate } = this.#parameters
    this.#due += rate * this.lambda
    const due = this.#due
    const step = rate * (taken - 1 / (1 + Math.exp(-score)))
    this.bias += step
    let nonzero = 0
    for (let j = 0; j < length; j++) {
      const bit = (words[at + (j >> 5)] >>> (j & 31)) & 1
      const before = weights[j] + (bit === 1 ? step : -step)
      let after = before
      if (before > 0) after = Math.max(0, before - (due + received[j]))
      else if (before < 0) after = Math.min(0, before + (due - received[j]))
      received[j] += after - before
      weights[j] = after
      if (after !== 0) nonzero++
    }
    this.nonzero = nonzero
    if (++this.#examples % this.#parameters.lambdaPeriod === 0)
      this.lambda = nextLambda(this.lambda, nonzero, this.#parameters)
  }

  /** As new. */
  reset(): void {
    this.weights.fill(0)
    this.#received.fill(0)
    this.#due = 0
    this.#examples = 0
    this.bias = 0
    this.nonzero = 0
    this.lambda = this.#parameters.startLambda
  }
}
