/** Ticks of a logarithmic axis: "nice" decades, with 2 and 5 between them where there is room. */

export interface LogTicks {
  readonly labelled: readonly number[]
  readonly minor: readonly number[]
}

/** Ticks within [low, high], both above zero. Up to two decades also label 2 and 5; many decades label every other. */
export const logTicks = (low: number, high: number): LogTicks => {
  const labelled: number[] = []
  const minor: number[] = []
  const decades = Math.log10(high / low)
  const step = Math.max(1, Math.ceil(decades / 6))
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const factor of [1, 2, 5]) {
      const tick = Number(`${factor}e${exponent}`)
      if (tick < low || tick > high) continue
      const isLabelled = factor === 1 ? exponent % step === 0 : decades <= 2
      if (isLabelled) labelled.push(tick)
      else minor.push(tick)
    }
  }
  return { labelled, minor }
}

/** Ticks at least `gap` pixels apart; decades are kept before what lies between them. */
export const spacedTicks = (
  ticks: readonly number[],
  position: (tick: number) => number,
  gap: number,
): readonly number[] => {
  const isDecade = (tick: number): boolean => Number.isInteger(Math.round(Math.log10(tick) * 1e9) / 1e9)
  const kept: number[] = []
  for (const tick of [...ticks.filter(isDecade), ...ticks.filter((tick) => !isDecade(tick))]) {
    if (kept.every((other) => Math.abs(position(other) - position(tick)) >= gap)) kept.push(tick)
  }
  return kept.toSorted((a, b) => a - b)
}
