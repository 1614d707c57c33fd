/** Names from files, as a page shows them: never empty, never long enough to break a layout. */

const longest = 160

/** The name itself where it is short; else its ends with the length. */
export const displayName = (name: string): string => {
  if (name.trim() === "") return "(unnamed)"
  if (name.length <= longest) return name
  const chars = [...name]
  return `${chars.slice(0, 100).join("")}…${chars.slice(-40).join("")} (${chars.length} characters)`
}

/** Parts of a path such as pass, layer and stage; empty parts are left out. */
export const displayPath = (...parts: readonly string[]): string =>
  parts
    .filter((part) => part !== "")
    .map(displayName)
    .join(" · ")
