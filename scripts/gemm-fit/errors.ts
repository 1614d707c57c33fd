/** How far predicted times are from measured ones, and what a fit makes small. */
import type { Measured } from "./measured.ts"

interface Errors {
  readonly n: number
  readonly mape: number
  readonly bias: number
}

export const errorsBy = (
  cases: readonly Measured[],
  predicted: Float64Array,
  key: (c: Measured) => string,
): ReadonlyMap<string, Errors> => {
  const sums = new Map<string, { n: number; absolute: number; signed: number }>()
  for (const [i, c] of cases.entries()) {
    const error = predicted[i] / c.seconds - 1
    const sum = sums.get(key(c)) ?? { n: 0, absolute: 0, signed: 0 }
    sums.set(key(c), {
      n: sum.n + 1,
      absolute: sum.absolute + Math.abs(error),
      signed: sum.signed + error,
    })
  }
  return new Map(
    [...sums].map(([group, { n, absolute, signed }]) => [group, { n, mape: absolute / n, bias: signed / n }]),
  )
}

interface Pair {
  readonly group: string
  readonly dense: number
  readonly sparse: number
}

export const pairsOf = (cases: readonly Measured[]): readonly Pair[] => {
  const dense = new Map(cases.flatMap((c, i) => (c.gemm.sparsity === "dense" ? [[c.pair, i] as const] : [])))
  return cases.flatMap((c, sparse) => {
    const i = dense.get(c.pair)
    return c.gemm.sparsity === "dense" || i === undefined ? [] : [{ group: c.group, dense: i, sparse }]
  })
}

export const speedupErrors = (cases: readonly Measured[], pairs: readonly Pair[], predicted: Float64Array) =>
  pairs.map(
    ({ dense, sparse }) =>
      predicted[dense] / predicted[sparse] / (cases[dense].seconds / cases[sparse].seconds),
  )

const operationsOf = ({ gemm: { m, n, k } }: Measured): number => 2 * m * n * k

/** Of one board and format, every two cases: the one with the lower measured rate, then the other. */
type Ranking = Int32Array

const rankingsOf = (cases: readonly Measured[]): readonly Ranking[] => {
  const rates = cases.map((c) => operationsOf(c) / c.seconds)
  const groups = new Map<string, number[]>()
  for (const [i, { machine, gemm }] of cases.entries()) {
    const key = `${machine} ${gemm.dtype}`
    groups.set(key, [...(groups.get(key) ?? []), i])
  }
  return [...groups.values()].map((group) =>
    Int32Array.from(
      group.flatMap((i, at) =>
        group
          .slice(at + 1)
          .flatMap((j) => (rates[i] < rates[j] ? [i, j] : rates[i] > rates[j] ? [j, i] : [])),
      ),
    ),
  )
}

/** Mean of 1 − Kendall's τ of the rates over boards and formats. */
const disorder = (rankings: readonly Ranking[], rates: Float64Array): number => {
  let sum = 0
  for (const ranking of rankings) {
    let wrong = 0
    for (let i = 0; i < ranking.length; i += 2) if (rates[ranking[i]] > rates[ranking[i + 1]]) wrong++
    sum += (4 * wrong) / Math.max(1, ranking.length)
  }
  return sum / rankings.length
}

/** What a set of cases asks of a fit beside single times. */
export interface Goals {
  readonly pairs: readonly Pair[]
  readonly operations: readonly number[]
  readonly rankings: readonly Ranking[]
}

export const goalsOf = (cases: readonly Measured[]): Goals => ({
  pairs: pairsOf(cases),
  operations: cases.map(operationsOf),
  rankings: rankingsOf(cases),
})

/**
 * Mean over the groups of mean |log error| and |mean log error|, with the speed-ups of pairs and the order of rates beside:
 * 0.01 of τ counts as 0.2 % of error.
 */
export const costOf = (
  cases: readonly Measured[],
  { pairs, operations, rankings }: Goals,
  predicted: Float64Array,
): number => {
  const sums = new Map<string, [number, number, number]>()
  for (const [i, c] of cases.entries()) {
    const error = Math.log(predicted[i] / c.seconds)
    const sum = sums.get(c.group) ?? [0, 0, 0]
    sum[0] += c.weight
    sum[1] += c.weight * Math.abs(error)
    sum[2] += c.weight * error
    sums.set(c.group, sum)
  }
  let cost = 0
  for (const [weight, absolute, signed] of sums.values()) cost += (absolute + 0.4 * Math.abs(signed)) / weight
  cost /= sums.size
  cost +=
    0.2 *
    disorder(
      rankings,
      predicted.map((time, i) => operations[i] / time),
    )
  if (pairs.length === 0) return cost
  const logs = speedupErrors(cases, pairs, predicted).map(Math.log)
  const weights = pairs.map(({ dense, sparse }) => Math.min(cases[dense].weight, cases[sparse].weight))
  const total = weights.reduce((sum, w) => sum + w, 0)
  const mean = logs.reduce((sum, x, i) => sum + weights[i] * x, 0) / total
  const spread = logs.reduce((sum, x, i) => sum + weights[i] * Math.abs(x), 0) / total
  return cost + 0.3 * spread + 0.2 * Math.abs(mean)
}
