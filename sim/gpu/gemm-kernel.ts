/** A GEMM kernel of cuBLASLt or cuSPARSELt as a launch: where its time goes, what it moves. */
import { operandBytes, type GpuGemm } from "./gemm/gemm-request.ts"
import type { GemmBoard } from "./gemm/gemm-board.ts"
import type { GemmTime } from "./gemm/gemm-time.ts"
import type { KernelTime, Resource } from "./gemm/kernel-time.ts"
import type { KernelCost } from "./kernel-cost.ts"

/** Each operand fragment is read from shared memory by two warps: blocks of 2 × 2 warps or wider. Assumed. */
const sharedReads = 2

const libraryName = { cublaslt: "cuBLASLt", cusparselt: "cuSPARSELt 2:4" } as const

const nameOf = ({ library }: GpuGemm, { tile, split }: KernelTime): string =>
  `${libraryName[library]}, tile ${tile.m}×${tile.n}${split === 1 ? "" : `, split-K ${split}`}`

/** The resource other than the tensor cores that asks for most time. */
const slowestFeed = (resources: Readonly<Record<Resource, number>>): string => {
  const { ingress, l2, dram } = resources
  const most = Math.max(ingress, l2, dram)
  if (most === dram) return "dram"
  return most === l2 ? "l2" : "ingress"
}

/** Share of kept weights that are not zero, 1 unless real weights say otherwise. */
export const gemmKernel = (
  gemm: GpuGemm,
  board: GemmBoard,
  { best, second }: GemmTime,
  nonZeroShare: number,
): KernelCost => {
  const kept = gemm.sparsity === "dense" ? 1 : 0.5
  const count = gemm.context?.batch ?? 1
  const dense = count * gemm.m * gemm.n * gemm.k
  const peak = board.sms * board.tensor[gemm.dtype] * (gemm.sparsity === "dense" ? 1 : board.sparseMultiplier)
  // From perfect use of all SMs at full clock to what the kernel takes; every step adds a cause of its own.
  const ideal = dense / (peak * best.fullClock)
  const padded = best.issuedMacs / (peak * best.fullClock)
  const quantised = best.busiestSmMacs / ((peak / board.sms) * best.fullClock)
  const issued = best.tensorCycles / best.fullClock
  const { tensor } = best.resources
  const account = {
    busy: ideal,
    "stall.padding": padded - ideal,
    "stall.wave-tail": quantised - padded,
    "stall.issue": issued - quantised,
    "stall.clock": tensor - issued,
    [`stall.${slowestFeed(best.resources)}`]: best.mainLoop - tensor,
    "stall.fill-drain": best.fill,
    "stall.epilogue": best.epilogue,
    "stall.split-k": best.reduction,
    "stall.launch": best.launch + best.launchWait,
  }
  const bytes = operandBytes(gemm)
  const output = Math.round(count * gemm.m * gemm.n * bytes.output)
  const { dram } = best
  const read = Math.round(dram.activationBytes) + Math.round(dram.weightBytes)
  const written = Math.round(dram.outputBytes)
  const macs = dense * kept
  return {
    kernel: nameOf(gemm, best),
    seconds: best.time,
    account,
    l2Busy: best.resources.l2,
    dramBusy: best.resources.dram,
    bound: best.bound === "tensor" ? "compute" : best.bound,
    operations: {
      denseEquivalent: dense,
      nonZero: macs,
      useful: Math.round(macs * nonZeroShare),
      issued: Math.round(best.issuedMacs * kept),
    },
    counts: {
      "mac/compute": macs,
      "mac/gated": Math.round(best.issuedMacs * kept) - macs,
      "shared/write": Math.round(best.l2Bytes),
      "shared/read": Math.round(best.l2Bytes * sharedReads),
      "l2/read": Math.round(best.l2Bytes + best.partialSumBytes / 2),
      "l2/write": Math.round(output + best.partialSumBytes / 2),
      "traffic.activation/read": Math.round(dram.activationBytes),
      "traffic.weight/read": Math.round(dram.weightBytes),
      "traffic.activation/write": written,
      "dram/read": read,
      "dram/write": written,
    },
    grid: { blocks: best.grid.ctas, slots: board.sms * best.occupancy, waves: best.grid.waves },
    ...(second === undefined ? {} : { runnerUp: { kernel: nameOf(gemm, second), seconds: second.time } }),
  }
}
