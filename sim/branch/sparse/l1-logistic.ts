/**
 * Logistic regression with an L1 penalty on features that are -1, 0 or +1: minimises
 *   mean over examples of log(1 + exp(-s (w . x))) + lambda sum |w_j| + ridge / 2 sum w_j^2,  s = +1 or -1 the outcome,
 * with the sums over penalised features only.
 *
 * Method: majorisation by the quadratic of curvature 1/4 (Bohning and Lindsay 1988), each minimised by coordinate descent
 * with soft thresholds over a precomputed Gram matrix (Friedman, Hastie and Tibshirani 2010). The paper's offline solver
 * is not known; this one is a choice of this package.
 */

export interface Design {
  readonly examples: number
  readonly features: number
  /** Feature-major, [features x examples]. */
  readonly values: Int8Array
  /** 1 where the penalties hold; a bias and the base predictor's weights are free. */
  readonly penalised: Uint8Array
  /** Outcomes, 0 or 1. */
  readonly outcomes: Uint8Array
}

export interface Penalty {
  readonly lambda: number
  readonly ridge: number
}

/** Effort of a fit: fixed, since a fit that is nearly done loses nothing here. */
const majorisations = 30
const sweeps = 30
const tolerance = 2e-3

const softened = (value: number, by: number): number => {
  if (value > by) return value - by
  return value < -by ? value + by : 0
}

/** State of a fit that later fits start from. */
export class L1Logistic {
  readonly design: Design
  readonly weights: Float64Array
  readonly #margins: Float64Array
  readonly #residuals: Float64Array
  readonly #gradient: Float64Array
  /** Inner products of features over examples, per example; NaN where not yet needed. */
  readonly #gram: Float64Array

  constructor(design: Design) {
    this.design = design
    this.weights = new Float64Array(design.features)
    this.#margins = new Float64Array(design.examples)
    this.#residuals = new Float64Array(design.examples)
    this.#gradient = new Float64Array(design.features)
    this.#gram = new Float64Array(design.features * design.features).fill(NaN)
  }

  /** Outcome minus its probability, by example, under the weights as they are. */
  get residuals(): Float64Array {
    const { outcomes, examples } = this.design
    const residuals = this.#residuals
    const margins = this.#margins
    for (let i = 0; i < examples; i++) residuals[i] = outcomes[i] - 1 / (1 + Math.exp(-margins[i]))
    return residuals
  }

  /** Mean of residual times feature: how much the likelihood wants a weight to grow. */
  gradientOf(feature: number): number {
    const { examples, values } = this.design
    const residuals = this.#residuals
    const at = feature * examples
    // four sums, since one alone waits for its own additions
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let i = 0
    for (; i + 3 < examples; i += 4) {
      a += residuals[i] * values[at + i]
      b += residuals[i + 1] * values[at + i + 1]
      c += residuals[i + 2] * values[at + i + 2]
      d += residuals[i + 3] * values[at + i + 3]
    }
    for (; i < examples; i++) a += residuals[i] * values[at + i]
    return (a + b + c + d) / examples
  }

  /** Least lambda at which every penalised weight is 0; fits the free ones. */
  largestLambda(): number {
    this.fit({ lambda: Infinity, ridge: 0 })
    let most = 0
    void this.residuals
    for (let j = 0; j < this.design.features; j++)
      if (this.design.penalised[j] === 1) most = Math.max(most, Math.abs(this.gradientOf(j)))
    return most
  }

  /** Fits from the weights of the fit before. */
  fit(penalty: Penalty): void {
    const { features, penalised } = this.design
    const { weights } = this
    const active: number[] = []
    const isActive = new Uint8Array(features)
    const add = (j: number): void => {
      isActive[j] = 1
      active.push(j)
    }
    for (let j = 0; j < features; j++) if (penalised[j] === 0 || weights[j] !== 0) add(j)
    for (let round = 0; round < 3; round++) {
      this.#fitActive(active, penalty)
      if (penalty.lambda === Infinity) return
      void this.residuals
      let added = 0
      for (let j = 0; j < features; j++) {
        if (isActive[j] === 1 || Math.abs(this.gradientOf(j)) <= penalty.lambda * (1 + tolerance)) continue
        add(j)
        added++
      }
      if (added === 0) return
    }
    this.#fitActive(active, penalty)
  }

  #fitActive(active: readonly number[], penalty: Penalty): void {
    const { penalised } = this.design
    const { weights } = this
    const curvatures = Float64Array.from(active.flatMap((j) => active.map((k) => this.#product(j, k) / 4)))
    const step = new Float64Array(active.length)
    for (let outer = 0; outer < majorisations; outer++) {
      void this.residuals
      for (const j of active) this.#gradient[j] = this.gradientOf(j)
      step.fill(0)
      for (let sweep = 0; sweep < sweeps; sweep++) {
        let moved = 0
        for (let a = 0; a < active.length; a++) {
          const j = active[a]
          const row = a * active.length
          let pull = this.#gradient[j]
          for (let b = 0; b < active.length; b++) pull -= curvatures[row + b] * step[b]
          const curvature = curvatures[row + a]
          if (curvature === 0) continue
          const at = weights[j] + step[a]
          const ridge = penalised[j] === 1 ? penalty.ridge : 0
          const lambda = penalised[j] === 1 ? penalty.lambda : 0
          const to = softened(pull + curvature * at, lambda) / (curvature + ridge)
          moved = Math.max(moved, Math.abs(to - at))
          step[a] = to - weights[j]
        }
        if (moved < tolerance / 10) break
      }
      let moved = 0
      for (let a = 0; a < active.length; a++) {
        if (step[a] === 0) continue
        moved = Math.max(moved, Math.abs(step[a]))
        this.#move(active[a], step[a])
      }
      if (moved < tolerance) return
    }
  }

  #move(feature: number, by: number): void {
    const { examples, values } = this.design
    this.weights[feature] += by
    const margins = this.#margins
    const at = feature * examples
    for (let i = 0; i < examples; i++) margins[i] += by * values[at + i]
  }

  #product(j: number, k: number): number {
    const { examples, features, values } = this.design
    const known = this.#gram[j * features + k]
    if (!Number.isNaN(known)) return known
    const one = j * examples
    const other = k * examples
    let sum = 0
    for (let i = 0; i < examples; i++) sum += values[one + i] * values[other + i]
    this.#gram[j * features + k] = sum / examples
    this.#gram[k * features + j] = sum / examples
    return sum / examples
  }
}
