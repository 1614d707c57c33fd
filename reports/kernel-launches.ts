/** The kernels that a run on a board launches: how their thread blocks fill it, and what the next best would take. */
import type { Trace } from "../sim/trace/trace.ts"
import { type Aggregate, sumOf, type WorkItem } from "./aggregate.ts"
import { unitNames } from "./unit-names.ts"

/** One launch of a tiled kernel. */
export interface KernelLaunch {
  readonly layer: string
  readonly stage: string
  readonly kernel: string
  readonly cycles: number
  readonly blocks: number
  /** Blocks that the board holds at once. */
  readonly slots: number
  readonly waves: number
  /** Share of the slots of all waves that no block takes, 0 to 1. */
  readonly empty: number
  /** Cycles in which the tensor pipe of the busiest SM waits because SMs run out of blocks at different times. */
  readonly tail: number
  /** The next best kernel of the library, and its time over this one's. */
  readonly runnerUp: { readonly kernel: string; readonly ratio: number } | undefined
}

/** Launches of one kernel with one grid. */
export interface LaunchGroup extends Pick<KernelLaunch, "kernel" | "blocks" | "slots" | "waves" | "empty"> {
  readonly launches: number
  readonly cycles: number
}

export interface KernelLaunches {
  /** In order of time. */
  readonly launches: readonly KernelLaunch[]
  /** Longest first. */
  readonly groups: readonly LaunchGroup[]
  /** Share of the run's cycles that tiled kernels take, and that the tails of waves take, 0 to 1. */
  readonly share: number
  readonly tail: number
}

const runnerUpPrefix = "runner-up."

const runnerUpOf = ({ columns }: Aggregate, { counts, cycles }: WorkItem): KernelLaunch["runnerUp"] => {
  const column = columns.findIndex(
    ({ component }, index) => component.startsWith(runnerUpPrefix) && counts[index] > 0,
  )
  return column < 0
    ? undefined
    : { kernel: columns[column].component.slice(runnerUpPrefix.length), ratio: counts[column] / cycles }
}

/** Undefined for a run whose trace says nothing of grids. */
export const kernelLaunches = (trace: Trace, run: Aggregate): KernelLaunches | undefined => {
  if (!run.columns.some(({ key }) => key === "grid.blocks")) return undefined
  const kernels = unitNames(trace, "tensor")
  const launches = run.items.flatMap((item): readonly KernelLaunch[] => {
    const blocks = sumOf(run, item, ["grid.blocks"])
    if (blocks === 0) return []
    const [slots, waves] = [sumOf(run, item, ["grid.slots"]), sumOf(run, item, ["grid.waves"])]
    return [
      {
        layer: item.layer,
        stage: item.stage,
        kernel: kernels.get(item.span) ?? "",
        cycles: item.cycles,
        blocks,
        slots,
        waves,
        empty: Math.max(0, 1 - blocks / (slots * waves)),
        tail: sumOf(run, item, ["time.tensor.stall.wave-tail"]),
        runnerUp: runnerUpOf(run, item),
      },
    ]
  })
  const groups = new Map<string, LaunchGroup>()
  for (const { kernel, blocks, slots, waves, empty, cycles } of launches) {
    const key = JSON.stringify([kernel, blocks, slots])
    const group = groups.get(key) ?? { kernel, blocks, slots, waves, empty, launches: 0, cycles: 0 }
    groups.set(key, { ...group, launches: group.launches + 1, cycles: group.cycles + cycles })
  }
  const whole = Math.max(1, run.cycles)
  return {
    launches,
    groups: [...groups.values()].toSorted((a, b) => b.cycles - a.cycles),
    share: launches.reduce((sum, { cycles }) => sum + cycles, 0) / whole,
    tail: launches.reduce((sum, { tail }) => sum + tail, 0) / whole,
  }
}
