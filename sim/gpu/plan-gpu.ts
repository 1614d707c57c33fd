/** A network's forward pass on a GPU, kernel by kernel: what the engine writes down and bands re-evaluate. */
import type { GpuMachine } from "../../arch/machine.ts"
import { hostedStages } from "../../dataflows/fusion.ts"
import type { MappedGemm } from "../../dataflows/gemm.ts"
import type { VectorWork } from "../../dataflows/vector-work.ts"
import type { MappedWork } from "../../dataflows/work.ts"
import { fullClock } from "./full-clock.ts"
import { type GemmBoard, gemmBoard } from "./gemm/gemm-board.ts"
import { type GpuFormat, type GpuGemm } from "./gemm/gemm-request.ts"
import { gemmTime } from "./gemm/gemm-time.ts"
import { kernelFamily } from "./gemm/kernel-families.ts"
import { hitShare } from "./gemm/l2-residency.ts"
import { gemmKernel } from "./gemm-kernel.ts"
import type { KernelCost } from "./kernel-cost.ts"
import { memoryKernel, type MemoryWork, type StreamRates } from "./memory-kernel.ts"
import { eligibility } from "./sparse-eligibility.ts"

/** Bytes of an operand element; outputs are 16-bit whatever the operands, as in an inference network's activations. */
const elementBytes: Readonly<Record<GpuFormat, number>> = { fp16: 2, bf16: 2, fp8: 1, int8: 1 }
const outputFormat: Readonly<Record<GpuFormat, GpuGemm["outDtype"]>> = {
  fp16: "fp16",
  bf16: "bf16",
  fp8: "bf16",
  int8: "bf16",
}

/** How a product that was asked to be sparse ran. */
export type SparseOutcome =
  | { readonly ran: "2:4" | "V:N:M"; readonly dense: number }
  | { readonly ran: "dense"; readonly reason: string }

export interface PlannedKernel {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly cost: KernelCost
  /** Absent for what was not asked to be sparse. */
  readonly sparse?: SparseOutcome
}

/** The board's numbers, worked out once for all kernels. */
export interface GpuModel {
  readonly machine: GpuMachine
  readonly board: GemmBoard
  readonly format: GpuFormat
  readonly stream: StreamRates
  /** The software kernel that a product could run instead of the library's; undefined for products that it cannot. */
  readonly software: SoftwareKernel | undefined
}

export type SoftwareKernel = (work: MappedGemm) => KernelCost | undefined

export const gpuModel = (machine: GpuMachine, format: GpuFormat, software?: SoftwareKernel): GpuModel => {
  const board = gemmBoard(machine)
  const family = kernelFamily(machine, { dtype: format, sparsity: "dense" })
  const { sms, family: architecture, dram } = machine
  return {
    machine,
    board,
    format,
    software,
    stream: {
      clock: fullClock(machine),
      simtPerCycle: sms.value * architecture.sm.simtFp32.value,
      l2: family.l2PerSm * sms.value * fullClock(machine),
      dram: dram.bandwidth.value * architecture.dramEfficiency.value,
      l2Resident: family.l2Resident * board.l2,
      launchGap: family.launchGap,
      launchFloor: family.launchFloor,
    },
  }
}

/** Bytes of weights that one pass over the network reads, densely stored: how far apart two uses of one weight are. */
const weightBytesOf = ({ passes }: MappedWork, bytes: number): number =>
  passes
    .flatMap(({ layers }) => layers)
    .flatMap(({ stages }) => stages)
    .flatMap((stage) => ("gemms" in stage ? stage.gemms : []))
    .reduce((sum, { b }) => sum + (b.role === "weight" ? b.uniqueElements * bytes : 0), 0)

/**
 * The request for a product inside a network: its weights were last used one pass ago, its activations were written by the
 * kernel before, and its output is read by the next one. A convolution's activations are its input map, read once.
 */
const requestOf = (
  { gemm, count, a }: MappedGemm,
  sparsity: GpuGemm["sparsity"],
  model: GpuModel,
  weightBytes: number,
): GpuGemm => {
  const { format, stream } = model
  const bytes = elementBytes[format]
  const near = count * (gemm.m * gemm.n * 2 + gemm.n * gemm.k * bytes) + a.uniqueElements * bytes
  const kept = hitShare(near / stream.l2Resident)
  return {
    ...gemm,
    dtype: format,
    outDtype: outputFormat[format],
    sparsity,
    library: sparsity === "dense" ? "cublaslt" : "cusparselt",
    context: {
      batch: count,
      activationBytes: a.uniqueElements * bytes,
      resident: {
        activation: kept,
        output: kept,
        weight: hitShare((weightBytes + near) / stream.l2Resident),
      },
    },
  }
}

