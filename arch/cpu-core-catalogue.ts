/** Finding the core of a CPU by its id. */
import { builtinFiles } from "./builtin.ts"
import { type CoreOperation, coreOperations, CpuCoreFile } from "./cpu-core.ts"
import { ConfigError } from "./errors.ts"
import { didYouMean } from "./nearest.ts"
import { decodeYaml } from "./yaml-file.ts"

const folder = "cpu-core/"

/** Ids of the built-in cores, sorted. */
export const cpuCoreIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

/** What the form cannot say of a file: pipes that operations name exist, windows are where they belong. @throws ConfigError */
const checkCore = (core: CpuCoreFile, file: string): void => {
  const fail = (message: string, path: string, remedy: string): never => {
    throw new ConfigError({ message, place: { file, path }, remedy })
  }
  for (const name of coreOperations) {
    const { latency, uses, blocks, late } = core.operations[name]
    const path = `operations.${name}`
    for (const [k, { on, after }] of uses.entries()) {
      const unknown = on.find((pipe) => !Object.hasOwn(core.pipes, pipe))
      if (unknown !== undefined)
        fail(
          `the core has no pipe "${unknown}"`,
          `${path}.uses`,
          didYouMean(unknown, Object.keys(core.pipes)),
        )
      if (after === undefined) continue
      if (core.order === "in-order")
        fail("an in-order core has no uses that follow others", path, "Remove after.")
      if (k !== 1 || uses.length !== 2) fail("only the second of two uses can follow", path, "Remove after.")
      if (after.value >= latency.value) fail("a use follows after the latency", path, "Make after shorter.")
    }
    if (core.order === "in-order") continue
    if (uses.length === 0) fail("an operation takes no pipe", `${path}.uses`, "Name the pipes that it takes.")
    if (blocks !== undefined || late !== undefined)
      fail("only in-order cores have operations that block or run late", path, "Remove blocks and late.")
  }
  const pipes = Object.values(core.pipes).reduce((sum, { value }) => sum + value, 0)
  if (pipes > 30) {
    throw new ConfigError({
      message: `the core has ${pipes} pipes, more than the 30 that are modelled`,
      place: { file, path: "pipes" },
      remedy: "Leave out pipes that no operation here takes.",
    })
  }
  if ((core.order === "out-of-order") === (core.window !== undefined)) return
  throw new ConfigError({
    message:
      core.window === undefined ? "an out-of-order core has a window" : "an in-order core has no window",
    place: { file, path: core.window === undefined ? "order" : "window" },
    remedy: core.window === undefined ? "Add window." : "Remove it.",
  })
}

/** @throws ConfigError with line and column */
export const cpuCoreFromText = (text: string, file: string): CpuCoreFile => {
  const core = decodeYaml(text, file, CpuCoreFile)
  checkCore(core, file)
  return core
}

const known = new Map<string, CpuCoreFile>()

/** A built-in core. @throws ConfigError with the nearest known id */
export const cpuCore = (id: string): CpuCoreFile => {
  const before = known.get(id)
  if (before !== undefined) return before
  const path = `${folder}${id}.yaml`
  const text = builtinFiles.get(path)
  if (text === undefined) {
    throw new ConfigError({ message: `there is no core "${id}"`, remedy: didYouMean(id, cpuCoreIds()) })
  }
  const core = cpuCoreFromText(text, `arch/${path}`)
  known.set(id, core)
  return core
}

export interface OperationUse {
  readonly on: readonly string[]
  readonly slots: number
  /** Cycles after the uses before it; 0 for those that issue by themselves. */
  readonly after: number
}

/** Cost of one operation as plain numbers. */
export interface OperationCost {
  readonly latency: number
  /** From one multiply-accumulate to the next on its accumulator; the latency where nothing is forwarded. */
  readonly accumulate: number
  readonly uses: readonly OperationUse[]
  readonly blocks: number
  readonly late: number
}

export const operationCost = (core: CpuCoreFile, operation: CoreOperation): OperationCost => {
  const { latency, accumulate, uses, blocks, late } = core.operations[operation]
  return {
    latency: latency.value,
    accumulate: accumulate?.value ?? latency.value,
    uses: uses.map(({ on, slots, after }) => ({ on, slots: slots.value, after: after?.value ?? 0 })),
    blocks: blocks?.value ?? 0,
    late: late?.value ?? 0,
  }
}
