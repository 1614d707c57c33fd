/** The cost of any operator of a network on one core with one library of kernels. */
import type { Layer } from "../../../dataflows/network.ts"
import {
  type Conv2d,
  convOutHeight,
  convOutWidth,
  type Linear,
  type MatMul,
  type VectorOp,
  weightElements,
} from "../../../dataflows/operator.ts"
import { cacheReads, missing, waited } from "./activation-traffic.ts"
import { type CoreRates, floatBytes, type GroupConstants, lanes } from "./core-rates.ts"
import { nothingSpent, type OperatorCost } from "./layer-cost.ts"
import { sparseConv } from "./sparse-conv.ts"
import type { WeightSparsity } from "./weight-sparsity.ts"

/** A raw image has at most red, green, blue and alpha. */
const imageChannels = 4

const upTo = (n: number, step: number): number => Math.ceil(n / step) * step

interface Product {
  readonly pixels: number
  readonly channels: number
  readonly depth: number
  /** How many such products; groups of a convolution. */
  readonly count: number
  readonly weightBytes: number
  /** Bytes of activations read and written. */
  readonly input: number
  readonly output: number
}

/**
 * A dense product in register tiles. Cycles = vector multiply-adds of whole tiles ÷ sustained rate + tiles × the cycles
 * around one. A single row (a fully connected layer, a squeezed map) has nothing to reuse its weights for and loads a vector
 * of weights for every multiply-add: one a cycle, or as DRAM delivers them. `reduction` is how many times fewer multiply-adds
 * the kernel needs than the definition (Winograd): non-zero and issued operations are those of the transformed product.
 */
const product = (p: Product, rates: CoreRates, kernel: string, reduction = 1, slowdown = 1): OperatorCost => {
  const { library } = rates
  const single = p.pixels === 1
  const tilePixels = single ? 1 : library.tilePixels
  const vectors =
    (p.count * upTo(p.pixels, tilePixels) * upTo(p.channels, library.tileChannels) * p.depth) / lanes
  const tiles = p.count * Math.ceil(p.pixels / tilePixels) * Math.ceil(p.channels / library.tileChannels)
  const macs = p.count * p.pixels * p.channels * p.depth
  const multiplied = vectors / reduction
  const issued = multiplied * lanes
  const sustained = slowdown * multiplied * (single ? Math.max(1, rates.gemmCycles) : rates.gemmCycles)
  const busy = Math.min(multiplied / rates.fma, sustained)
  const around = tiles * library.tileCycles * rates.work
  const activations = missing(p.input, p.output, rates)
  const dram = single
    ? Math.max(0, p.weightBytes / rates.dram - sustained)
    : waited(p.weightBytes, activations, rates)
  return {
    kernel,
    account: {
      ...nothingSpent,
      busy,
      "stall.kernel": sustained - busy + around,
      "stall.dram": dram,
      "stall.operator": library.operatorCycles,
    },
    operations: { denseEquivalent: macs, nonZero: macs / reduction, issued },
    l1Read: (issued / library.tilePixels + issued / library.tileChannels) * floatBytes,
    l1Written: p.output,
    ...cacheReads(p.weightBytes + p.input, p.weightBytes, p.input, p.output, rates),
    weightsRead: p.weightBytes,
    ...activations,
    weightBytes: p.weightBytes,
    inputBytes: p.input,
    outputBytes: p.output,
    pointwise: 0,
  }
}

/** A depthwise convolution: four outputs at a time, tap by tap. */
const depthwise = (op: Conv2d, rates: CoreRates): OperatorCost => {
  const { library } = rates
  const outputs = op.batch * convOutHeight(op) * convOutWidth(op) * op.outChannels
  const taps = op.kernelHeight * op.kernelWidth * (op.inChannels / op.groups)
  const vectors = Math.ceil(outputs / lanes)
  const busy = (vectors * taps) / rates.fma
  const cycles = vectors * (taps * library.tapCycles + library.outputCycles) * rates.work
  const input = op.batch * op.inHeight * op.inWidth * op.inChannels * floatBytes
  const output = outputs * floatBytes
  const activations = missing(input, output, rates)
  const weightBytes = weightElements(op) * floatBytes
  return {
    kernel: `depthwise ${op.kernelHeight}×${op.kernelWidth}`,
    account: {
      ...nothingSpent,
      busy: Math.min(busy, cycles),
      "stall.kernel": Math.max(0, cycles - busy),
      "stall.dram": waited(0, activations, rates),
      "stall.operator": library.operatorCycles,
    },
    operations: { denseEquivalent: outputs * taps, nonZero: outputs * taps, issued: vectors * lanes * taps },
    l1Read: 2 * vectors * lanes * taps * floatBytes,
    l1Written: output,
    ...cacheReads(input + weightBytes, weightBytes, input, output, rates),
    weightsRead: weightBytes,
    ...activations,
    weightBytes,
    inputBytes: input,
    outputBytes: output,
    pointwise: 0,
  }
}

/** Functions that ride on the operator before them at no cost: a clamp, and a scale that is folded into the weights. */
const folded: ReadonlySet<VectorOp["function"]> = new Set(["relu", "batchnorm"])
const exponential: ReadonlySet<VectorOp["function"]> = new Set(["silu", "sigmoid", "gelu", "softmax"])
/** Steps of four operations each that a function takes beside one. */
const steps: Partial<Record<VectorOp["function"], number>> = { hardswish: 2, layernorm: 2, rmsnorm: 2 }

