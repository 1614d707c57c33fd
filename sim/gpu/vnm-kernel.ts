/** V:N:M on the 2:4 tensor cores of a board, as the library Spatha runs it. */
import { hasKernelConstants } from "../../arch/gpu-kernel-catalogue.ts"
import type { GpuMachine } from "../../arch/machine.ts"
import type { GpuFormat } from "./gemm/gemm-request.ts"
import type { SoftwareKernel } from "./plan-gpu.ts"
import { softwareKernelCost } from "./software-kernel-cost.ts"
import { softwareKernelTime } from "./software/software-kernel.ts"

/** The library that runs V:N:M on 2:4 tensor cores. */
const vnmLibrary = { id: "spatha", kernel: "Spatha V:N:M SpMM" } as const

/**
 * The V:N:M kernel of a product, whose weight is its first operand; undefined where the pattern is another, or nothing was
 * measured of the library on the board's architecture.
 */
export const vnmKernel =
  (machine: GpuMachine, format: GpuFormat): SoftwareKernel =>
  ({ gemm, count, sparsity }) => {
    const pattern = sparsity?.pattern
    if (pattern === undefined || !("kind" in pattern) || pattern.kind !== "vector" || pattern.n !== 2)
      return undefined
    if (count > 1 || format !== "fp16" || sparsity?.operand !== "b") return undefined
    if (!hasKernelConstants(vnmLibrary.id, machine.architecture)) return undefined
    const product = {
      m: gemm.n,
      n: gemm.m,
      k: gemm.k,
      sparsity: { kind: "n:m", n: pattern.n, m: pattern.m } as const,
    }
    const time = softwareKernelTime(machine, vnmLibrary.kernel, product)
    return softwareKernelCost(machine, vnmLibrary.kernel, product, time)
  }
