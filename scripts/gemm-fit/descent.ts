/** Coordinate descent with random joint moves, and leaps from one valley to the next. */
import { costOf, goalsOf } from "./errors.ts"
import type { Fitted } from "./fitted.ts"
import type { Measured } from "./measured.ts"

/** Linear congruential generator: the same fit on every machine. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** Goes down from where `fitted` is; the cost that it reaches. */
const descend = (
  fitted: Fitted,
  cases: readonly Measured[],
  iterations: number,
  random: () => number,
): number => {
  const goals = goalsOf(cases)
  const count = fitted.parameters.length
  const step = new Float64Array(count).fill(0.15)
  let contenders = fitted.contenders(cases)
  let predicted = fitted.predict(cases)
  let best = costOf(cases, goals, predicted)
  const attempt = (moves: readonly (readonly [number, number])[]): boolean => {
    const before = moves.map(([i]) => fitted.get(i))
    for (const [i, factor] of moves) fitted.set(i, Math.max(fitted.get(i), 1e-3) * factor)
    const moved = fitted.repredict(
      cases,
      contenders,
      predicted,
      moves.map(([i]) => i),
    )
    const now = costOf(cases, goals, moved)
    if (now < best - 1e-7) {
      best = now
      predicted = moved
      return true
    }
    for (const [j, [i]] of [...moves.entries()].toReversed()) fitted.set(i, before[j])
    return false
  }
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (iteration > 0) {
      contenders = fitted.contenders(cases)
      predicted = fitted.predict(cases)
      best = costOf(cases, goals, predicted)
    }
    for (let i = 0; i < count; i++) {
      const size = step[i] * (0.5 + random())
      if (attempt([[i, Math.exp(size)]]) || attempt([[i, Math.exp(-size)]])) step[i] *= 1.3
      else step[i] *= 0.7
      if (step[i] < 0.004) step[i] = 0.05 * random() + 0.004
    }
    for (let move = 0; move < 2 * count; move++) {
      const width = move % 4 === 0 ? 0.8 : 0.25
      attempt(
        Array.from({ length: 2 + (move % 3) }, () => [
          Math.floor(random() * count),
          Math.exp((random() - 0.5) * width),
        ]),
      )
    }
  }
  return costOf(cases, goals, fitted.predict(cases))
}

/** Moves every number by up to a factor of `most` at random, so that a fit cannot stay where other cases led it. */
export const shake = (fitted: Fitted, most: number, seed: number): void => {
  const random = generator(seed)
  for (const i of fitted.parameters.keys()) {
    fitted.set(i, Math.max(fitted.get(i), 1e-3) * most ** (2 * random() - 1))
  }
}

/** Descends, then `hops` times leaps with an eighth of the parameters and descends again; what got worse is taken back. */
export const fit = (
  fitted: Fitted,
  cases: readonly Measured[],
  iterations: number,
  hops: number,
  progress: (hop: number, reached: number, best: number) => void,
): number => {
  const random = generator(1)
  let best = descend(fitted, cases, iterations, random)
  for (let hop = 0; hop < hops; hop++) {
    const before = fitted.parameters.map((_, i) => fitted.get(i))
    for (const i of before.keys()) {
      if (random() < 1 / 8) fitted.set(i, Math.max(before[i], 1e-3) * Math.exp(2 * (random() - 0.5)))
    }
    const reached = descend(fitted, cases, iterations, random)
    if (reached < best) best = reached
    else for (const [i, value] of before.entries()) fitted.set(i, value)
    progress(hop + 1, reached, best)
  }
  return best
}
