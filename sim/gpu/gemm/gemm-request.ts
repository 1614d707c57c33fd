/** What a GEMM time is asked for: C = A·B with `m` tokens and an `n` × `k` weight, the operand that 2:4 compresses. */

export type GemmSparsity = "dense" | "2:4"

export const gpuFormats = ["fp16", "bf16", "fp8", "int8"] as const
/** Operand formats of the libraries' GEMMs. */
export type GpuFormat = (typeof gpuFormats)[number]

export const isGpuFormat = (name: string): name is GpuFormat =>
  (gpuFormats as readonly string[]).includes(name)

/** What surrounds a product inside a network. Without it, the same product runs again and again, as in a benchmark. */
export interface GemmContext {
  /** Products of this shape in one launch. */
  readonly batch: number
  /** Distinct bytes behind the activations of all of them: a convolution's input map rather than its im2col matrix. */
  readonly activationBytes: number
  /** Shares of each operand that L2 still holds, and of the output that it keeps for the next kernel; 0 to 1. */
  readonly resident: { readonly activation: number; readonly weight: number; readonly output: number }
}

export interface GpuGemm {
  /** Rows of the activations, tokens. */
  readonly m: number
  /** Rows of the weight, output features. */
  readonly n: number
  /** Length of the reduction, counted on the uncompressed weight. */
  readonly k: number
  readonly dtype: GpuFormat
  readonly outDtype: "fp16" | "bf16" | "fp8" | "int8" | "fp32" | "int32"
  readonly sparsity: GemmSparsity
  /** Selects the kernel catalogue. */
  readonly library: "cublaslt" | "cusparselt"
  readonly context?: GemmContext
}

const bytesOf = { fp16: 2, bf16: 2, fp8: 1, int8: 1, fp32: 4, int32: 4 } as const

export interface OperandBytes {
  /** Bytes of one activation, one weight position (of the uncompressed weight) and one output. */
  readonly activation: number
  /** Kept values only, metadata apart. */
  readonly weightValues: number
  readonly metadata: number
  readonly output: number
}

/**
 * Bytes for each element. 2:4 keeps two of four values and two bits of position for each, so four positions of a 16-bit
 * weight take 4 B + 4 bit (1.125 B a position) and of an 8-bit weight 2 B + 4 bit (0.625 B). PTX ISA, mma.sp metadata.
 */
export const operandBytes = ({ dtype, outDtype, sparsity }: GpuGemm): OperandBytes => {
  const element = bytesOf[dtype]
  return {
    activation: element,
    weightValues: sparsity === "dense" ? element : element / 2,
    metadata: sparsity === "dense" ? 0 : 0.125,
    output: bytesOf[outDtype],
  }
}
