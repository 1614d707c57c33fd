/** The software kernels by the names of their libraries: from a product and a sparsity to a time. */
import { UnsupportedError } from "../../../arch/errors.ts"
import {
  gpuKernelLibraryOfKind,
  type KernelConstants,
  kernelConstants,
} from "../../../arch/gpu-kernel-catalogue.ts"
import type { GpuKernelKind } from "../../../arch/gpu-kernel-library.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import { blockSparseTime } from "./block-sparse.ts"
import type { KernelTime } from "./kernel-time.ts"
import { denseGemmExTime, twoFourGemmTime } from "./library-gemm.ts"
import { nmSparseTime } from "./nm-sparse.ts"
import { nmSpmmTime } from "./nm-spmm.ts"
import { rowSplitTime } from "./row-split.ts"
import { sgemmTime } from "./sgemm.ts"
import { keptShare, type SoftwareProduct, type SoftwareSparsity } from "./software-product.ts"
import { type ColumnLocation, vnmTime } from "./vnm.ts"
import { weightOnlyTime } from "./weight-only.ts"

/** A kernel of a library; constants are those of the machine's architecture in `arch/gpu-kernels/`. */
export interface SoftwareKernel<K extends GpuKernelKind> {
  /** Id of the file in `arch/gpu-kernels/`. */
  readonly library: string
  readonly kind: K
  readonly dtype: "fp16" | "fp32"
  readonly time: (machine: GpuMachine, constants: KernelConstants<K>, product: SoftwareProduct) => KernelTime
}

export type AnySoftwareKernel = { readonly [K in GpuKernelKind]: SoftwareKernel<K> }[GpuKernelKind]

const wrongSparsity = (kernel: string, wanted: string, found: SoftwareSparsity): never => {
  throw new UnsupportedError({
    message: `${kernel} runs ${wanted}, not ${found.kind === "n:m" ? `${found.n}:${found.m}` : found.kind}`,
    remedy: `Give it ${wanted}, or take another kernel.`,
  })
}

type NmSparsity = Extract<SoftwareSparsity, { readonly kind: "n:m" }>

const nmOf = (kernel: string, { sparsity }: SoftwareProduct): NmSparsity =>
  sparsity.kind === "n:m" ? sparsity : wrongSparsity(kernel, "N:M", sparsity)

const densityOf = (kernel: string, { sparsity }: SoftwareProduct): number =>
  sparsity.kind === "unstructured"
    ? sparsity.density
    : wrongSparsity(kernel, "unstructured sparsity", sparsity)

/** @throws UnsupportedError unless the product is dense */
const requireDense = (kernel: string, { sparsity }: SoftwareProduct): void => {
  if (keptShare(sparsity) !== 1) wrongSparsity(kernel, "dense weights", sparsity)
}

/** @throws UnsupportedError unless the pattern is 2:4 */
const requireTwoFour = (kernel: string, product: SoftwareProduct): void => {
  const { n, m } = nmOf(kernel, product)
  if (n !== 2 || m !== 4) wrongSparsity(kernel, "2:4", product.sparsity)
}

const spatha = (columnLocation: ColumnLocation): SoftwareKernel<"vnm"> => ({
  library: "spatha",
  kind: "vnm",
  dtype: "fp16",
  time: (machine, constants, product) => {
    const pattern = nmOf("Spatha", product)
    if (pattern.n !== 2 || pattern.m < 4)
      wrongSparsity("Spatha", "2:M with M of at least 4", product.sparsity)
    return vnmTime(machine, constants, product, pattern, columnLocation, product.tile)
  },
})

const marlin = (format: "int4" | "int4 2:4"): SoftwareKernel<"weight-only"> => ({
  library: "marlin",
  kind: "weight-only",
  dtype: "fp16",
  time: (machine, constants, product) => {
    if (format === "int4 2:4") requireTwoFour("Sparse-Marlin", product)
    else requireDense("Marlin", product)
    return weightOnlyTime(machine, constants, product, format)
  },
})

/** By the name that validation cases and the command line use. */
export const softwareKernels = {
  "Spatha V:N:M SpMM": spatha("staged"),
  "Spatha without column-loc (ablation)": spatha("not staged"),
  "cuBLAS GemmEx": {
    library: "cublas-gemmex",
    kind: "tensor-tile",
    dtype: "fp16",
    time: (machine, constants, product) => {
      requireDense("cuBLAS GemmEx", product)
      return denseGemmExTime(machine, constants, product)
    },
  },
  "cuSPARSELt GEMM": {
    library: "cusparselt-0.3",
    kind: "tensor-tile",
    dtype: "fp16",
    time: (machine, constants, product) => {
      requireTwoFour("cuSPARSELt", product)
      return twoFourGemmTime(machine, constants, product)
    },
  },
  "cuBLAS SGEMM": {
    library: "cublas-sgemm",
    kind: "simt-tile",
    dtype: "fp32",
    time: (machine, constants, product) => {
      requireDense("cuBLAS SGEMM", product)
      return sgemmTime(machine, constants, product)
    },
  },
  "NM-SpMM": {
    library: "nm-spmm",
    kind: "simt-tile",
    dtype: "fp32",
    time: (machine, constants, product) => nmSpmmTime(machine, constants, product, nmOf("NM-SpMM", product)),
  },
  nmSPARSE: {
    library: "nm-sparse",
    kind: "simt-tile",
    dtype: "fp32",
    time: (machine, constants, product) =>
      nmSparseTime(machine, constants, product, nmOf("nmSPARSE", product)),
  },
  Sputnik: {
    library: "sputnik",
    kind: "row-split",
    dtype: "fp32",
    time: (machine, constants, product) =>
      rowSplitTime(machine, constants, product, densityOf("Sputnik", product)),
  },
  pytorch_block_sparse: {
    library: "block-sparse",
    kind: "block-sparse",
    dtype: "fp16",
    time: (machine, { slowdown }, product) => {
      const { baseline } = gpuKernelLibraryOfKind("block-sparse", "block-sparse")
      const dense = kernelConstants(baseline, "tensor-tile", machine.architecture)
      return blockSparseTime(machine, dense, slowdown, product, keptShare(product.sparsity))
    },
  },
  Marlin: marlin("int4"),
  "Sparse-Marlin": marlin("int4 2:4"),
} as const satisfies Readonly<Record<string, AnySoftwareKernel>>

export type SoftwareKernelName = keyof typeof softwareKernels

export const isSoftwareKernel = (name: string): name is SoftwareKernelName =>
  Object.hasOwn(softwareKernels, name)

/** A kernel by its name. @throws UnsupportedError with the nearest known name */
export const softwareKernel = (name: string): AnySoftwareKernel => {
  if (isSoftwareKernel(name)) return softwareKernels[name]
  throw new UnsupportedError({
    message: `no software kernel is called "${name}"`,
    remedy: didYouMean(name, Object.keys(softwareKernels)),
  })
}

const timeOf = <K extends GpuKernelKind>(
  kernel: SoftwareKernel<K>,
  machine: GpuMachine,
  product: SoftwareProduct,
): KernelTime =>
  kernel.time(machine, kernelConstants(kernel.library, kernel.kind, machine.architecture), product)

/**
 * Time and breakdown of a product on a board.
 *
 * @throws UnsupportedError for an unknown kernel, a sparsity that the kernel cannot run, or an architecture without constants
 */
export const softwareKernelTime = (machine: GpuMachine, name: string, product: SoftwareProduct): KernelTime =>
  timeOf(softwareKernel(name) as SoftwareKernel<GpuKernelKind>, machine, product)
