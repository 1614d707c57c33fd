/** What a hardware unit's own spans are called: the dataflow of an array, the kernel of a board or a core. */
import type { Trace } from "../sim/trace/trace.ts"

/** Names of the spans of kind `unit` on a track, by the span of the stage that they belong to. */
export const unitNames = (
  { manifest, spans, strings }: Trace,
  trackId: string,
): ReadonlyMap<number, string> => {
  const track = manifest.tracks.findIndex(({ id }) => id === trackId)
  const unit = strings.indexOf("unit")
  const found = new Map<number, string>()
  for (let i = 0; i < spans.length; i++) {
    if (spans.track[i] === track && spans.kind[i] === unit) found.set(spans.parent[i], strings[spans.name[i]])
  }
  return found
}
