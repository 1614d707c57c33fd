/** Comma-separated values (RFC 4180: CRLF, quotes doubled), for spreadsheets. */
import { counterFields, spanFields } from "../internal/layout.ts"
import { inChunks } from "../internal/in-chunks.ts"
import type { Trace } from "../trace.ts"

/** `spans.csv` in chunks: the columns of `spans.parquet`, the parent empty at the root. */
export const spansCsv = (trace: Trace): Iterable<string> => inChunks(spanLines(trace))

/** `counters.csv` in chunks: the columns of `counters.parquet`. */
export const countersCsv = (trace: Trace): Iterable<string> => inChunks(counterLines(trace))

const header = (fields: object): string => `${Object.keys(fields).join(",")}\r\n`

const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

function* spanLines({ manifest, strings, spans }: Trace): Generator<string> {
  yield header(spanFields)
  const texts = strings.map(field)
  const tracks = manifest.tracks.map((track) => field(track.id))
  for (let id = 0; id < spans.length; id++) {
    const parent = spans.parent[id] === -1 ? "" : String(spans.parent[id])
    yield (
      `${id},${parent},${tracks[spans.track[id]]},${texts[spans.kind[id]]},${texts[spans.name[id]]},` +
        `${texts[spans.bound[id]]},${spans.start[id]},${spans.duration[id]}\r\n`
    )
  }
}

function* counterLines({ strings, counters }: Trace): Generator<string> {
  yield header(counterFields)
  const texts = strings.map(field)
  for (let row = 0; row < counters.length; row++) {
    yield `${counters.span[row]},${texts[counters.component[row]]},${texts[counters.action[row]]},${counters.count[row]}\r\n`
  }
}
