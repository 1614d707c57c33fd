/** Things a person should know about how a model was read, one line for each kind. */

export interface Warnings {
  readonly add: (message: string, path?: string) => void
  /** `message (graph.node[3] "a" and 4 more)`, in the order they first came up. */
  readonly list: () => readonly string[]
}

export const collectWarnings = (): Warnings => {
  const places = new Map<string, Set<string>>()
  return {
    add: (message, path) => {
      const seen = places.get(message) ?? new Set()
      if (path !== undefined) seen.add(path)
      places.set(message, seen)
    },
    list: () =>
      Array.from(places, ([message, paths]) => {
        const [first] = paths
        if (first === undefined) return message
        return `${message} (${first}${paths.size > 1 ? ` and ${paths.size - 1} more` : ""})`
      }),
  }
}
