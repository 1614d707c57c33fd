/** What the page of a run holds for its sliders: everything that the script in the page reads. */

/** One stop of a slider. */
export interface SliderStop {
  /** As the reader sees it: "38.4 GB/s". */
  readonly text: string
  /** The number in base units, or the pattern. */
  readonly value: number | string
  /** What the command line says of it: "--set dram.bandwidth=38.4GB/s"; empty at the run's own value. */
  readonly words: string
}

export interface Slider {
  /** Path of the number in the machine's file, or "pattern". */
  readonly id: string
  readonly name: string
  readonly stops: readonly SliderStop[]
  /** Place of the run's own value among the stops. */
  readonly own: number
}

export interface WhatIfData {
  /** The run as its engine plans it anew. */
  readonly replay: unknown
  /** The machine's numbers that the plan reads: path and value in base units. */
  readonly numbers: readonly (readonly [path: string, value: number])[]
  readonly sliders: readonly Slider[]
  /** The command that made the run: what stands before its pattern, the pattern's own words, and what stands after. */
  readonly command: readonly [before: string, pattern: string, after: string]
  readonly cycles: number
  readonly seconds: number
  /** Cycles by which the model, asked for the run itself, may differ from the trace: what the trace rounds. */
  readonly rounding: number
}

/** The command of a point: the run's own with the words of every slider that was moved. */
export const commandAt = ({ command, sliders }: WhatIfData, at: readonly number[]): string => {
  const words = sliders.map(({ id, stops }, i) => [id, stops[at[i]]?.words ?? ""] as const)
  const pattern = words.find(([id, moved]) => id === "pattern" && moved !== "")?.[1] ?? command[1]
  const sets = words.filter(([id, moved]) => id !== "pattern" && moved !== "").map(([, moved]) => moved)
  const run = [command[0], pattern, command[2]].filter((part) => part !== "").join(" ")
  return [run, ...sets].join(" ")
}

/** The machine's numbers, and the pattern where there is a slider of it, with every slider at its stop. */
export const pointAt = (
  { numbers, sliders }: WhatIfData,
  at: readonly number[],
): { readonly numbers: ReadonlyMap<string, number>; readonly pattern?: string } => {
  const moved = new Map(numbers)
  let pattern: string | undefined
  for (const [i, { id, stops }] of sliders.entries()) {
    const value = stops[at[i]]?.value
    if (typeof value === "number") moved.set(id, value)
    if (typeof value === "string") pattern = value
  }
  return { numbers: moved, ...(pattern === undefined ? {} : { pattern }) }
}