const pointwise = (op: VectorOp, rates: CoreRates): OperatorCost | undefined => {
  if (folded.has(op.function)) return undefined
  const { library } = rates
  const cycles = exponential.has(op.function)
    ? library.sigmoidCycles
    : library.pointwiseCycles * (steps[op.function] ?? 1)
  const [input, output] = [op.inputElements * floatBytes, op.outputElements * floatBytes]
  const activations = missing(input, output, rates)
  return {
    kernel: op.function,
    account: {
      ...nothingSpent,
      "stall.pointwise": (op.inputElements / lanes) * cycles * rates.work,
      "stall.dram": waited(0, activations, rates),
      "stall.operator": library.operatorCycles,
    },
    l1Read: input,
    l1Written: output,
    ...cacheReads(input, 0, input, output, rates),
    weightsRead: 0,
    ...activations,
    weightBytes: op.parameters * floatBytes,
    inputBytes: input,
    outputBytes: output,
    pointwise: op.inputElements * (steps[op.function] ?? 1),
  }
}

/** A dense convolution; `kept` is the share of its groups of weights that are not left out. */
const denseConv = (op: Conv2d, rates: CoreRates, kept = 1): OperatorCost => {
  const { library } = rates
  const pixels = op.batch * convOutHeight(op) * convOutWidth(op)
  const taps = op.kernelHeight * op.kernelWidth
  const shape: Product = {
    pixels,
    channels: op.outChannels / op.groups,
    depth: (op.inChannels / op.groups) * taps * kept,
    count: op.groups,
    weightBytes: weightElements(op) * floatBytes * kept,
    input: op.batch * op.inHeight * op.inWidth * op.inChannels * floatBytes,
    output: pixels * op.outChannels * floatBytes,
  }
  const tile = `${library.tilePixels}×${library.tileChannels}`
  if (op.inChannels <= imageChannels) {
    return product(shape, rates, `first convolution ${tile}`, 1, library.firstConv)
  }
  const unit = op.strideHeight === 1 && op.dilationHeight === 1
  if (taps === 9 && op.kernelHeight === 3 && unit && library.winograd !== undefined) {
    return product(shape, rates, "Winograd 3×3", library.winograd)
  }
  return product(shape, rates, `${taps === 1 ? "GEMM" : "indirect GEMM"} ${tile}`)
}

/** Sparse weights of a fully connected layer are read with an index each. */
const linear = (op: Linear, zeros: number, rates: CoreRates): OperatorCost =>
  product(
    {
      pixels: op.rows,
      channels: op.outFeatures,
      depth: Math.ceil(op.inFeatures * (1 - zeros)),
      count: 1,
      weightBytes: weightElements(op) * floatBytes * (zeros === 0 ? 1 : 2 * (1 - zeros)),
      input: op.rows * op.inFeatures * floatBytes,
      output: op.rows * op.outFeatures * floatBytes,
    },
    rates,
    op.rows === 1 ? "matrix-vector" : `GEMM ${rates.library.tilePixels}×${rates.library.tileChannels}`,
  )

const matmul = (op: MatMul, rates: CoreRates): OperatorCost =>
  product(
    {
      pixels: op.m,
      channels: op.n,
      depth: op.k,
      count: op.count,
      weightBytes: 0,
      input: op.count * (op.m + op.n) * op.k * floatBytes,
      output: op.count * op.m * op.n * floatBytes,
    },
    rates,
    `GEMM ${rates.library.tilePixels}×${rates.library.tileChannels}`,
  )

/**
 * A dense kernel that leaves out groups of zeros; kept groups cost `keptSlowdown` times their share, and an index each. Groups
 * are whole: those at the edge of a matrix that is no multiple of them are padded.
 */
const groupConv = (op: Conv2d, zeros: number, rates: CoreRates, groups: GroupConstants): OperatorCost => {
  const taps = op.kernelHeight * op.kernelWidth
  const { outputs, inputs } = taps === 1 ? groups.pointwise : groups.spatial
  const depth = op.inChannels * taps
  const all = Math.ceil(op.outChannels / outputs) * Math.ceil(depth / inputs)
  const kept = Math.round(all * (1 - zeros))
  const share = Math.min(1, (kept * outputs * inputs) / (op.outChannels * depth))
  const slowed = { ...rates, gemmCycles: rates.gemmCycles * groups.keptSlowdown }
  const cost = denseConv(op, slowed, share)
  const { operations } = cost
  if (operations === undefined || share === 0) return cost
  const indices = kept * floatBytes
  return {
    ...cost,
    kernel: `group-sparse ${cost.kernel}`,
    weightBytes: cost.weightBytes + indices,
    weightsRead: cost.weightsRead + indices,
    operations: { ...operations, denseEquivalent: operations.nonZero / share },
  }
}

/** The sparse kernel of a layer where it has sparse weights and the library takes them; undefined where it runs dense. */
const sparseCost = (
  op: Conv2d,
  sparsity: WeightSparsity | undefined,
  rates: CoreRates,
): OperatorCost | undefined => {
  if (sparsity === undefined || sparsity.zeros === 0) return undefined
  const { sparse, groups } = rates.library
  if (groups !== undefined) return op.groups === 1 ? groupConv(op, sparsity.zeros, rates, groups) : undefined
  if (sparse === undefined || sparsity.zeros < sparse.threshold) return undefined
  return sparseConv(op, sparsity, rates, sparse)
}

/** Undefined for what is folded into the operator before it. */
export const operatorCost = (
  { op }: Layer,
  sparsity: WeightSparsity | undefined,
  rates: CoreRates,
): OperatorCost | undefined => {
  switch (op.kind) {
    case "vector":
      return pointwise(op, rates)
    case "linear":
      return linear(op, rates.library.sparse === undefined ? 0 : (sparsity?.zeros ?? 0), rates)
    case "matmul":
      return matmul(op, rates)
    case "conv2d":
      if (op.groups > 1 && op.groups === op.inChannels) return depthwise(op, rates)
      return sparseCost(op, sparsity, rates) ?? denseConv(op, rates)
  }
}
