/** Counts over windows of a trace; as it grows, neighbours are merged, so that any length of trace fits. */

/** What is counted in every window, in the order of the columns; the predictor's table writes follow. */
export const windowFields = [
  "instructions",
  "branches",
  "conditional",
  "mispredictions",
  "taken",
  "indirect-target-misses",
  "return-target-misses",
  "redirects",
  "cycles.mispredicted",
  "cycles.indirect-target",
  "cycles.return-target",
] as const
export type WindowField = (typeof windowFields)[number]

/** Column of a field. */
export const column = (field: WindowField): number => windowFields.indexOf(field)

/** Windows of a phase, in order; each row holds `windowFields` and then one count of writes for every table. */
export interface Windows {
  /** Instructions that a window was meant to hold; the last may hold fewer, others up to a branch's gap more. */
  readonly instructionsEach: number
  readonly rows: readonly Float64Array[]
}

/** Windows are merged two by two beyond this number. */
const mostWindows = 512

const added = (a: Float64Array, b: Float64Array): Float64Array => a.map((value, i) => value + b[i])

export class WindowSeries {
  #each: number
  #rows: Float64Array[] = []

  /** @param instructionsEach of the finest window */
  constructor(instructionsEach: number) {
    this.#each = instructionsEach
  }

  /** Instructions of a window now; grows as windows are merged. */
  get instructionsEach(): number {
    return this.#each
  }

  add(row: Float64Array): void {
    this.#rows.push(row)
    if (this.#rows.length < mostWindows) return
    this.#each *= 2
    this.#rows = Array.from({ length: this.#rows.length / 2 }, (_, i) =>
      added(this.#rows[2 * i], this.#rows[2 * i + 1]),
    )
  }

  finish(): Windows {
    return { instructionsEach: this.#each, rows: this.#rows }
  }
}

/** Sum of all windows. */
export const sumOf = (windows: Windows, columns: number): Float64Array =>
  windows.rows.reduce(added, new Float64Array(columns))
