/** Runs validation cases and sums up the errors, next to a naive baseline. */
import { ConfigError, UnsupportedError, WorkloadError } from "../../arch/errors.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import type { MeasuredCases } from "./branch-cases.ts"
import type { CaseFile, ValidationCase } from "./case-file.ts"
import type { Prediction, Predictor, Unsupported } from "./prediction.ts"
import { predictGpuGemm } from "./predictors/gpu-gemm.ts"
import { predictCpuNetwork } from "./predictors/cpu-networks.ts"
import { predictGpuNmKernel } from "./predictors/gpu-nm-kernels.ts"
import { predictGpuInstruction } from "./predictors/gpu-instructions.ts"
import { predictSat } from "./predictors/sat.ts"
import { predictSparseloop } from "./predictors/sparseloop.ts"
import { predictSystolic } from "./predictors/systolic.ts"
import { type ErrorStatistics, errorStatistics, geometricMean, kendallTau } from "./statistics.ts"
import { pattern, text } from "./workload-fields.ts"

export interface GroupResult extends ErrorStatistics {
  readonly group: string
  /**
   * τ-b of predicted against expected; null where it says nothing. Of GEMMs on GPUs it is that of dense-equivalent rates over
   * a board and format, dense and sparse together, since times of different sizes rank themselves.
   */
  readonly kendallTau: number | null
  /** MAPE of the naive baseline over the cases that have one; null where none has. */
  readonly baselineMape: number | null
  /** Cases whose prediction equals the expected value at the digits it is given with. */
  readonly equal: number
  /** `extra` fields compared, and how many of them are equal at the digits given. */
  readonly extraFields: number
  readonly extraEqual: number
}

export interface CaseResult {
  readonly id: string
  readonly group: string
  readonly metric: string
  readonly unit: string
  readonly evidence: string
  readonly predicted: number
  readonly expected: number
  readonly baseline: number | null
  /** (predicted − expected) / expected, unrounded. */
  readonly error: number
  /** True when the prediction rounds to the expected value at the digits it is given with. */
  readonly equal: boolean
  readonly extra: readonly ExtraResult[]
  /** Of a case that is more than a quarter off: what likely makes it so. Null where it is not, or nothing is known. */
  readonly likelyCause: string | null
}

export interface ExtraResult {
  readonly field: string
  readonly predicted: number
  readonly expected: number
  /** True when the prediction rounds to the expected value at the digits it is given with. */
  readonly equal: boolean
}

/** Cases that differ only in sparsity: the speed-up over the dense one. */
export interface PairResult {
  readonly dense: string
  readonly sparse: string
  readonly group: string
  readonly predicted: number
  readonly expected: number
  readonly error: number
}

export interface PairGroupResult extends ErrorStatistics {
  readonly group: string
  /** Geometric mean of predicted ÷ expected speed-up, minus 1. */
  readonly geomeanError: number
}

export interface ValidationResult {
  readonly groups: readonly GroupResult[]
  readonly cases: readonly CaseResult[]
  readonly pairs: readonly PairResult[]
  readonly pairGroups: readonly PairGroupResult[]
  readonly unsupported: readonly {
    readonly reason: string
    readonly n: number
    readonly ids: readonly string[]
  }[]
}

const predictors: readonly Predictor[] = [
  predictSystolic,
  predictSat,
  predictSparseloop,
  predictGpuInstruction,
  predictGpuGemm,
  predictGpuNmKernel,
  predictCpuNetwork,
]

/** Errors above this share are explained, as far as the model knows its own weaknesses. */
const farOff = 0.25

/** Below this an expected value is zero for all purposes: errors are fractions of it. */
const leastExpected = 1e-100

