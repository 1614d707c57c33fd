/**
 * The GPU engine: planned kernels as a trace. The tensor track is one representative SM, the busiest: its waves of thread
 * blocks are spans, and every other SM does the same work or less.
 */
import type { TraceBuilder } from "../trace/builder.ts"
import { OpenSpans } from "../trace/open-spans.ts"
import { wholeCycles } from "../trace/whole-cycles.ts"
import type { PlannedKernel } from "./plan-gpu.ts"

/** Waves of a kernel that get a span of their own; the rest share one, so that a trace stays small. */
const detailedWaves = { stage: 16, tile: 1_000_000 } as const

export interface GpuTraceOptions {
  readonly detail: keyof typeof detailedWaves
}

const trackNames = {
  tensor: "tensor pipe of the busiest SM",
  l2: "L2",
  dram: "DRAM",
} as const
type TrackName = keyof typeof trackNames

/** Cycles of `clock` that a kernel takes; at least one. */
const kernelCycles = (seconds: number, clock: number): number => Math.max(1, Math.round(seconds * clock))

/** Cycles of a plan: kernels of one stream follow one another. */
export const gpuCycles = (kernels: readonly PlannedKernel[], clock: number): number =>
  kernels.reduce((sum, { cost }) => sum + kernelCycles(cost.seconds, clock), 0)

/** Writes the spans and counters of `kernels`, whose times become cycles of `clock` hertz. Returns the last cycle. */
export const writeGpuTrace = (
  kernels: readonly PlannedKernel[],
  clock: number,
  builder: TraceBuilder,
  { detail }: GpuTraceOptions,
): number => {
  const schedule = builder.track({ id: "schedule", name: "Kernels", exclusive: true })
  const tracks = Object.fromEntries(
    (Object.keys(trackNames) as TrackName[]).map((id) => [
      id,
      builder.track({ id, name: trackNames[id], exclusive: true }),
    ]),
  ) as Record<TrackName, number>
  const [none, unit, tile] = [builder.code(""), builder.code("unit"), builder.code("tile")]
  const opened = new OpenSpans(builder, schedule)
  let at = 0
  for (const { pass, layer, stage, cost } of kernels) {
    const cycles = kernelCycles(cost.seconds, clock)
    const parent = opened.enter(pass, layer, at)
    const bound = builder.code(cost.bound)
    const span = builder.span(parent, schedule, builder.code("stage"), builder.code(stage), bound, at, cycles)
    const account = wholeCycles(cost.account, cycles)
    const time = builder.code("time.tensor")
    for (const cause in account) builder.count(span, time, builder.code(cause), account[cause])
    for (const [track, seconds] of [
      ["l2", cost.l2Busy],
      ["dram", cost.dramBusy],
    ] as const) {
      const busy = Math.min(cycles, Math.round(seconds * clock))
      builder.count(span, builder.code(`time.${track}`), builder.code("busy"), busy)
      builder.count(span, builder.code(`time.${track}`), builder.code("stall.idle"), cycles - busy)
      if (busy > 0) builder.span(span, tracks[track], unit, builder.code(stage), bound, at, cycles)
    }
    if (cost.operations !== undefined) {
      const { denseEquivalent, nonZero, useful, issued } = cost.operations
      const ops = builder.code("ops")
      builder.count(span, ops, builder.code("dense-equivalent"), denseEquivalent)
      builder.count(span, ops, builder.code("non-zero"), nonZero)
      builder.count(span, ops, builder.code("useful"), useful)
      builder.count(span, ops, builder.code("issued"), issued)
    }
    for (const key in cost.counts) {
      const slash = key.indexOf("/")
      builder.count(
        span,
        builder.code(key.slice(0, slash)),
        builder.code(key.slice(slash + 1)),
        cost.counts[key],
      )
    }
    if (cost.grid !== undefined) {
      for (const [action, count] of Object.entries(cost.grid)) {
        builder.count(span, builder.code("grid"), builder.code(action), count)
      }
    }
    if (cost.runnerUp !== undefined) {
      const { kernel, seconds } = cost.runnerUp
      builder.count(
        span,
        builder.code(`runner-up.${kernel}`),
        builder.code("cycles"),
        kernelCycles(seconds, clock),
      )
    }
    const sm = builder.span(span, tracks.tensor, unit, builder.code(cost.kernel), bound, at, cycles)
    if (cost.grid !== undefined) {
      const busy = cycles - account["stall.launch"]
      const start = at
      forEachWave(cost.grid.waves, busy, detailedWaves[detail], (name, from, duration) => {
        builder.span(sm, tracks.tensor, tile, builder.code(name), none, start + from, duration)
      })
    }
    at += cycles
  }
  opened.leave(at)
  return at
}

/** Calls back for every wave of a kernel that works for `cycles`; past `most`, the waves before the last share one span. */
const forEachWave = (
  waves: number,
  cycles: number,
  most: number,
  visit: (name: string, from: number, duration: number) => void,
): void => {
  const boundary = (wave: number): number => Math.round((cycles * wave) / waves)
  const apart = waves <= most ? waves : most - 2
  for (let wave = 0; wave < waves;) {
    const last = wave === waves - 1
    const to = last || wave < apart ? wave + 1 : waves - 1
    const [from, until] = [boundary(wave), boundary(to)]
    const name =
      to - wave > 1 ? `waves ${wave + 1}–${to}` : last && waves > 1 ? "last wave" : `wave ${wave + 1}`
    if (until > from) visit(name, from, until - from)
    wave = to
  }
}
