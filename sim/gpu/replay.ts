/**
 * A network's run on a board as plain data, and the same run planned anew from it with other numbers of the board. It is the
 * engine's own plan, with the kernels of the library that the board's architecture has.
 */
import type { GpuMachine } from "../../arch/machine.ts"
import { byPath } from "../../arch/numbers-by-path.ts"
import type { Network } from "../../dataflows/network.ts"
import {
  packNetwork,
  type PackedNetwork,
  readPattern,
  unpackNetwork,
} from "../../dataflows/packed-network.ts"
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { mapNetwork } from "../../dataflows/work.ts"
import { fullClock } from "./full-clock.ts"
import type { GpuFormat } from "./gemm/gemm-request.ts"
import { gpuCycles } from "./gpu-engine.ts"
import { gpuModel, planGpu } from "./plan-gpu.ts"

/** What of a kind of kernel is no number: tiles as "128x256", ways to split the reduction. */
interface KernelForms {
  readonly tiles: readonly string[]
  readonly splits: readonly string[]
  readonly raster: string
}

export interface GpuReplay extends PackedNetwork {
  readonly model: "gpu"
  readonly architecture: string
  readonly format: string
  /** By kind of kernel. */
  readonly kernels: Readonly<Record<string, KernelForms>>
  /** The run's pattern; absent where none was asked for. */
  readonly pattern?: string
  readonly inference: "dense" | "sparse"
}

export const gpuReplay = (
  network: Network,
  machine: GpuMachine,
  format: GpuFormat,
  { pattern, inference }: { readonly pattern?: SparsityPattern; readonly inference: "dense" | "sparse" },
): GpuReplay => ({
  model: "gpu",
  architecture: machine.architecture,
  format,
  kernels: Object.fromEntries(
    Object.entries(machine.family.gemm.kernels).map(([kind, { tiles, splits, raster }]) => [
      kind,
      { tiles: [...tiles], splits: [...splits], raster },
    ]),
  ),
  ...packNetwork(network),
  ...(pattern === undefined ? {} : { pattern: formatPattern(pattern) }),
  inference,
})

/** The board with these numbers, by path in base units. Only what a plan reads is there. */
const boardOf = ({ architecture, kernels }: GpuReplay, numbers: ReadonlyMap<string, number>): GpuMachine => {
  const board = byPath(numbers) as unknown as GpuMachine
  const { family } = board
  const withForms = Object.fromEntries(
    Object.entries(kernels).map(([kind, forms]) => [
      kind,
      { ...family.gemm.kernels[kind as keyof typeof family.gemm.kernels], ...forms },
    ]),
  )
  return {
    ...board,
    architecture,
    family: { ...family, gemm: { ...family.gemm, kernels: withForms } },
  } as GpuMachine
}

/** Time of the pass at a point. */
export interface GpuPointCost {
  /** Of the clock that the board holds below its power limit. */
  readonly cycles: number
  readonly seconds: number
  /** Share of the cycles in kernels of each bound, largest first. */
  readonly bounds: readonly (readonly [bound: string, share: number])[]
}

/** The pass with the board's numbers by path, base units. */
export const replayOnGpu = (replay: GpuReplay, numbers: ReadonlyMap<string, number>): GpuPointCost => {
  const machine = boardOf(replay, numbers)
  const { pattern, inference } = replay
  const work = mapNetwork(unpackNetwork(replay), {
    ...(pattern === undefined ? {} : { pattern: readPattern(pattern) }),
    inference,
  })
  const kernels = planGpu(work, gpuModel(machine, replay.format as GpuFormat))
  const clock = fullClock(machine)
  const cycles = gpuCycles(kernels, clock)
  const byBound = new Map<string, number>()
  for (const kernel of kernels) {
    byBound.set(kernel.cost.bound, (byBound.get(kernel.cost.bound) ?? 0) + gpuCycles([kernel], clock))
  }
  return {
    cycles,
    seconds: cycles / clock,
    bounds: [...byBound]
      .map(([bound, part]): readonly [string, number] => [bound, part / cycles])
      .toSorted((a, b) => b[1] - a[1]),
  }
}