const predict = (validationCase: ValidationCase, measured: MeasuredCases): Prediction | Unsupported => {
  if (typeof validationCase.value !== "number" || !Number.isFinite(validationCase.value)) {
    return { kind: "unsupported", reason: "the expected value is not a number" }
  }
  if (Math.abs(validationCase.value) < leastExpected) {
    return { kind: "unsupported", reason: "the expected value is zero, of which no error is a share" }
  }
  const known = measured.get(validationCase)
  if (known !== undefined) return known
  try {
    for (const predictor of predictors) {
      const outcome = predictor(validationCase)
      if (outcome?.kind === "prediction" && !Number.isFinite(outcome.predicted)) {
        return { kind: "unsupported", reason: "the prediction is not a finite number" }
      }
      if (outcome !== undefined) return outcome
    }
  } catch (error) {
    if (error instanceof ConfigError || error instanceof WorkloadError || error instanceof UnsupportedError) {
      return { kind: "unsupported", reason: error.message }
    }
    throw error
  }
  return {
    kind: "unsupported",
    reason: `no model for machine ${validationCase.machine} with a ${text(validationCase, "kind") ?? "nameless"} workload`,
  }
}

/** Equal when rounding to as many decimals as `expected` is written with gives the same number. */
export const equalAsWritten = (predicted: number, expected: number): boolean => {
  const [, fraction = "", exponent = "0"] = /^-?\d+(?:\.(\d+))?(?:e([-+]\d+))?$/.exec(String(expected)) ?? []
  const decimals = Math.max(0, fraction.length - Number(exponent))
  return Math.abs(predicted - expected) <= 0.5 * 10 ** -decimals * (1 + 1e-9)
}

/** A field of `extra` by name, or by path where it is nested, as in `cyclesByLevel.DRAM`. */
const extraField = (extra: unknown, path: string): unknown =>
  path
    .split(".")
    .reduce<unknown>(
      (value, key) =>
        typeof value === "object" && value !== null && Object.hasOwn(value, key)
          ? (value as Readonly<Record<string, unknown>>)[key]
          : undefined,
      extra,
    )

const extraResults = (validationCase: ValidationCase, prediction: Prediction): readonly ExtraResult[] =>
  Object.entries(prediction.extra ?? {}).flatMap(([field, predicted]) => {
    const expected = extraField(validationCase.extra, field)
    if (typeof expected !== "number") return []
    return [{ field, predicted, expected, equal: equalAsWritten(predicted, expected) }]
  })

const groupBy = <T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(key(item))
    if (group === undefined) groups.set(key(item), [item])
    else group.push(item)
  }
  return groups
}

/** What the ranks of a case are compared in: rates over `within` where the predictor says so. */
type Ranks = ReadonlyMap<string, NonNullable<Prediction["rank"]>>

/** τ by the name of what ranks are compared within. */
const rateTaus = (results: readonly CaseResult[], ranks: Ranks): ReadonlyMap<string, number | null> => {
  const ranked = results.flatMap((result) => {
    const rank = ranks.get(result.id)
    return rank === undefined ? [] : [{ result, rank }]
  })
  return new Map(
    [...groupBy(ranked, ({ rank }) => rank.within)].map(([within, members]) => [
      within,
      kendallTau(
        members.map(({ result, rank }) => rank.work / result.predicted),
        members.map(({ result, rank }) => rank.work / result.expected),
      ),
    ]),
  )
}

const summarise = (
  group: string,
  cases: readonly CaseResult[],
  rateTau: number | null | undefined,
): GroupResult => {
  const baselines = cases.flatMap(({ baseline, expected }) =>
    baseline === null ? [] : [Math.abs(baseline - expected) / Math.abs(expected)],
  )
  const extras = cases.flatMap(({ extra }) => extra)
  return {
    group,
    ...errorStatistics(cases.map(({ error }) => error)),
    kendallTau:
      rateTau === undefined
        ? kendallTau(
            cases.map(({ predicted }) => predicted),
            cases.map(({ expected }) => expected),
          )
        : rateTau,
    baselineMape:
      baselines.length === 0 ? null : baselines.reduce((sum, error) => sum + error, 0) / baselines.length,
    equal: cases.filter(({ equal }) => equal).length,
    extraFields: extras.length,
    extraEqual: extras.filter(({ equal }) => equal).length,
  }
}

