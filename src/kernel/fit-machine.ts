/** Fits the numbers of an engine that cannot be read off a single loop, all of them on all measured layers at once. */
import type { WasmNumber, WasmNumbers } from "../../arch/wasm-machine.ts"
import { type SpmmVariant, spmmName } from "../../dataflows/kernel/spmm-kernel.ts"
import type { Measurement } from "./measure-layers.ts"
import { denseSeconds, sparseEvents, sparseSeconds } from "./predict-layer.ts"

/** Numbers that the fit moves, with the bounds within which they are still what they are called. */
export const fittedBounds = {
  issueWidth: [1, 8],
  vectorWidth: [1, 8],
  spillLatency: [0, 20],
  rowCycles: [0, 40],
  rowVectorCycles: [0, 8],
  panelCycles: [0, 60],
  l2Bytes: [131_072, 8_388_608],
  l2LineCycles: [0, 30],
  pageCycles: [0, 60],
  crowdedOut: [0, 1],
  hiddenCycles: [0, 200],
  streamLineCycles: [0, 60],
  touchLineCycles: [0, 60],
  denseLineCycles: [0, 60],
} as const satisfies Partial<Record<WasmNumber, readonly [number, number]>>

type Fitted = keyof typeof fittedBounds

export interface Fit {
  readonly numbers: WasmNumbers
  /** Mean |ln(predicted / measured)| of times and of speed-ups. */
  readonly meanError: number
}

/** The label that measurements give to the dense kernel. */
export const denseLabel = "4x8"

/** Between least absolute errors, which ignore far cells, and least squares, which a disturbed sample pulls along. Assumed. */
const power = 1.5

/**
 * Pattern search: each number is multiplied by a step up or down as long as that lowers the sum of |ln(predicted / measured)|^1.5,
 * and steps shrink when none does.
 */
export const fitMachine = (
  start: WasmNumbers,
  measurements: readonly Measurement[],
  variants: readonly SpmmVariant[],
): Fit => {
  const cells = measurements.map((m) => ({
    m,
    sparse: variants.map((variant) => ({
      events: sparseEvents(m, variant, start),
      measured: m.seconds[spmmName(variant)],
    })),
  }))
  const meanError = (numbers: WasmNumbers, exponent: number): number => {
    let sum = 0
    let n = 0
    for (const { m, sparse } of cells) {
      const dense = Math.log(denseSeconds(m, numbers) / m.seconds[denseLabel])
      sum += Math.abs(dense) ** exponent
      n += 1
      for (const { events, measured } of sparse) {
        const error = Math.log(sparseSeconds(events, numbers) / measured)
        sum += Math.abs(error) ** exponent + Math.abs(error - dense) ** exponent
        n += 2
      }
    }
    return sum / n
  }
  const errorOf = (numbers: WasmNumbers): number => meanError(numbers, power)
  let best = start
  let error = errorOf(best)
  for (let step = 0.3; step > 0.004; step /= 1.8) {
    let improved = true
    for (let round = 0; improved && round < 12; round += 1) {
      improved = false
      for (const key of Object.keys(fittedBounds) as readonly Fitted[]) {
        for (const factor of [1 + step, 1 / (1 + step)]) {
          const [low, high] = fittedBounds[key]
          const value = Math.min(high, Math.max(low, best[key] * factor))
          const candidate = { ...best, [key]: value }
          const found = errorOf(candidate)
          if (found < error - 1e-6) {
            best = candidate
            error = found
            improved = true
          }
        }
      }
    }
  }
  return { numbers: best, meanError: meanError(best, 1) }
}
