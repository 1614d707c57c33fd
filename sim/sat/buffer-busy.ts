/** Cycles in which the array uses the port of each operand buffer. */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { MappedGemm } from "../../dataflows/gemm.ts"
import type { GemmCost } from "./tile-walk.ts"

export interface BufferBusy {
  readonly ifmap: number
  readonly filter: number
  readonly ofmap: number
}

/**
 * Array-side ports; DRAM fills the other half of a buffer through its own. A streamed operand is read in every cycle in
 * which operands enter the array, a stationary one while it is loaded; the dense operand beside a sparse one is also read
 * while whole groups of it are waited for. With a stationary operand one sum leaves every column in every streaming cycle;
 * output-stationary sums leave by columns after their fold. Where those come faster than that (reductions shorter than the
 * array is high) the port counts as busy throughout: such sums cause no stall in this model.
 */
export const bufferBusy = (
  work: MappedGemm,
  dataflow: Dataflow,
  cost: GemmCost,
  cols: number,
): BufferBusy => {
  const { busy, stationaryLoad, delivery, cycles } = cost
  const dense = work.sparsity === undefined ? undefined : work.sparsity.operand === "a" ? "b" : "a"
  const reads = (operand: "a" | "b", stationary: Dataflow): number =>
    (dataflow === stationary ? stationaryLoad : busy) + (operand === dense ? delivery : 0)
  return {
    ifmap: reads("a", "is"),
    filter: reads("b", "ws"),
    ofmap: dataflow === "os" ? Math.min(cycles, Math.ceil(cost.cWrites / cols)) : busy,
  }
}
