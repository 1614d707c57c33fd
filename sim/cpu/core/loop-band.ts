/** What the numbers that are not known of a core do to a loop's time. */
import type { CpuCoreFile } from "../../../arch/cpu-core.ts"
import { cpuCoreNumbers, withCoreNumber } from "../../../arch/cpu-core-numbers.ts"
import { coreProgram } from "./core-program.ts"
import type { Instruction } from "./instruction.ts"
import { steadyCycles } from "./loop-timing.ts"

/** Least and greatest cycles of one iteration when each number is set to either end of its range, one at a time. */
export interface LoopBand {
  readonly low: number
  readonly high: number
  /** Path of the number that moves it most; undefined where none does. */
  readonly most: string | undefined
}

/** Whether a number of the core can matter to this loop. */
const matters = (body: readonly Instruction[]): ((path: string) => boolean) => {
  const used = new Set<string>(body.map(({ operation }) => operation))
  if (body.some(({ memory }) => memory !== undefined && memory.update !== "none")) used.add("baseUpdate")
  return (path) => {
    const [first, operation = ""] = path.split(".")
    return first !== "operations" || used.has(operation)
  }
}

export const loopBand = (body: readonly Instruction[], core: CpuCoreFile): LoopBand => {
  const matter = matters(body)
  const cyclesOf = (machine: CpuCoreFile): number => steadyCycles(coreProgram(body, machine))
  const now = cyclesOf(core)
  let band: LoopBand = { low: now, high: now, most: undefined }
  let widest = 0
  for (const { path, range } of cpuCoreNumbers(core)) {
    if (range === undefined || !matter(path)) continue
    const ends = range.map((value) => cyclesOf(withCoreNumber(core, path, value)))
    const [low, high] = [Math.min(now, ...ends), Math.max(now, ...ends)]
    const most = high - low > widest ? path : band.most
    widest = Math.max(widest, high - low)
    band = { low: Math.min(band.low, low), high: Math.max(band.high, high), most }
  }
  return band
}
