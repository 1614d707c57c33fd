/**
 * The measured GEMM times that an architecture is fitted to: shape by shape on one board, and the best rates that a search found,
 * mostly on boards with another power limit, which alone tell what the limit takes and what the SMs cannot do.
 */
import { readFileSync } from "node:fs"
import { loadMachine, machineIds } from "../../arch/machine-catalogue.ts"
import type { GpuGemm } from "../../sim/gpu/gemm/gemm-request.ts"

export interface Measured {
  readonly machine: string
  readonly gemm: GpuGemm
  /** Seconds. */
  readonly seconds: number
  /** How much its error counts, at most 1. */
  readonly weight: number
  readonly group: string
  /** Shape and format: what the dense and the sparse case of a pair share. */
  readonly pair: string
}

/** What no model of a library's choices gets below, on average. */
const leastError = 0.05

/**
 * Times measured on Blackwell come in steps of 2.048 us, so those of small products say little: they count by the root of what
 * the model may miss over that and half a step together. The root, since nothing else tells what a launch costs.
 */
const weightOf = (architecture: string, seconds: number): number =>
  architecture.startsWith("blackwell")
    ? Math.sqrt(leastError / Math.hypot(leastError, 1.024e-6 / seconds))
    : 1

/**
 * Best of a search over time of one shape: 252.9 TFLOPS against 235 at most on boards of one name (A100 PCIe), in bf16.
 * Taken to hold on other boards.
 */
const luckOfTheBest = 1.08

const casesIn = (file: string): CaseFile["cases"] =>
  (JSON.parse(readFileSync(new URL(`../../src/validate/cases/${file}`, import.meta.url), "utf8")) as CaseFile)
    .cases

/** Group of the best rates. */
export const bestGroup = "best rates"

interface CaseFile {
  readonly cases: readonly {
    readonly machine: string
    readonly value: number
    readonly workload: GpuGemm & { readonly kind: string }
  }[]
}

export const measured = (architecture: string): readonly Measured[] => {
  const boards = new Set(
    machineIds().filter((id) => {
      const machine = loadMachine(id)
      return machine.kind === "gpu" && machine.architecture === architecture
    }),
  )
  const onBoards = (file: string): CaseFile["cases"] =>
    casesIn(file).filter(({ machine }) => boards.has(machine))
  const times = onBoards("gpu-gemm.json").map(({ machine, value, workload: gemm }) => ({
    machine,
    gemm,
    seconds: value * 1e-6,
    weight: weightOf(architecture, value * 1e-6),
    group: `${gemm.dtype} ${gemm.sparsity}`,
    pair: `${machine} ${gemm.dtype} ${gemm.m}x${gemm.n}x${gemm.k}`,
  }))
  const best = onBoards("gpu-gemm-best.json").map(({ machine, value, workload: gemm }) => ({
    machine,
    gemm,
    seconds: value * 1e-6 * luckOfTheBest,
    weight: 1,
    group: bestGroup,
    pair: `${machine} ${gemm.dtype} best`,
  }))
  return [...times, ...best]
}
