/** Software sparse kernels of GPUs: V:N:M, vector-wise N:M and unstructured products, and the libraries beside them. */
import type { GpuMachine } from "../../../arch/machine.ts"
import { loadMachine } from "../../../arch/machine-catalogue.ts"
import {
  isSoftwareKernel,
  softwareKernel,
  softwareKernelTime,
} from "../../../sim/gpu/software/software-kernel.ts"
import { keptShare, type SoftwareProduct } from "../../../sim/gpu/software/software-product.ts"
import { type Predictor, unsupported } from "../prediction.ts"
import { softwareProductOf } from "../software-product-of.ts"
import { text } from "../workload-fields.ts"

/** A metric's unit, and the value in it of a time in seconds. */
const metrics: ReadonlyMap<
  string,
  { readonly unit: string; readonly of: (seconds: number, macs: number) => number }
> = new Map([
  ["time", { unit: "us", of: (seconds) => seconds * 1e6 }],
  ["dense-equivalent throughput", { unit: "TFLOPS", of: (seconds, macs) => (2 * macs) / seconds / 1e12 }],
])

/** Roofline at the same density: kept multiply-accumulates at peak, or the bytes of the operands. Seconds. */
const roofline = (
  { sms, clock, dram, family }: GpuMachine,
  { m, n, k, sparsity }: SoftwareProduct,
  dtype: "fp16" | "fp32",
): number => {
  const kept = keptShare(sparsity)
  const bytes = dtype === "fp16" ? 2 : 4
  const perSm = dtype === "fp16" ? family.tensor["fp16"].value : family.sm.simtFp32.value
  const moved = bytes * (m * k + k * n * kept + m * n)
  return Math.max((m * n * k * kept) / (perSm * sms.value * clock.value), moved / dram.bandwidth.value)
}

export const predictGpuNmKernel: Predictor = (validationCase) => {
  const library = text(validationCase, "library") ?? ""
  if (text(validationCase, "kind") !== "gemm" || !isSoftwareKernel(library)) return undefined
  const machine = loadMachine(validationCase.machine)
  if (machine.kind !== "gpu") return unsupported(`${library} runs on GPUs, and ${machine.id} is none`)
  const metric = metrics.get(validationCase.metric)
  if (metric === undefined || metric.unit !== validationCase.unit) {
    return unsupported(
      `${validationCase.metric} in ${validationCase.unit}: expected ${[...metrics].map(([name, { unit }]) => `${name} in ${unit}`).join(" or ")}`,
    )
  }
  const product = softwareProductOf(validationCase)
  if ("reason" in product) return product
  const macs = product.m * product.n * product.k
  const { total, bound } = softwareKernelTime(machine, library, product)
  return {
    kind: "prediction",
    predicted: metric.of(total, macs),
    baseline: metric.of(roofline(machine, product, softwareKernel(library).dtype), macs),
    weakness:
      library === "Sputnik"
        ? "how far rows that run in step keep gathered rows in L1 and L2 varies with the mask, which is not known"
        : `the model says ${bound} binds; small products leave rounds of thread blocks that start and end apart`,
    group: `kernel ${library} on ${machine.id}`,
    ...(metric.unit === "us" ? { rank: { within: `${library} ${machine.id}`, work: macs } } : {}),
  }
}
