/** The ceilings of a GPU's roofline. */
import type { GpuMachine } from "../../arch/machine.ts"
import { worstStatus } from "../../arch/worst-status.ts"
import type { Roof } from "../trace/manifest.ts"
import type { GpuFormat } from "./gemm/gemm-request.ts"
import { fullClock } from "./full-clock.ts"

/**
 * L2 to the SMs: what streaming microbenchmarks read, or what GEMM kernels were seen to draw where that is more. A ceiling
 * is no lower than anything observed below it.
 */
const l2RoofOf = ({ sms, family, l2 }: GpuMachine): Pick<Roof, "perCycle" | "status" | "source"> => {
  const stream = l2.bandwidth?.value ?? family.l2BandwidthPerSm.value * sms.value
  const drawn = family.gemm.l2PerSm.value * sms.value
  if (drawn > stream) {
    return {
      perCycle: drawn,
      status: worstStatus(family.gemm.l2PerSm.status, sms.status),
      source: `family.gemm.l2PerSm × sms: ${family.gemm.l2PerSm.source}`,
    }
  }
  return {
    perCycle: stream,
    status: worstStatus(l2.bandwidth?.status ?? family.l2BandwidthPerSm.status, sms.status),
    source:
      l2.bandwidth === undefined ? "family.l2BandwidthPerSm × sms" : `l2.bandwidth: ${l2.bandwidth.source}`,
  }
}

/** What sparse tensor cores skip of a pattern. */
export interface SparsePeak {
  /** As people write it. */
  readonly pattern: string
  /** Dense-equivalent peak over that of 2:4: 1, and M/4 for V:N:M, which gathers 4 of M columns first. */
  readonly beyondHalf: number
}

/** Dense and sparse tensor peaks of a format, shared memory, L2 and DRAM, in units per cycle of the clock below the power limit. */
export const gpuRoofs = (
  machine: GpuMachine,
  format: GpuFormat,
  sparse: SparsePeak | undefined,
): readonly Roof[] => {
  const clock = fullClock(machine)
  const { sms, family, dram } = machine
  const rate = family.tensor[format]
  const peak = sms.value * rate.value
  const l2Roof = l2RoofOf(machine)
  const statusOf = worstStatus(sms.status, rate.status)
  return [
    {
      id: "peak-dense",
      name: `${format} dense peak`,
      kind: "compute",
      perCycle: peak,
      counters: [],
      convention: "issued",
      status: statusOf,
      source: `sms × family.tensor.${format} = ${sms.value} × ${rate.value} MAC/cycle`,
    },
    ...(sparse !== undefined && family.sparseMultiplier.value > 1
      ? [
          {
            id: "peak-sparse",
            name: `${format} ${sparse.pattern} peak`,
            kind: "compute" as const,
            perCycle: peak * family.sparseMultiplier.value * sparse.beyondHalf,
            counters: [],
            convention: "dense-equivalent" as const,
            status: worstStatus(statusOf, family.sparseMultiplier.status),
            source: `dense peak × family.sparseMultiplier${sparse.beyondHalf === 1 ? "" : ` × ${sparse.beyondHalf}`} = ${peak * family.sparseMultiplier.value * sparse.beyondHalf} dense-equivalent MAC/cycle`,
          },
        ]
      : []),
    {
      id: "shared",
      name: "shared memory",
      kind: "memory",
      perCycle: 2 * sms.value * family.sm.sharedMemoryBandwidth.value,
      counters: ["shared.read", "shared.write"],
      status: worstStatus(sms.status, family.sm.sharedMemoryBandwidth.status),
      source: "sms × family.sm.sharedMemoryBandwidth, in and out",
    },
    {
      id: "l2",
      name: "L2",
      kind: "memory",
      counters: ["l2.read"],
      ...l2Roof,
    },
    {
      id: "dram",
      name: "DRAM",
      kind: "memory",
      perCycle: dram.bandwidth.value / clock,
      counters: ["dram.read", "dram.write"],
      status: worstStatus(dram.bandwidth.status, machine.clock.status),
      source: "dram.bandwidth ÷ clock",
    },
  ]
}
