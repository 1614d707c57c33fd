/** Greedy label placement: the first label gets the best place, later ones what is left, or none. */

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export interface LabelRequest {
  /** Centre of the mark and its radius, in pixels. */
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly width: number
  readonly height: number
}

/** Two boxes share some area; touching edges do not. */
export const overlaps = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

const inside = (inner: Box, outer: Box): boolean =>
  inner.x >= outer.x &&
  inner.y >= outer.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height

/** Places around a mark, best first: right, left, above, below, then the corners. */
const candidates = (request: LabelRequest): readonly Box[] => {
  const { x, y, width, height } = request
  const gap = request.radius + 4
  const near = request.radius * 0.7 + 3
  const at = (left: number, top: number): Box => ({ x: left, y: top, width, height })
  return [
    at(x + gap, y - height / 2),
    at(x - gap - width, y - height / 2),
    at(x - width / 2, y - gap - height),
    at(x - width / 2, y + gap),
    at(x + near, y - near - height),
    at(x + near, y + near),
    at(x - near - width, y - near - height),
    at(x - near - width, y + near),
  ]
}

/**
 * A box for each request, in order of importance, none overlapping another, any obstacle, or the edge of `bounds`;
 * undefined where there is no room.
 */
export const placeLabels = (
  requests: readonly LabelRequest[],
  bounds: Box,
  obstacles: readonly Box[] = [],
): readonly (Box | undefined)[] => {
  const taken: Box[] = [...obstacles]
  return requests.map((request) => {
    const box = candidates(request).find(
      (candidate) => inside(candidate, bounds) && !taken.some((other) => overlaps(candidate, other)),
    )
    if (box !== undefined) taken.push(box)
    return box
  })
}
