/**
 * What an optimiser does to one weight: words of 32-bit state moved, and operations of a lane of the update engine. State
 * counts the master weight; the gradient, which arrives in the array's format, and the working copies are not state.
 *
 *   sgd       w ← w − η·g
 *   momentum  v ← μ·v − η·g;  w ← w + v  (Sutskever, Martens, Dahl and Hinton, ICML 2013, equations 1 and 2)
 *   adam      m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g·g;  w ← w − αₜ·(m ÷ (√v + ε̂))
 *             with αₜ = α·√(1 − β₂ᵗ) ÷ (1 − β₁ᵗ), once a step (Kingma and Ba, ICLR 2015, the reordered form of section 2)
 *   adamw     as adam, then w ← (1 − η·λ)·w − αₜ·(…): decay apart from the gradient (Loshchilov and Hutter, ICLR 2019)
 *
 * Factors made of hyper-parameters alone, such as 1 − β₁ and 1 − η·λ, are computed once a step and cost nothing here. Loss
 * scaling and clipping are not counted.
 */
export const optimizers = ["sgd", "momentum", "adam", "adamw"] as const
export type Optimizer = (typeof optimizers)[number]

/** Operations of the formula for one weight; subtractions are additions. */
export interface UpdateArithmetic {
  readonly muls: number
  readonly adds: number
  readonly divisions: number
  readonly roots: number
}

interface Definition extends UpdateArithmetic {
  /** 32-bit words kept for each weight, the master weight among them; all are read and written in every step. */
  readonly stateWords: number
}

const definitions: Readonly<Record<Optimizer, Definition>> = {
  sgd: { stateWords: 1, muls: 1, adds: 1, divisions: 0, roots: 0 },
  momentum: { stateWords: 2, muls: 2, adds: 2, divisions: 0, roots: 0 },
  // Products: 2 for m, 3 for v, 1 for the step. Sums: one each for m, v, √v + ε̂ and w.
  adam: { stateWords: 3, muls: 6, adds: 4, divisions: 1, roots: 1 },
  // The decay is one more product; its sum is the one that updates w.
  adamw: { stateWords: 3, muls: 7, adds: 4, divisions: 1, roots: 1 },
}

/**
 * Division and root on a lane that has neither, by Newton's method from a table's 8-bit start: two steps give 24 bits.
 * Assumed: how the accelerator would divide is not readable, and its published optimiser needs neither.
 *
 *   a ÷ b: r ← r·(2 − b·r), twice; then a·r                4 + 1 products, 2 sums
 *   √v:    y ← y·(1.5 − (v/2)·y·y), twice; then v·y        6 + 1 products, 2 sums (v/2 only lowers the exponent)
 */
const newton = { division: { muls: 5, adds: 2 }, root: { muls: 7, adds: 2 } } as const

/** Multipliers and adders of a lane: what momentum needs at one weight a cycle, which is also the machine's assumption. */
const lane = { multipliers: 2, adders: 2 } as const

export interface UpdateCost {
  /** 32-bit words of state read and written for each weight. */
  readonly stateReads: number
  readonly stateWrites: number
  /** Operations that a lane performs, division and root spelled out. */
  readonly muls: number
  readonly adds: number
  /** Cycles that a lane is taken by one weight; lanes are pipelined, so latency does not count. */
  readonly laneCycles: number
}

/** Operations as the formula has them. */
export const updateArithmetic = (optimizer: Optimizer): UpdateArithmetic => {
  const { muls, adds, divisions, roots } = definitions[optimizer]
  return { muls, adds, divisions, roots }
}

/** What the update of one weight costs on a lane. */
export const updateCost = (optimizer: Optimizer): UpdateCost => {
  const { stateWords, divisions, roots, ...formula } = definitions[optimizer]
  const muls = formula.muls + divisions * newton.division.muls + roots * newton.root.muls
  const adds = formula.adds + divisions * newton.division.adds + roots * newton.root.adds
  return {
    stateReads: stateWords,
    stateWrites: stateWords,
    muls,
    adds,
    laneCycles: Math.max(Math.ceil(muls / lane.multipliers), Math.ceil(adds / lane.adders)),
  }
}
