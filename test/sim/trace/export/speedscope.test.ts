import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { speedscopeJson } from "../../../../sim/trace/export/speedscope.ts"
import type { Trace } from "../../../../sim/trace/trace.ts"
import { trace } from "../../../arbitraries/trace.ts"
import { smallTrace } from "../small-trace.ts"

interface Profile {
  readonly type: string
  readonly name: string
  readonly unit: string
  readonly endValue: number
  readonly events: readonly { readonly type: "O" | "C"; readonly frame: number; readonly at: number }[]
}
interface Document {
  readonly exporter: string
  readonly shared: { readonly frames: readonly { readonly name: string }[] }
  readonly profiles: readonly Profile[]
}

const documentOf = (trace: Trace): Document => JSON.parse([...speedscopeJson(trace)].join(""))

/** Durations of the frames of a profile; throws where a close does not match the innermost open. */
const durationsOf = ({ events }: Profile): number[] => {
  const open: { frame: number; at: number }[] = []
  const durations: number[] = []
  for (const event of events) {
    if (event.type === "O") {
      open.push(event)
      continue
    }
    const opened = open.pop()
    if (opened?.frame !== event.frame) throw new Error("a frame was closed that is not the innermost")
    durations.push(event.at - opened.at)
  }
  if (open.length > 0) throw new Error("a frame was never closed")
  return durations
}

describe("speedscope profiles", () => {
  it("are balanced and import back to the number, total duration and last end of the spans", () => {
    fc.assert(
      fc.property(trace(), (original) => {
        const { profiles } = documentOf(original)
        const durations = profiles.flatMap(durationsOf)
        const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + b, 0)
        expect(durations.length).toBe(original.spans.length)
        expect(sum(durations)).toBe(sum(original.spans.duration))
        const last = Math.max(0, ...profiles.flatMap(({ events }) => events.map(({ at }) => at)))
        expect(last).toBe(original.manifest.totals.cycles)
      }),
    )
  })

  it("never go back in time", () => {
    fc.assert(
      fc.property(trace(), (original) => {
        for (const { events } of documentOf(original).profiles) {
          for (let i = 1; i < events.length; i++)
            expect(events[i].at).toBeGreaterThanOrEqual(events[i - 1].at)
        }
      }),
    )
  })

  it("name the exporter, the frames and the unit none", () => {
    const { exporter, shared, profiles } = documentOf(smallTrace())
    expect(exporter).toBe("sparsim 0.0.0-test")
    expect(profiles.map(({ type, name, unit, endValue }) => [type, name, unit, endValue])).toEqual([
      ["evented", "Run", "none", 1500],
      ["evented", "PE array", "none", 1500],
    ])
    expect(profiles[1].events.map(({ frame }) => shared.frames[frame].name)).toEqual([
      "t0",
      "t0",
      "t1",
      "t1",
      "t2",
      "t2",
    ])
  })
})
