/** The closed fp16 libraries of the CUDA 11.5 to 11.7 era: cuBLAS GemmEx, and cuSPARSELt 0.3 for 2:4. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { fastest, type KernelTime } from "./kernel-time.ts"
import type { ProductShape } from "./product-shape.ts"
import { type TensorConstants, type TensorTile, tensorTileTime } from "./tensor-tile.ts"

const valueBytes = 2
/** 2:4 at 16 bits with 2 bits of metadata a value: 1.125 bytes for every uncompressed weight. */
const compressedBytes = 1.125

const tile = (rows: number, columns: number): TensorTile => ({
  name: `${rows}x${columns}`,
  rows,
  columns,
  blocksPerSm: 1,
})

/** Tiles of CUTLASS' generator from 64 × 64 up; one block an SM, as the steps of measured times over m show. */
const denseCatalogue = [
  tile(256, 128),
  tile(128, 256),
  tile(128, 128),
  tile(256, 64),
  tile(64, 256),
  tile(128, 64),
  tile(64, 128),
  tile(64, 64),
]
/** 768 and 1024 rows of weights take the same time in the cases: the library stays with its largest tiles. */
const sparseCatalogue = [tile(256, 128), tile(128, 256)]

/** Time of a dense product with fp32 accumulation. */
export const denseGemmExTime = (
  machine: GpuMachine,
  constants: TensorConstants,
  { m, n, k }: ProductShape,
): KernelTime =>
  fastest(
    denseCatalogue.map((shape) =>
      tensorTileTime(
        machine,
        constants,
        {
          m,
          n,
          issuedK: k,
          rateMultiplier: 1,
          bytesPerRow: valueBytes * k,
          bytesPerColumn: valueBytes * k,
          operandBytes: valueBytes * (m * k + k * n),
          extraRoundLatency: 0,
          denseEquivalent: m * n * k,
          kept: m * n * k,
        },
        shape,
      ),
    ),
  )

/** Time of a product whose left operand (m × k) is 2:4. */
export const twoFourGemmTime = (
  machine: GpuMachine,
  constants: TensorConstants,
  { m, n, k }: ProductShape,
): KernelTime =>
  fastest(
    sparseCatalogue.map((shape) =>
      tensorTileTime(
        machine,
        constants,
        {
          m,
          n,
          issuedK: k,
          rateMultiplier: machine.family.sparseMultiplier.value,
          bytesPerRow: compressedBytes * k,
          bytesPerColumn: valueBytes * k,
          operandBytes: compressedBytes * m * k + valueBytes * k * n,
          extraRoundLatency: 0,
          denseEquivalent: m * n * k,
          kept: (m * n * k) / 2,
        },
        shape,
      ),
    ),
  )
