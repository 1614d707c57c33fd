/** How well a result is known that was computed from several numbers. */
import type { Status } from "./quantity.ts"

/** From best known to least. Nothing separates a published from a measured number here; neither rests on a model. */
const order: Readonly<Record<Status, number>> = {
  published: 0,
  measured: 0,
  derived: 1,
  fitted: 2,
  assumed: 3,
}

/** The least certain of `statuses`: a result is known no better than the worst number it was computed from. */
export const worstStatus = (...statuses: readonly [Status, ...Status[]]): Status =>
  statuses.reduce((worst, status) => (order[status] > order[worst] ? status : worst))
