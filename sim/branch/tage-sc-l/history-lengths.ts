/** How far back the pairs of TAGE components look. */

/** `count` lengths in geometric series from `min` to `max`, rounded half up. Source: Seznec 2006 (TAGE), section 3. */
export const historyLengths = (count: number, min: number, max: number): readonly number[] =>
  Array.from({ length: count }, (_, i) =>
    Math.floor(min * (count === 1 ? 1 : (max / min) ** (i / (count - 1))) + 0.5),
  )
