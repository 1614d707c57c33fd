/** Block-sparse fp16 products in the style of pytorch_block_sparse: a dense kernel that skips whole blocks of k. */
import type { GpuMachine } from "../../../arch/machine.ts"
import type { KernelTime } from "./kernel-time.ts"
import { denseGemmExTime } from "./library-gemm.ts"
import type { ProductShape } from "./product-shape.ts"
import type { TensorConstants } from "./tensor-tile.ts"

/** Rows of k in a block of the library. */
const blockDepth = 32

/**
 * Time with a share `density` of the weight's blocks kept, spread evenly over rows and columns of blocks: the dense kernel on
 * the kept blocks, each multiply-accumulate `slowdown` times slower. At a density above 1 / slowdown dense is faster.
 */
export const blockSparseTime = (
  machine: GpuMachine,
  dense: TensorConstants,
  slowdown: number,
  shape: ProductShape,
  density: number,
): KernelTime => {
  const kept = Math.ceil((shape.k * density) / blockDepth) * blockDepth
  const time = denseGemmExTime(
    machine,
    { ...dense, efficiency: dense.efficiency / slowdown },
    { ...shape, k: kept },
  )
  return {
    ...time,
    operations: { ...time.operations, denseEquivalent: shape.m * shape.n * shape.k },
  }
}
