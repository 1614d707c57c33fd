/** Uncertainty bands beside headline numbers. */

/** Least and greatest plausible value of a headline number, and what was varied to get them. */
export interface Band {
  readonly low: number
  readonly high: number
  readonly about: string
}

/** "1.5× to 1.9× …"; empty without a band. */
export const bandText = (band: Band | undefined, format: (value: number) => string): string =>
  band === undefined ? "" : `${format(band.low)} to ${format(band.high)}, ${band.about}`
