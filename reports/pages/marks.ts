/** Which colour class stands for which stage, cause or run, the same on every page. */

const stageMarks: ReadonlyMap<string, string> = new Map([
  ["FF", "c1"],
  ["BP", "c2"],
  ["WU", "c3"],
  ["prune", "c4"],
  ["update", "c8"],
  ["vector", "c7"],
  ["other", "idle"],
])

const causeMarks: ReadonlyMap<string, string> = new Map([
  ["busy", "c1"],
  ["fill-drain", "c4"],
  ["weight-load", "c7"],
  ["dram-read", "c3"],
  ["dram-write", "c5"],
  ["stationary-load", "c7"],
  ["accumulate", "c8"],
  ["vector", "c6"],
  ["sore", "c2"],
  ["wuve", "c2"],
  ["launch", "wait"],
  ["padding", "c5"],
  ["wave-tail", "c7"],
  ["dram", "c3"],
  ["l2", "c6"],
  ["ingress", "c8"],
  ["clock", "c2"],
  ["other-unit", "wait"],
  ["mispredicted", "c3"],
  ["indirect-target", "c4"],
  ["return-target", "c5"],
  ["decode-redirect", "c7"],
  ["idle", "wait"],
  ["unused", "idle"],
])

const tileMarks: ReadonlyMap<string, string> = new Map([
  ["compute", "c1"],
  ["load", "c3"],
  ["store", "c5"],
  ["wave", "c8"],
  ["tile", "c8"],
])

/** Colours for names that have none of their own. */
const spare = ["c2", "c8", "c7", "c5", "c4", "c6"]

const withSpares = (
  names: readonly string[],
  known: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> => {
  const distinct = [...new Set(names)]
  const unknown = distinct.filter((name) => !known.has(name))
  const taken = new Set(distinct.map((name) => known.get(name)))
  // First the colours that no other name on the chart has.
  const free = [...spare.filter((mark) => !taken.has(mark)), ...spare.filter((mark) => taken.has(mark))]
  return new Map(distinct.map((name) => [name, known.get(name) ?? free[unknown.indexOf(name) % free.length]]))
}

/** Stages as a legend lists them: as they follow one another in a training step, then others. */
export const inStageOrder = (names: readonly string[]): readonly string[] => {
  const order = [...stageMarks.keys()]
  const rank = (name: string): number => (stageMarks.has(name) ? order.indexOf(name) : order.length)
  return names.toSorted((a, b) => rank(a) - rank(b))
}

export const marksOfStages = (names: readonly string[]): ReadonlyMap<string, string> =>
  withSpares(names, stageMarks)

export const marksOfCauses = (names: readonly string[]): ReadonlyMap<string, string> =>
  withSpares(names, causeMarks)

export const marksOfTiles = (names: readonly string[]): ReadonlyMap<string, string> =>
  withSpares(names, tileMarks)

/** First and second run of a comparison. */
export const runMarks = ["c6", "c1"] as const

const lineColours = ["c1", "c3", "c2", "c4", "c5", "c7", "c8", "c6"] as const
const lineDashes = ["", " dashed", " dotted"] as const

/** The line of the n-th of many series: eight colours, then the same ones dashed, then dotted. */
export const lineMark = (index: number): string =>
  lineColours[index % lineColours.length] +
  lineDashes[Math.floor(index / lineColours.length) % lineDashes.length]
