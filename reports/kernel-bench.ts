/** What is told of kernels that ran on this machine beside what the model says of them. */
import { percentText, timesText } from "../viz/number-format.ts"

export interface MeasuredBeside {
  readonly measured: number
  readonly predicted: number
  /** predicted / measured − 1. */
  readonly error: number
}

export interface BenchedCell {
  readonly kernel: string
  /** Dense time over sparse time. */
  readonly speedup: MeasuredBeside
}

/** One layer at one share of zeros: `pixels` × `cin` activations, `cin` × `cout` weights. */
export interface BenchedLayer {
  readonly shape: {
    readonly pixels: number
    readonly cin: number
    readonly cout: number
    /** How often the network has it. */
    readonly times: number
  }
  /** Share of zeros, 0 to 1. */
  readonly sparsity: number
  /** Seconds. */
  readonly dense: MeasuredBeside
  readonly cells: readonly (BenchedCell & { readonly seconds: MeasuredBeside })[]
}

export interface KernelBench {
  readonly machine: string
  readonly processes: number
  /** FLOP/s of multiplying and adding in registers, measured in the same run. */
  readonly peakFlops: number
  readonly layers: readonly BenchedLayer[]
  /** All layers together. */
  readonly stacks: readonly { readonly sparsity: number; readonly cells: readonly BenchedCell[] }[]
  readonly cellError: { readonly median: number; readonly p90: number; readonly greatest: number }
  readonly stackError: number
  readonly rightWinners: number
  readonly denseShareOfPeak: number
  /** Share of layers that were measured while nothing else ran on the core. */
  readonly undisturbed: number
}

/** What to make of figures where the core was shared; empty where it was not. */
export const disturbanceText = (undisturbed: number): string =>
  undisturbed === 1
    ? ""
    : `Another program, or another machine on the same hardware, shared the core while ${percentText(1 - undisturbed)} of the layers were measured: their ratios may be off by a tenth and more. Repeat it when the machine is idle.`

/** The largest measured speed-up of all layers together, its kernel and share of zeros, and how far the model is off. */
export const kernelBenchVerdict = ({ stacks, cellError }: KernelBench): string => {
  const cells = stacks.flatMap(({ sparsity, cells: own }) => own.map((cell) => ({ ...cell, sparsity })))
  const best = cells.toSorted((a, b) => b.speedup.measured - a.speedup.measured)[0]
  return `At ${percentText(best.sparsity)} zeros the ${best.kernel} kernel is ${timesText(best.speedup.measured)} as fast as the dense one, measured; the model says ${timesText(best.speedup.predicted)}, and is within ${percentText(cellError.p90)} in nine of ten layers.`
}
