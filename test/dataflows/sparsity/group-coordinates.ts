/** The N:M groups of a tensor found from coordinates, one element at a time: the reference for the strided loops. */

/** Flat indices of every group, in order of the axis inside a group. */
export const groupsByCoordinates = (
  shape: readonly number[],
  axis: number,
  m: number,
): readonly (readonly number[])[] => {
  const groups = new Map<string, number[]>()
  const elements = shape.reduce((a, b) => a * b, 1)
  for (let flat = 0; flat < elements; flat += 1) {
    const coordinates: number[] = []
    let rest = flat
    for (const size of shape.toReversed()) {
      coordinates.unshift(rest % size)
      rest = Math.floor(rest / size)
    }
    const key = coordinates.map((c, at) => (at === axis ? Math.floor(c / m) : c)).join(",")
    groups.set(key, [...(groups.get(key) ?? []), flat])
  }
  return [...groups.values()]
}
