/** One layer of two stages with counters: the trace that examples and damaged files start from. */
import { buildTrace, type TraceRecipe } from "../../arbitraries/trace.ts"

const tile = (parent: number, start: number, duration: number, name: string) => ({
  parent,
  track: 1,
  kind: "tile",
  name,
  bound: "compute",
  start,
  duration,
  closedLate: false,
})

export const smallRecipe: TraceRecipe = {
  tracks: [
    { id: "run", name: "Run", exclusive: false },
    { id: "array", name: "PE array", exclusive: true },
  ],
  spans: [
    { parent: -1, track: 0, kind: "run", name: "net", bound: "", start: 0, duration: 1500, closedLate: true },
    {
      parent: 0,
      track: 0,
      kind: "layer",
      name: "conv1",
      bound: "dram",
      start: 0,
      duration: 1000,
      closedLate: false,
    },
    tile(1, 0, 400, "t0"),
    tile(1, 400, 600, "t1"),
    tile(0, 1000, 500, "t2"),
  ],
  counters: [
    { span: 2, component: "dram", action: "read", count: 4096 },
    { span: 3, component: "dram", action: "read", count: 1024 },
    { span: 3, component: "mac", action: "fp16.issue", count: 0.5 },
    { span: 3, component: "time.array", action: "busy", count: 450 },
    { span: 3, component: "time.array", action: "stall.dram", count: 150 },
    { span: 3, component: "ops", action: "dense-equivalent", count: 800 },
    { span: 3, component: "ops", action: "non-zero", count: 200 },
    { span: 3, component: "ops", action: "useful", count: 100 },
    { span: 3, component: "ops", action: "issued", count: 256 },
  ],
}

export const smallTrace = () => buildTrace(smallRecipe)
