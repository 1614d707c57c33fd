/** Measured and predicted times of the pointwise layers side by side, and how far they are apart. */
import type { WasmNumbers } from "../../arch/wasm-machine.ts"
import { type SpmmVariant, spmmName } from "../../dataflows/kernel/spmm-kernel.ts"
import type { CountedShape } from "./bench-layers.ts"
import { denseLabel } from "./fit-machine.ts"
import type { MeasuredRun } from "./measure-in-processes.ts"
import type { Measurement } from "./measure-layers.ts"
import { denseSeconds, sparseEvents, sparseSeconds } from "./predict-layer.ts"

export interface Compared {
  readonly measured: number
  readonly predicted: number
  /** predicted / measured − 1. */
  readonly error: number
}

export interface KernelCell {
  readonly kernel: string
  readonly seconds: Compared
  /** Dense time over sparse time. */
  readonly speedup: Compared
}

export interface ComparedLayer {
  readonly shape: CountedShape
  readonly sparsity: number
  readonly dense: Compared
  readonly cells: readonly KernelCell[]
  /** Fastest sparse kernel. */
  readonly winner: { readonly measured: string; readonly predicted: string }
}

/** All layers of the network together, each as often as the network has it. */
export interface ComparedStack {
  readonly sparsity: number
  readonly denseSeconds: number
  readonly cells: readonly { readonly kernel: string; readonly speedup: Compared }[]
}

export interface KernelComparison {
  readonly layers: readonly ComparedLayer[]
  readonly stacks: readonly ComparedStack[]
  /** |error| of speed-ups over layers, sparsities and kernels. */
  readonly cellError: { readonly median: number; readonly p90: number; readonly greatest: number }
  /** Greatest |error| of a stack's speed-up. */
  readonly stackError: number
  /** Share of layers whose fastest kernel is the predicted one. */
  readonly rightWinners: number
  /** Useful operations a second of the dense kernel over the whole stack, over the peak of the same run. */
  readonly denseShareOfPeak: number
  /** Share of layers that were measured while nothing else ran on the core. */
  readonly undisturbed: number
}

const compared = (measured: number, predicted: number): Compared => ({
  measured,
  predicted,
  error: predicted / measured - 1,
})

const fastest = (cells: readonly KernelCell[], side: "measured" | "predicted"): string =>
  cells.reduce((best, cell) => (cell.seconds[side] < best.seconds[side] ? cell : best)).kernel

const compareLayer = (
  m: Measurement,
  shape: CountedShape,
  variants: readonly SpmmVariant[],
  numbers: WasmNumbers,
): ComparedLayer => {
  const dense = compared(m.seconds[denseLabel], denseSeconds(m, numbers))
  const cells = variants.map((variant): KernelCell => {
    const kernel = spmmName(variant)
    const seconds = compared(m.seconds[kernel], sparseSeconds(sparseEvents(m, variant, numbers), numbers))
    return {
      kernel,
      seconds,
      speedup: compared(dense.measured / seconds.measured, dense.predicted / seconds.predicted),
    }
  })
  return {
    shape,
    sparsity: m.sparsity,
    dense,
    cells,
    winner: { measured: fastest(cells, "measured"), predicted: fastest(cells, "predicted") },
  }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const stackOf = (layers: readonly ComparedLayer[], kernels: readonly string[]): ComparedStack => {
  const total = (side: "measured" | "predicted", of: (layer: ComparedLayer) => Compared): number =>
    sum(layers.map((layer) => layer.shape.times * of(layer)[side]))
  const denseOf = (layer: ComparedLayer): Compared => layer.dense
  return {
    sparsity: layers[0].sparsity,
    denseSeconds: total("measured", denseOf),
    cells: kernels.map((kernel, i) => {
      const sparseOf = (layer: ComparedLayer): Compared => layer.cells[i].seconds
      return {
        kernel,
        speedup: compared(
          total("measured", denseOf) / total("measured", sparseOf),
          total("predicted", denseOf) / total("predicted", sparseOf),
        ),
      }
    }),
  }
}

/** The value below which `share` of the sorted values lie. */
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))] ?? 0

/** `run.measurements` holds every shape at every sparsity, shapes outermost. */
export const compareKernels = (
  run: MeasuredRun,
  shapes: readonly CountedShape[],
  variants: readonly SpmmVariant[],
  numbers: WasmNumbers,
): KernelComparison => {
  const perShape = run.measurements.length / shapes.length
  const layers = run.measurements.map((m, i) =>
    compareLayer(m, shapes[Math.floor(i / perShape)], variants, numbers),
  )
  const sparsities = [...new Set(layers.map(({ sparsity }) => sparsity))]
  const stacks = sparsities.map((sparsity) =>
    stackOf(
      layers.filter((layer) => layer.sparsity === sparsity),
      variants.map(spmmName),
    ),
  )
  const errors = layers
    .flatMap(({ cells }) => cells.map(({ speedup }) => Math.abs(speedup.error)))
    .toSorted((a, b) => a - b)
  const operations = sum(shapes.map(({ pixels, cin, cout, times }) => 2 * pixels * cin * cout * times))
  const bestDense = sum(
    shapes.map(
      (shape) =>
        shape.times *
        Math.min(...layers.filter((layer) => layer.shape === shape).map(({ dense }) => dense.measured)),
    ),
  )
  return {
    layers,
    stacks,
    cellError: { median: quantile(errors, 0.5), p90: quantile(errors, 0.9), greatest: errors.at(-1) ?? 0 },
    stackError: Math.max(
      ...stacks.flatMap(({ cells }) => cells.map(({ speedup }) => Math.abs(speedup.error))),
    ),
    rightWinners: layers.filter(({ winner }) => winner.measured === winner.predicted).length / layers.length,
    denseShareOfPeak: operations / bestDense / run.peaks.flops,
    undisturbed: run.measurements.filter(({ undisturbed }) => undisturbed).length / run.measurements.length,
  }
}