/** Second operands of pointwise functions that ride on a kernel, in bytes. */
const fusedBytes = (fused: readonly VectorWork[], format: GpuFormat): number =>
  fused.reduce((sum, { readElements }) => sum + readElements * elementBytes[format], 0)

const memoryWork = (vector: VectorWork, fused: readonly VectorWork[], format: GpuFormat): MemoryWork => {
  const bytes = elementBytes[format]
  return {
    name: vector.function,
    readBytes: vector.readElements * bytes + fusedBytes(fused, format),
    writtenBytes: vector.writtenElements * bytes,
    adds: [vector, ...fused].reduce((sum, work) => sum + work.laneElements * work.adds, 0),
    muls: [vector, ...fused].reduce((sum, work) => sum + work.laneElements * work.muls, 0),
  }
}

/** A product's kernel with the second operands of what rides on it, which come from DRAM behind the product. */
const withFused = (cost: KernelCost, fused: readonly VectorWork[], model: GpuModel): KernelCost => {
  if (fused.length === 0) return cost
  const bytes = fusedBytes(fused, model.format)
  const seconds = bytes / model.stream.dram
  const { counts } = cost
  return {
    ...cost,
    seconds: cost.seconds + seconds,
    account: { ...cost.account, "stall.epilogue": (cost.account["stall.epilogue"] ?? 0) + seconds },
    dramBusy: cost.dramBusy + seconds,
    counts: {
      ...counts,
      "vector/add": fused.reduce((sum, work) => sum + work.laneElements * work.adds, 0),
      "vector/mul": fused.reduce((sum, work) => sum + work.laneElements * work.muls, 0),
      "traffic.activation/read": (counts["traffic.activation/read"] ?? 0) + bytes,
      "dram/read": counts["dram/read"] + bytes,
    },
  }
}

const tooSmall = (pattern: string): string => `${pattern} would be slower: the product is too small to gain`

/** The kernel of one product: sparse where that is possible and faster. */
const productKernel = (
  work: MappedGemm,
  model: GpuModel,
  weightBytes: number,
): Pick<PlannedKernel, "cost" | "sparse"> => {
  const { board, format } = model
  const timed = (sparsity: GpuGemm["sparsity"]): KernelCost => {
    const request = requestOf(work, sparsity, model, weightBytes)
    const family = kernelFamily(model.machine, request)
    return gemmKernel(request, board, gemmTime(request, board, family), work.nonZeroShare)
  }
  const vnm = model.software?.(work)
  if (vnm !== undefined) {
    const dense = timed("dense")
    return vnm.seconds < dense.seconds
      ? { cost: vnm, sparse: { ran: "V:N:M", dense: dense.seconds } }
      : { cost: dense, sparse: { ran: "dense", reason: tooSmall("V:N:M") } }
  }
  const able = eligibility(work, elementBytes[format], board.sparseMultiplier)
  const dense = timed("dense")
  if (able.runs === "dense") {
    return able.reason === undefined
      ? { cost: dense }
      : { cost: dense, sparse: { ran: "dense", reason: able.reason } }
  }
  const sparse = timed("2:4")
  return sparse.seconds < dense.seconds
    ? { cost: sparse, sparse: { ran: "2:4", dense: dense.seconds } }
    : {
        cost: dense,
        sparse: { ran: "dense", reason: tooSmall("2:4") },
      }
}

/** Every kernel of a mapped inference pass, in order. @throws UnsupportedError for a format that the architecture has not */
export const planGpu = (work: MappedWork, model: GpuModel): readonly PlannedKernel[] => {
  const weightBytes = weightBytesOf(work, elementBytes[model.format])
  return hostedStages(work, "on").flatMap(({ pass, layer, work: stage, fused }): readonly PlannedKernel[] => {
    const place = { pass, layer, stage: stage.stage }
    if ("gemms" in stage) {
      return stage.gemms.map((gemm, i) => {
        const { cost, ...outcome } = productKernel(gemm, model, weightBytes)
        return { ...place, cost: i === 0 ? withFused(cost, fused, model) : cost, ...outcome }
      })
    }
    if (stage.stage !== "vector") return []
    return [{ ...place, cost: memoryKernel(memoryWork(stage.vector, fused, model.format), model.stream) }]
  })
}
