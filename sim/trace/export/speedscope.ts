/** speedscope.app: one evented profile for every track, in cycles. */
import { inChunks } from "../internal/in-chunks.ts"
import { laneName, type NestingLane, nestingLanes } from "../internal/nesting-lanes.ts"
import type { Trace } from "../trace.ts"

/** The trace as JSON text in chunks. Every opened frame is closed, and `at` never goes back. */
export const speedscopeJson = (trace: Trace): Iterable<string> => inChunks(document(trace))

function* document(trace: Trace): Generator<string> {
  const { manifest, strings } = trace
  const name = `${manifest.workload.name} on ${manifest.machine.name}`
  yield `{"$schema":"https://www.speedscope.app/file-format-schema.json",`
  yield `"exporter":${JSON.stringify(manifest.tool)},"name":${JSON.stringify(name)},"activeProfileIndex":0,`
  yield `"shared":{"frames":[`
  // One frame a string, used or not: a frame's number is then the code of its name.
  for (const [code, text] of strings.entries()) {
    yield `${code === 0 ? "" : ","}{"name":${JSON.stringify(text === "" ? "(no name)" : text)}}`
  }
  yield `]},"profiles":[`
  for (const [index, lane] of nestingLanes(trace).entries()) {
    yield index === 0 ? "\n" : ",\n"
    yield* profile(trace, lane)
  }
  yield "\n]}\n"
}

function* profile(trace: Trace, lane: NestingLane): Generator<string> {
  const { manifest, spans } = trace
  yield `{"type":"evented","name":${JSON.stringify(laneName(trace, lane))},"unit":"none",`
  yield `"startValue":0,"endValue":${manifest.totals.cycles},"events":[`
  const open: number[] = []
  let separator = ""
  const event = (type: "O" | "C", id: number, at: number): string => {
    const text = `${separator}{"type":"${type}","frame":${spans.name[id]},"at":${at}}`
    separator = ","
    return text
  }
  const endOf = (id: number): number => spans.start[id] + spans.duration[id]
  for (const id of lane.ids) {
    while (open.length > 0 && endOf(open[open.length - 1]) <= spans.start[id]) {
      const closing = open.pop()
      if (closing !== undefined) yield event("C", closing, endOf(closing))
    }
    yield event("O", id, spans.start[id])
    open.push(id)
  }
  for (const id of open.reverse()) yield event("C", id, endOf(id))
  yield "]}"
}
