/** Loops of kernels on the cores of CPUs, each beside what llvm-mca predicts for it. */
import { cpuCore } from "../../arch/cpu-core-catalogue.ts"
import { WorkloadError } from "../../arch/errors.ts"
import type { Instruction } from "../../sim/cpu/core/instruction.ts"
import { type LoopBand, loopBand } from "../../sim/cpu/core/loop-band.ts"
import { type LoopTiming, loopTiming } from "../../sim/cpu/core/loop-timing.ts"
import { readLoop } from "../../sim/cpu/core/read-loop.ts"
import llvmMca from "../validate/loops/llvm-mca.json" with { type: "json" }

export interface Loop {
  readonly name: string
  readonly text: string
  readonly body: readonly Instruction[]
}

/** A prediction of llvm-mca: cycles of one iteration. */
export interface ToolPrediction {
  readonly id: string
  readonly loop: string
  /** As llvm-mca calls it. */
  readonly cpu: string
  /** Version of LLVM, and flags where there were any. */
  readonly version: string
  readonly cycles: number
  readonly instructions?: number
  readonly fmla?: number
}

export interface LoopRow {
  readonly loop: string
  readonly core: string
  readonly instructions: number
  readonly fmla: number
  readonly timing: LoopTiming
  /** What numbers of the core that are not known do to it. */
  readonly band: LoopBand
  /** Predictions for this core, or for the model that LLVM takes for it. */
  readonly llvmMca: readonly ToolPrediction[]
}

/** A prediction of llvm-mca with ours of the same loop. */
export interface LoopPair {
  readonly prediction: ToolPrediction
  readonly core: string
  readonly timing: LoopTiming
}

/** A prediction that has nothing beside it, and why. */
export interface UnmatchedPrediction {
  readonly prediction: ToolPrediction
  readonly reason: string
}

export const predictions: readonly ToolPrediction[] = llvmMca.predictions

/** Cores that LLVM gives the model of the A57; the first stands beside the predictions for the A57 itself. */
const modelledAsA57 = ["cortex-a72", "cortex-a73", "cortex-a75", "cortex-a76"] as const

/** What llvm-mca calls the model that it has for a core. */
const cpuOf = (core: string): string => (modelledAsA57.some((name) => name === core) ? "cortex-a57" : core)

const coreOf = (cpu: string): string => (cpu === "cortex-a57" ? modelledAsA57[0] : cpu)

/** @throws WorkloadError with the line of what is not known */
export const loopFromText = (name: string, text: string, file: string): Loop => ({
  name,
  text,
  body: readLoop(text, file),
})

const fmlaOf = ({ body }: Loop): number => body.filter(({ operation }) => operation === "fma").length

/** Every loop on every core. @throws ConfigError for an unknown core */
export const loopRows = (loops: readonly Loop[], cores: readonly string[]): readonly LoopRow[] =>
  loops.flatMap((loop) =>
    cores.map((core) => ({
      loop: loop.name,
      core,
      instructions: loop.body.length,
      fmla: fmlaOf(loop),
      timing: loopTiming(loop.body, cpuCore(core)),
      band: loopBand(loop.body, cpuCore(core)),
      llvmMca: predictions.filter((p) => p.loop === loop.name && p.cpu === cpuOf(core)),
    })),
  )

/** Every prediction of llvm-mca with ours beside it, from rows of all loops and cores. */
export const loopPairs = (
  rows: readonly LoopRow[],
): { readonly pairs: readonly LoopPair[]; readonly unmatched: readonly UnmatchedPrediction[] } => {
  const pairs: LoopPair[] = []
  const unmatched: UnmatchedPrediction[] = []
  for (const prediction of predictions) {
    const row = rows.find(({ loop, core }) => loop === prediction.loop && core === coreOf(prediction.cpu))
    if (row !== undefined) pairs.push({ prediction, core: row.core, timing: row.timing })
    else if (prediction.cpu === "znver4")
      unmatched.push({ prediction, reason: "x86-64 code of V8, not AArch64" })
  }
  return { pairs, unmatched }
}

/** A name that `llvm-mca -mcpu` knows for a core; that of the Neoverse N1 where nothing is known of it. */
export const mcaCpuOf = (core: string): string => (core === "" ? "neoverse-n1" : cpuOf(core))

/** The loop as llvm-mca takes it: `llvm-mca -mtriple=aarch64 -mcpu=CPU FILE`. */
export const llvmMcaText = ({ name, text }: Pick<Loop, "name" | "text">, cpu = "neoverse-n1"): string =>
  `// llvm-mca -mtriple=aarch64 -mcpu=${cpu} ${name}.s\n# LLVM-MCA-BEGIN ${name}\n${text.trimEnd()}\n# LLVM-MCA-END\n`

/** The loops with these names. @throws WorkloadError for a name that is not among them */
export const loopsNamed = (loops: ReadonlyMap<string, string>, names: readonly string[]): readonly Loop[] =>
  names.map((name) => {
    const text = loops.get(name)
    if (text === undefined) {
      throw new WorkloadError({
        message: `there is no loop "${name}"`,
        remedy: `Known: ${[...loops.keys()].join(", ")}.`,
      })
    }
    return loopFromText(name, text, `${name}.s`)
  })
