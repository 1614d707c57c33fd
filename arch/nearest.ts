/** The nearest valid name, for "did you mean" in errors. */
import { closest, distance } from "fastest-levenshtein"

/** The one known name that starts with `name`, else the closest, or undefined when none shares half of its letters. */
export const nearest = (name: string, known: readonly string[]): string | undefined => {
  if (known.length === 0) return undefined
  const begun = known.filter((candidate) => candidate.toLowerCase().startsWith(name.toLowerCase()))
  if (name !== "" && begun.length === 1) return begun[0]
  const best = closest(name.toLowerCase(), known)
  return distance(name.toLowerCase(), best) <= Math.ceil(name.length / 2) ? best : undefined
}

/** "Did you mean X?" when a name is near, else the list of valid names. */
export const didYouMean = (name: string, known: readonly string[]): string => {
  const best = nearest(name, known)
  const list = known.length <= 24 ? known.join(", ") : `${known.slice(0, 24).join(", ")}, …`
  if (best === undefined) return `Known: ${list}.`
  return known.length <= 24 ? `Did you mean ${best}? Known: ${list}.` : `Did you mean ${best}?`
}
