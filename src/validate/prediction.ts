/** What a predictor says of a case. */
import type { ValidationCase } from "./case-file.ts"

export interface Prediction {
  readonly kind: "prediction"
  /** In the case's unit. */
  readonly predicted: number
  /** The naive baseline for the same quantity, where the case's kind has one. */
  readonly baseline?: number
  readonly group: string
  /**
   * Where sizes differ, times rank themselves; then agreement of ranks is that of rates, work ÷ time, over all cases of one
   * `within`.
   */
  readonly rank?: { readonly within: string; readonly work: number }
  /** What the model knows to be weakest about a case like this; shown where it is far off. */
  readonly weakness?: string
  /** Predictions of the case's `extra` fields, by name; of nested ones by path, `cyclesByLevel.DRAM`. */
  readonly extra?: Readonly<Record<string, number>>
}

export interface Unsupported {
  readonly kind: "unsupported"
  readonly reason: string
}

/** Returns undefined when the case is not of its kind. */
export type Predictor = (validationCase: ValidationCase) => Prediction | Unsupported | undefined

export const unsupported = (reason: string): Unsupported => ({ kind: "unsupported", reason })
