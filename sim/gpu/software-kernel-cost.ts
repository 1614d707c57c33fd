/** A software sparse kernel as a launch: where its time goes, what it moves. */
import { fullClock } from "./full-clock.ts"
import type { GpuMachine } from "../../arch/machine.ts"
import type { KernelCost } from "./kernel-cost.ts"
import type { KernelTime } from "./software/kernel-time.ts"
import type { SoftwareProduct } from "./software/software-product.ts"

const halfBytes = 2

/**
 * The launch of an fp16 kernel on tensor cores, timed by `softwareKernelTime`: kept multiplications at the dense rate are its
 * work, tiles and idle SMs its padding, and what is left of its time it waits for the resource that asks for most.
 */
export const softwareKernelCost = (
  machine: GpuMachine,
  library: string,
  { m, n }: SoftwareProduct,
  time: KernelTime,
): KernelCost => {
  const { operations, resources, traffic, grid, launch, total } = time
  const peak = machine.family.tensor["fp16"].value * machine.sms.value * fullClock(machine)
  const kernel = total - launch
  const busy = Math.min(operations.kept / peak, kernel)
  const padding = Math.max(0, Math.min(resources.compute, kernel) - busy)
  const feeds = [
    ["ingress", resources.sharedMemory],
    ["l2", resources.l2],
    ["dram", resources.dram],
    ["fill-drain", resources.latency],
  ] as const
  const [slowest] = feeds.toSorted((a, b) => b[1] - a[1])[0]
  const written = Math.min(traffic.dram, halfBytes * m * n)
  return {
    kernel: `${library}, ${grid.name}`,
    seconds: total,
    account: {
      busy,
      "stall.padding": padding,
      [`stall.${slowest}`]: Math.max(0, kernel - busy - padding),
      "stall.launch": launch,
    },
    l2Busy: resources.l2,
    dramBusy: resources.dram,
    bound: time.bound === "sharedMemory" ? "ingress" : time.bound === "latency" ? "fill-drain" : time.bound,
    operations: {
      denseEquivalent: operations.denseEquivalent,
      nonZero: Math.round(operations.kept),
      useful: Math.round(operations.kept),
      issued: Math.round(Math.max(operations.issued, operations.kept)),
    },
    counts: {
      "mac/compute": Math.round(operations.kept),
      "mac/gated": Math.max(0, Math.round(operations.issued) - Math.round(operations.kept)),
      "shared/read": Math.round(traffic.sharedMemory),
      "l2/read": Math.round(traffic.l2),
      "l2/write": halfBytes * m * n,
      // Activations and weights are read together; the kernel's model does not tell them apart.
      "traffic.operands/read": Math.round(traffic.dram) - Math.round(written),
      "traffic.activation/write": Math.round(written),
      "dram/read": Math.round(traffic.dram) - Math.round(written),
      "dram/write": Math.round(written),
    },
    grid: { blocks: grid.blocks, slots: machine.sms.value * grid.blocksPerSm, waves: grid.rounds },
    ...(time.runnerUp === undefined
      ? {}
      : { runnerUp: { kernel: `${library}, ${time.runnerUp.name}`, seconds: time.runnerUp.total } }),
  }
}
