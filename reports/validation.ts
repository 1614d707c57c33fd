/** What a validation run found, in the shape that `sparsim validate --json` prints. Errors are signed fractions. */

export interface ValidationGroup {
  readonly group: string
  readonly n: number
  readonly mape: number | null
  readonly medianApe: number | null
  readonly maxApe: number | null
  readonly bias: number | null
  /** Rank agreement; null where it means nothing, e.g. for one case. */
  readonly kendallTau: number | null
  readonly within5: number | null
  readonly within10: number | null
  readonly within20: number | null
  /** The same error of the naive baseline. */
  readonly baselineMape: number | null
}

export interface ValidationCase {
  readonly id: string
  readonly group: string
  readonly predicted: number
  readonly expected: number
  readonly error: number
  readonly unit?: string
  /** What the expected number is: measured, published, derived, simulator. */
  readonly evidence?: string
  /** What likely makes a case that is far off so. */
  readonly likelyCause?: string | null
}

export interface ValidationReport {
  readonly groups: readonly ValidationGroup[]
  readonly cases: readonly ValidationCase[]
  readonly unsupported: readonly {
    readonly reason: string
    readonly n: number
    readonly ids: readonly string[]
  }[]
}

export interface ValidationSummary {
  readonly cases: number
  readonly unsupported: number
  readonly groups: number
  /** Groups whose error is below their baseline's, of those that have one. */
  readonly beatBaseline: number
  readonly withBaseline: number
  /** Share of all cases within 10 %. */
  readonly within10: number | undefined
  readonly medianApe: number | undefined
  /** Cases without any error. */
  readonly exact: number
  /** Cases by what their expected number is, most first. */
  readonly byEvidence: readonly (readonly [string, number])[]
}

export const validationSummary = (report: ValidationReport): ValidationSummary => {
  const errors = report.cases.map(({ error }) => Math.abs(error)).toSorted((a, b) => a - b)
  const compared = report.groups.filter(({ mape, baselineMape }) => mape !== null && baselineMape !== null)
  return {
    cases: report.cases.length,
    unsupported: report.unsupported.reduce((sum, { n }) => sum + n, 0),
    groups: report.groups.length,
    beatBaseline: compared.filter(({ mape, baselineMape }) => Number(mape) < Number(baselineMape)).length,
    withBaseline: compared.length,
    within10: errors.length === 0 ? undefined : errors.filter((error) => error <= 0.1).length / errors.length,
    medianApe: medianOf(errors),
    exact: errors.filter((error) => error === 0).length,
    byEvidence: countsOf(report.cases.map(({ evidence }) => evidence ?? "not said")),
  }
}

const countsOf = (words: readonly string[]): readonly (readonly [string, number])[] => {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

/** Median of numbers in ascending order; the mean of the middle two where their count is even. */
const medianOf = (sorted: readonly number[]): number | undefined => {
  if (sorted.length === 0) return undefined
  const middle = sorted.length / 2
  return (sorted[Math.ceil(middle) - 1] + sorted[Math.floor(middle)]) / 2
}
