/** Layer names made distinct: one that occurs again gets `#2`, `#3`, … behind it. */
export const distinctNames = (names: readonly string[]): readonly string[] => {
  const taken = new Set<string>()
  return names.map((name) => {
    const free = freeName(name, taken)
    taken.add(free)
    return free
  })
}

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name
  let copy = 2
  while (taken.has(`${name}#${copy}`)) copy++
  return `${name}#${copy}`
}