/** Fields that may differ between the two cases of a pair. */
const pairFree: ReadonlySet<string> = new Set(["sparsity", "layer", "library", "outDtype"])

const pairKey = ({ machine, metric, workload }: ValidationCase): string =>
  JSON.stringify([
    machine,
    metric,
    Object.entries(workload)
      .filter(([field]) => !pairFree.has(field))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ])

const isDenseCase = (validationCase: ValidationCase): boolean => {
  const sparsity = pattern(validationCase, "sparsity")
  return sparsity !== undefined && isDense(sparsity)
}

/** Dense int8 on B200 runs a path so slow that its speed-ups say nothing of 2:4. */
const isPaired = ({ machine, workload }: ValidationCase): boolean =>
  !(machine === "b200" && workload["dtype"] === "int8")

/** Metrics in which less is faster. */
const timeMetrics: ReadonlySet<string> = new Set(["reported_total_cycles", "cycles", "time"])

const pairsOf = (
  cases: readonly ValidationCase[],
  results: ReadonlyMap<string, CaseResult>,
): readonly PairResult[] => {
  const candidates = cases.filter((c) => results.has(c.id) && timeMetrics.has(c.metric) && isPaired(c))
  const dense = new Map(candidates.filter(isDenseCase).map((c) => [pairKey(c), c]))
  return candidates.flatMap((sparse) => {
    const base = dense.get(pairKey(sparse))
    const a = base === undefined ? undefined : results.get(base.id)
    const b = results.get(sparse.id)
    if (isDenseCase(sparse) || a === undefined || b === undefined) return []
    const predicted = a.predicted / b.predicted
    const expected = a.expected / b.expected
    return [
      { dense: a.id, sparse: b.id, group: b.group, predicted, expected, error: predicted / expected - 1 },
    ]
  })
}

/**
 * Runs every case of every file. Never throws for what a case asks: what cannot be run is counted by reason. Cases that take
 * a file of their own come with their outcome in `measured`.
 */
export const validate = (
  files: readonly CaseFile[],
  measured: MeasuredCases = new Map(),
): ValidationResult => {
  const all = files.flatMap((file) => file.cases)
  const results: CaseResult[] = []
  const ranks = new Map<string, NonNullable<Prediction["rank"]>>()
  const refused: { readonly reason: string; readonly id: string }[] = []
  for (const validationCase of all) {
    const outcome = predict(validationCase, measured)
    if (outcome.kind === "unsupported") {
      refused.push({ reason: outcome.reason, id: validationCase.id })
      continue
    }
    const expected = Number(validationCase.value)
    if (outcome.rank !== undefined) ranks.set(validationCase.id, outcome.rank)
    const error = (outcome.predicted - expected) / expected
    results.push({
      id: validationCase.id,
      group: outcome.group,
      metric: validationCase.metric,
      unit: validationCase.unit,
      evidence: validationCase.evidence,
      predicted: outcome.predicted,
      expected,
      baseline: outcome.baseline ?? null,
      error,
      equal: equalAsWritten(outcome.predicted, expected),
      extra: extraResults(validationCase, outcome),
      likelyCause: Math.abs(error) > farOff ? (outcome.weakness ?? null) : null,
    })
  }
  const taus = rateTaus(results, ranks)
  const pairs = pairsOf(all, new Map(results.map((result) => [result.id, result])))
  return {
    groups: [...groupBy(results, ({ group }) => group)].map(([group, cases]) => {
      const within = ranks.get(cases[0].id)?.within
      return summarise(group, cases, within === undefined ? undefined : (taus.get(within) ?? null))
    }),
    cases: results,
    pairs,
    pairGroups: [...groupBy(pairs, ({ group }) => group)].map(([group, members]) => ({
      group,
      ...errorStatistics(members.map(({ error }) => error)),
      geomeanError: geometricMean(members.map(({ predicted, expected }) => predicted / expected)) - 1,
    })),
    unsupported: [...groupBy(refused, ({ reason }) => reason)].map(([reason, cases]) => ({
      reason,
      n: cases.length,
      ids: cases.map(({ id }) => id),
    })),
  }
}
