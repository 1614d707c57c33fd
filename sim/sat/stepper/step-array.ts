/**
 * Register-level stepper of SAT's sparse tensor computing engine: one tile, cycle by cycle, on real data. It exists to
 * check the closed forms (`array-timing.ts`, `buffer-accesses.ts`, `pe-busy.ts`), which must agree with it exactly, and to
 * show what a small array does.
 *
 * The paper's microarchitecture (Fang et al., arXiv 2309.13015) is not readable beyond its roles: unified sparse processing
 * elements, a systolic interconnect that switches between output and weight stationary, interleave mapping. Everything
 * below is an assumption of ours:
 *
 * 1. A processing element multiplies one kept value a cycle ("temporal" N:M: a group takes N cycles). Its selector picks
 *    the dense operand's element by the position stored with the value.
 * 2. Dense groups move whole: links of that operand are M words wide. Buffers deliver M/N of its words a cycle on average;
 *    registers at the edge gather a group while the one before is in use, the tile's first one ahead of its start.
 * 3. The multiplier has P − L stages, the adder L stages; products are rounded before they are added. Both take new
 *    operands every cycle.
 * 4. Neighbours are one cycle apart for operands. Partial sums move down a column through the adders, L cycles a row.
 * 5. The controller runs a fold as if it filled the array, and starts the next when the far corner is done: no overlap of
 *    drain, stationary load and fill.
 * 6. Output-stationary sums leave on a link down their column while others still compute, up to `interleave` words a
 *    cycle; sums to continue come in the same way. Without interleaving rows finish one a cycle, so one word suffices.
 * 7. A group of interleaved folds keeps a group register and a sum for every fold in every processing element.
 */
import { ConfigError, WorkloadError } from "../../../arch/errors.ts"
import type { Dataflow } from "../../../arch/array-machine.ts"
import type { Gemm, ReductionSparsity } from "../../../dataflows/gemm.ts"
import { type FoldRange, foldsInOrder } from "../../../dataflows/loop-nest.ts"
import { isDense } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { ArrayShape } from "../array-timing.ts"
import { MAX_INTERLEAVE } from "./control-token.ts"
import { groupedLines, keptLines } from "./operand-lines.ts"
import { OperandStationaryArray } from "./operand-stationary.ts"
import { OutputStationaryArray } from "./output-stationary.ts"
import { gridOf, PipelineRegisters } from "./pipeline-registers.ts"
import { reductionGroups } from "./reduction-groups.ts"
import { newTally, resultOf, type StepperResult } from "./tally.ts"

export interface StepperInput {
  readonly gemm: Gemm
  /** A, m × k and B, k × n, row-major. Elements outside the mask are never read. */
  readonly a: Float32Array | Float64Array
  readonly b: Float32Array | Float64Array
  readonly sparsity?: ReductionSparsity
  /** Of the sparse operand, in its layout: 1 kept, 0 dropped. Needed unless N = M. */
  readonly mask?: Uint8Array
  readonly dataflow: Dataflow
  readonly array: ArrayShape
  /** `float64` is exact for integers below 2^53; `float32` rounds every product and every sum. */
  readonly arithmetic: "float32" | "float64"
  /** Sums of an earlier tile to continue, m × n. */
  readonly partial?: Float64Array
}

const checkInput = ({ gemm: { m, n, k }, a, b, sparsity, mask, array, partial }: StepperInput): void => {
  if (array.accumulateLatency > array.pipelineLatency) {
    throw new ConfigError({
      message: `An accumulate latency of ${array.accumulateLatency} cycles is longer than the whole pipeline of ${array.pipelineLatency}.`,
    })
  }
  if (array.interleave > MAX_INTERLEAVE) {
    throw new ConfigError({ message: `The stepper interleaves up to ${MAX_INTERLEAVE} outputs.` })
  }
  if (a.length !== m * k || b.length !== k * n || (partial !== undefined && partial.length !== m * n)) {
    throw new WorkloadError({ message: `Operands do not have the shapes ${m} × ${k} and ${k} × ${n}.` })
  }
  if (sparsity === undefined || isDense(sparsity.pattern)) return
  if (mask?.length !== (sparsity.operand === "a" ? a : b).length) {
    throw new WorkloadError({ message: "A sparse operand needs a mask of its own shape." })
  }
}

/** Runs one tile. Throws ConfigError for L > P, WorkloadError for operands or masks of another shape or pattern. */
export const stepArray = (input: StepperInput): StepperResult => {
  checkInput(input)
  const { gemm, sparsity, dataflow, array, arithmetic, partial } = input
  const sparse = sparsity !== undefined && !isDense(sparsity.pattern)
  // Without sparsity either operand can play the compressed one: groups have one element.
  const keptOperand = sparse ? sparsity.operand : "b"
  const groups = reductionGroups(gemm.k, sparsity)
  const [groupedMatrix, keptMatrix] = keptOperand === "b" ? [input.a, input.b] : [input.b, input.a]
  const grid = gridOf(array.rows, array.cols)
  const tally = newTally(grid)
  const sums = partial === undefined ? new Float64Array(gemm.m * gemm.n) : partial.slice()
  const shared = {
    grid,
    pipeline: new PipelineRegisters(grid, array.pipelineLatency, array.accumulateLatency),
    float32: arithmetic === "float32",
    grouped: groupedLines(groupedMatrix, keptOperand === "b" ? "a" : "b", gemm),
    kept: keptLines(keptMatrix, sparse ? input.mask : undefined, keptOperand, gemm, groups),
    groups,
    sums,
    resumed: partial !== undefined,
    tally,
  }
  const wholeTile = { ...gemm, order: "mnk" } as const
  const work = sparsity === undefined ? { gemm } : { gemm, sparsity }
  const folds: readonly FoldRange[] = [...foldsInOrder(work, wholeTile, dataflow, array.rows, array.cols)]
  if (dataflow === "os") {
    const engine = new OutputStationaryArray({
      ...shared,
      interleave: array.interleave,
      groupsOnRows: keptOperand === "b",
      n: gemm.n,
    })
    for (let i = 0; i < folds.length; i += array.interleave) engine.run(folds.slice(i, i + array.interleave))
  } else {
    const stationary = dataflow === "ws" ? "b" : "a"
    const engine = new OperandStationaryArray({
      ...shared,
      streamsGroups: keptOperand === stationary,
      streamed: dataflow === "ws" ? gemm.m : gemm.n,
      streamStride: dataflow === "ws" ? gemm.n : 1,
      columnStride: dataflow === "ws" ? 1 : gemm.n,
    })
    for (const fold of folds) engine.run(fold.k, dataflow === "ws" ? fold.n : fold.m)
  }
  return resultOf(sums, tally, grid, keptOperand)
}
