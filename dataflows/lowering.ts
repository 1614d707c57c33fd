/**
 * Operators to matrix products, for the three computations of training. FF is the forward product; BP the gradient of the
 * input; WU the gradient of the weights. A matmul of two activations has the gradient of its first operand as BP and of
 * its second as WU.
 *
 * The input gradient of a convolution is computed by gathering: every input pixel sums over the kernel taps that reach it.
 * With stride s the pixels fall into s × s phases, each with its own taps, so no multiplication by an inserted zero is
 * made. Over a map whose size is a multiple of the stride, FF, BP and WU have the same number of MACs.
 */
import { usedInputElements } from "./conv-footprint.ts"
import type { Gemm, MappedGemm, Operand, TensorRole } from "./gemm.ts"
import {
  type Conv2d,
  convOutHeight,
  convOutWidth,
  type Linear,
  type MatMul,
  weightElements,
} from "./operator.ts"

export type GemmStage = "FF" | "BP" | "WU"

/** A product before sparsity is chosen, with the axis along which its weight or gradient can be grouped. */
export interface LoweredGemm extends Omit<MappedGemm, "sparsity" | "nonZeroShare"> {
  /** Grouped length along k of operand B (weights) and of A; k is a whole multiple of both. */
  readonly groupedLength: number
}

const operand = (role: TensorRole, uniqueElements: number): Operand => ({ role, uniqueElements })

/** Kernel positions of one axis that reach an input pixel of residue `phase` (mod stride). */
const tapsOfPhase = (
  phase: number,
  pad: number,
  kernel: number,
  stride: number,
  dilation: number,
): number => {
  let taps = 0
  for (let r = 0; r < kernel; r++) if ((phase + pad - r * dilation) % stride === 0) taps++
  return taps
}

const pixelsOfPhase = (phase: number, size: number, stride: number): number =>
  phase < size ? Math.ceil((size - phase) / stride) : 0

const convBackward = (op: Conv2d): readonly LoweredGemm[] => {
  const outGradient = operand("gradient", op.batch * convOutHeight(op) * convOutWidth(op) * op.outChannels)
  const byShape = new Map<string, LoweredGemm>()
  for (let py = 0; py < op.strideHeight; py++) {
    const tapsY = tapsOfPhase(py, op.padTop, op.kernelHeight, op.strideHeight, op.dilationHeight)
    const rows = pixelsOfPhase(py, op.inHeight, op.strideHeight)
    for (let px = 0; px < op.strideWidth; px++) {
      const taps = tapsY * tapsOfPhase(px, op.padLeft, op.kernelWidth, op.strideWidth, op.dilationWidth)
      const pixels = rows * pixelsOfPhase(px, op.inWidth, op.strideWidth)
      if (taps === 0 || pixels === 0) continue
      const gemm: Gemm = {
        m: op.batch * pixels,
        n: op.inChannels / op.groups,
        k: taps * (op.outChannels / op.groups),
      }
      const weights = gemm.k * gemm.n * op.groups
      const inputs = gemm.m * gemm.n * op.groups
      const key = `${gemm.m},${gemm.k}`
      const same = byShape.get(key)
      byShape.set(key, {
        gemm,
        count: (same?.count ?? 0) + op.groups,
        a: operand("gradient", (same?.a.uniqueElements ?? 0) + outGradient.uniqueElements),
        b: operand("weight", (same?.b.uniqueElements ?? 0) + weights),
        c: operand("gradient", (same?.c.uniqueElements ?? 0) + inputs),
        groupedLength: op.outChannels / op.groups,
      })
    }
  }
  return [...byShape.values()]
}

const lowerConv = (op: Conv2d, stage: GemmStage): readonly LoweredGemm[] => {
  if (stage === "BP") return convBackward(op)
  const pixels = op.batch * convOutHeight(op) * convOutWidth(op)
  const window = (op.inChannels / op.groups) * op.kernelHeight * op.kernelWidth
  const input = usedInputElements(op)
  const output = pixels * op.outChannels
  const filters = op.outChannels / op.groups
  if (stage === "FF") {
    return [
      {
        gemm: { m: pixels, n: filters, k: window },
        count: op.groups,
        a: operand("activation", input),
        b: operand("weight", weightElements(op)),
        c: operand("activation", output),
        groupedLength: op.inChannels / op.groups,
      },
    ]
  }
  return [
    {
      gemm: { m: window, n: filters, k: pixels },
      count: op.groups,
      a: operand("activation", input),
      b: operand("gradient", output),
      c: operand("weight-gradient", weightElements(op)),
      groupedLength: pixels,
    },
  ]
}

const lowerLinear = (op: Linear, stage: GemmStage): readonly LoweredGemm[] => {
  const { rows, inFeatures, outFeatures } = op
  const weights = inFeatures * outFeatures
  switch (stage) {
    case "FF":
      return [
        {
          gemm: { m: rows, n: outFeatures, k: inFeatures },
          count: 1,
          a: operand("activation", rows * inFeatures),
          b: operand("weight", weights),
          c: operand("activation", rows * outFeatures),
          groupedLength: inFeatures,
        },
      ]
    case "BP":
      return [
        {
          gemm: { m: rows, n: inFeatures, k: outFeatures },
          count: 1,
          a: operand("gradient", rows * outFeatures),
          b: operand("weight", weights),
          c: operand("gradient", rows * inFeatures),
          groupedLength: outFeatures,
        },
      ]
    case "WU":
      return [
        {
          gemm: { m: inFeatures, n: outFeatures, k: rows },
          count: 1,
          a: operand("activation", rows * inFeatures),
          b: operand("gradient", rows * outFeatures),
          c: operand("weight-gradient", weights),
          groupedLength: rows,
        },
      ]
  }
}

const lowerMatMul = (op: MatMul, stage: GemmStage): readonly LoweredGemm[] => {
  const { count, m, n, k } = op
  const first = operand(stage === "BP" ? "gradient" : "activation", 0)
  const gemm: Gemm = stage === "FF" ? { m, n, k } : stage === "BP" ? { m, n: k, k: n } : { m: k, n, k: m }
  return [
    {
      gemm,
      count,
      a: { ...first, uniqueElements: count * gemm.m * gemm.k },
      b: operand(stage === "WU" ? "gradient" : "activation", count * gemm.k * gemm.n),
      c: operand(stage === "FF" ? "activation" : "gradient", count * gemm.m * gemm.n),
      groupedLength: gemm.k,
    },
  ]
}

/** The products of one stage of an operator; vector operators have none. */
export const lower = (op: Conv2d | Linear | MatMul, stage: GemmStage): readonly LoweredGemm[] => {
  switch (op.kind) {
    case "conv2d":
      return lowerConv(op, stage)
    case "linear":
      return lowerLinear(op, stage)
    case "matmul":
      return lowerMatMul(op, stage)
  }
}
