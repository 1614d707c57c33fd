/** Names from files, as a page shows them: never empty, never long enough to break a layout. */
import { printable } from "../../viz/printable.ts"

const longest = 160

/** Names of runs stand in headings and axis titles, so they are kept shorter. */
const longestLabel = 48

/** The name itself where it is short; else its ends with the length. */
export const displayName = (raw: string): string => {
  const name = printable(raw)
  if (name.trim() === "") return "(unnamed)"
  if (name.length <= longest) return name
  const chars = Array.from(name)
  return `${chars.slice(0, 100).join("")}…${chars.slice(-40).join("")} (${chars.length} characters)`
}

/** The name of a run, cut where it would fill a heading. */
export const displayLabel = (raw: string): string => {
  const name = printable(raw).trim()
  if (name === "") return "(unnamed)"
  return name.length <= longestLabel
    ? name
    : `${Array.from(name)
        .slice(0, longestLabel - 1)
        .join("")}…`
}

/** Parts of a path such as pass, layer and stage; empty parts are left out. */
export const displayPath = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== "")
    .map(displayName)
    .join(" · ")
