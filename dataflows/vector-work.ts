/**
 * Work of operators that are not products. Pointwise functions ride on the tile that the array has just finished and cost
 * no DRAM traffic beyond a second operand; functions that need a whole row, map or batch first (normalisation, softmax,
 * pooling) read and write memory of their own. That split is an assumption: what the accelerators fuse is not readable.
 */
import type { VectorOp } from "./operator.ts"

export interface VectorWork {
  readonly function: VectorOp["function"]
  /** Elements that pass through the lanes. */
  readonly laneElements: number
  /** Elements between DRAM and the lanes. */
  readonly readElements: number
  readonly writtenElements: number
  /** Additions (comparisons included) and multiplications per lane element. */
  readonly adds: number
  readonly muls: number
}

/** [additions, multiplications] per element: assumed, from the textbook formula of each function. */
const operations: Readonly<Record<VectorOp["function"], readonly [number, number]>> = {
  add: [1, 0],
  mul: [0, 1],
  relu: [1, 0],
  gelu: [3, 4],
  silu: [2, 3],
  sigmoid: [2, 2],
  hardswish: [2, 2],
  softmax: [3, 2],
  batchnorm: [2, 2],
  layernorm: [3, 2],
  rmsnorm: [1, 3],
  maxpool: [1, 0],
  avgpool: [1, 0],
  embedding: [0, 0],
  rope: [1, 2],
  resize: [1, 2],
  other: [1, 1],
}

const pointwise: ReadonlySet<VectorOp["function"]> = new Set([
  "add",
  "mul",
  "relu",
  "gelu",
  "silu",
  "sigmoid",
  "hardswish",
])

/**
 * True for work that can ride on the stage before it: functions of one element at a time. At inference a normalisation by
 * running statistics is one of them; in training it needs the statistics of the batch first.
 */
export const isPointwise = (
  { function: name }: Pick<VectorWork, "function">,
  mode: "training" | "inference",
): boolean => pointwise.has(name) || (mode === "inference" && name === "batchnorm")

/** The same work as part of another stage: its result does not leave the chip, and of its inputs only a second one is read. */
export const asFused = (work: VectorWork): VectorWork => ({
  ...work,
  readElements: pointwise.has(work.function) ? work.readElements : 0,
  writtenElements: 0,
})

/** A pointwise function of one input is fused away; of two, its other operand is read. */
const readsOf = (op: VectorOp): number =>
  pointwise.has(op.function) ? Math.max(0, op.inputElements - op.outputElements) : op.inputElements

/** Forward pass. */
export const vectorForward = (op: VectorOp): VectorWork => ({
  function: op.function,
  laneElements: Math.max(op.inputElements, op.outputElements),
  readElements: readsOf(op),
  writtenElements: pointwise.has(op.function) ? 0 : op.outputElements,
  adds: operations[op.function][0],
  muls: operations[op.function][1],
})

/** Backward pass: the output gradient and the stashed input go in, the input gradient comes out, at twice the arithmetic. */
export const vectorBackward = (op: VectorOp): VectorWork => ({
  function: op.function,
  laneElements: op.inputElements + op.outputElements,
  readElements: pointwise.has(op.function) ? readsOf(op) : op.inputElements + op.outputElements,
  writtenElements: pointwise.has(op.function) ? 0 : op.inputElements,
  adds: operations[op.function][0],
  muls: operations[op.function][1],
})
