/**
 * Times kernels on layers in this process, each checked against the naive product first. Kernels of a layer take turns, so that
 * what else the machine does falls on all of them alike; the least of the samples counts, in processor time.
 */
import { WorkloadError } from "../../arch/errors.ts"
import { gemmKernel, gemmName } from "../../dataflows/kernel/gemm-kernel.ts"
import type { Kernel } from "../../dataflows/kernel/kernel-ir.ts"
import { randomLayer, type PointwiseShape } from "../../dataflows/kernel/random-layer.ts"
import { referenceProduct, summationErrorBound } from "../../dataflows/kernel/reference-product.ts"
import { spmmKernel, type SpmmVariant, spmmName } from "../../dataflows/kernel/spmm-kernel.ts"
import { assembleAhead, assembleKernels } from "./assemble-kernels.ts"
import { type KernelChoice, layerBytes, type PreparedCall, prepareCall } from "./layer-in-memory.ts"
import { cpuSeconds } from "./cpu-seconds.ts"
import { type QuietCore, quietCore } from "./quiet-core.ts"

export interface MeasuredLayer {
  readonly shape: PointwiseShape
  readonly sparsity: number
  readonly seed: number
}

export interface Measurement extends MeasuredLayer {
  /** Least processor time of one call, by kernel. */
  readonly seconds: Readonly<Record<string, number>>
  /** Greatest difference to the naive product, by kernel. */
  readonly error: Readonly<Record<string, number>>
  /** Whether the core was this process's own for enough of the samples; else all samples count. */
  readonly undisturbed: boolean
}

/** The dense kernel that fits the registers of x86-64: 8 accumulators, 4 activations, 2 weights, 1 product. */
export const denseChoice = (cin: number): KernelChoice => ({
  kind: "dense",
  variant: { pixels: 4, unroll: 1, cin },
})

const kernelOf = (choice: KernelChoice): Kernel =>
  choice.kind === "sparse" ? spmmKernel(choice.variant) : gemmKernel(choice.variant)

/** 16x1 for a sparse kernel, 4x8 for a dense one, whatever its input channels. */
export const choiceLabel = (choice: KernelChoice): string =>
  choice.kind === "sparse" ? spmmName(choice.variant) : gemmName(choice.variant).replace(/-c\d+$/, "")

/** Shortest stretch of a sample: long beside the clock's resolution of a microsecond. */
const sampleSeconds = 2e-3
/** Calls before the first sample: caches, branch predictors, and the engine's last tier if it began lower. */
const warmUpSeconds = 5e-3

const repeated = (call: PreparedCall, times: number): number => {
  const before = cpuSeconds()
  for (let i = 0; i < times; i += 1) call.run()
  return cpuSeconds() - before
}

const greatestError = (output: Float32Array, expected: Float32Array): number => {
  let error = 0
  for (let i = 0; i < output.length; i += 1) {
    const difference = Math.abs(output[i] - expected[i])
    // Also when the output is NaN, which compares as neither.
    if (!(difference <= error)) error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
  }
  return error
}

/** Nothing is clamped while kernels are compared. */
const open = { least: Number.NEGATIVE_INFINITY, greatest: Number.POSITIVE_INFINITY } as const

/** A sample counts as undisturbed when the core had this share of its rate before and after. */
const quietShare = 0.85
/** How many times the wanted samples are taken at most while the core is disturbed. */
const patience = 3

/** Least seconds of each call, sampled in turns: of `samples` undisturbed ones, or of all where there are too few. */
const leastOf = (
  calls: readonly PreparedCall[],
  times: readonly number[],
  samples: number,
  core: QuietCore,
): { readonly seconds: readonly number[]; readonly undisturbed: boolean } => {
  const quiet = calls.map(() => ({ samples: 0, seconds: Number.POSITIVE_INFINITY }))
  const any = calls.map(() => Number.POSITIVE_INFINITY)
  let before = core.share()
  for (let round = 0; round < patience * samples; round += 1) {
    for (const [i, call] of calls.entries()) {
      const seconds = repeated(call, times[i]) / times[i]
      const after = core.share()
      any[i] = Math.min(any[i], seconds)
      if (Math.min(before, after) > quietShare) {
        quiet[i].samples += 1
        quiet[i].seconds = Math.min(quiet[i].seconds, seconds)
      }
      before = after
    }
    if (round + 1 >= samples && quiet.every((own) => own.samples >= samples)) break
  }
  // All kernels of a layer by one measure: their ratios count.
  const undisturbed = quiet.every((own) => 3 * own.samples >= samples)
  return { seconds: undisturbed ? quiet.map(({ seconds }) => seconds) : any, undisturbed }
}

const choicesOf = (layer: MeasuredLayer, sparse: readonly SpmmVariant[]): readonly KernelChoice[] => [
  denseChoice(layer.shape.cin),
  ...sparse.map((variant) => ({ kind: "sparse" as const, variant })),
]

/** @throws WorkloadError when a kernel's result is not the naive product's */
const measureLayer = async (
  layer: MeasuredLayer,
  sparse: readonly SpmmVariant[],
  samples: number,
  core: QuietCore,
): Promise<Measurement> => {
  const { shape, sparsity, seed } = layer
  const filled = randomLayer(shape, sparsity, seed)
  const choices = choicesOf(layer, sparse)
  const bytes = layerBytes(filled)
  const kernels = await assembleKernels(choices.map(kernelOf), choices.length * bytes)
  const expected = referenceProduct(filled, open)
  const calls = choices.map((choice, i) => prepareCall(kernels, filled, open, i * bytes + 64, choice))
  const error: Record<string, number> = {}
  const times: number[] = []
  for (const [i, call] of calls.entries()) {
    const label = choiceLabel(choices[i])
    call.run()
    error[label] = greatestError(call.output(), expected)
    if (error[label] > summationErrorBound(shape.cin)) {
      throw new WorkloadError({
        message: `kernel ${label} is off by ${error[label]} on ${shape.pixels} × ${shape.cin} → ${shape.cout} at ${sparsity}`,
        remedy: "This is a defect of the kernel or of the engine that runs it; nothing was timed.",
      })
    }
    let warm = repeated(call, 1)
    let count = 1
    while (warm < warmUpSeconds) {
      warm += repeated(call, 1)
      count += 1
    }
    times.push(Math.max(1, Math.ceil((sampleSeconds * count) / warm)))
  }
  const best = leastOf(calls, times, samples, core)
  return {
    ...layer,
    seconds: Object.fromEntries(choices.map((choice, i) => [choiceLabel(choice), best.seconds[i]])),
    error,
    undisturbed: best.undisturbed,
  }
}

/** One layer after the other, each handed over as soon as it is done. @throws WorkloadError for a wrong result */
export const measureLayers = async (
  layers: readonly MeasuredLayer[],
  sparse: readonly SpmmVariant[],
  samples: number,
  done: (measurement: Measurement) => void,
): Promise<void> => {
  // Before anything is timed: what the assembler and its compilation take is time of this process as well.
  for (const layer of layers) await assembleAhead(choicesOf(layer, sparse).map(kernelOf))
  const core = await quietCore()
  for (const layer of layers) done(await measureLayer(layer, sparse, samples, core))
}
