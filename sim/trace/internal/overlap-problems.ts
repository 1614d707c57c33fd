/** On an exclusive track, two spans of one kind never share a cycle. */
import type { TraceProblem } from "../problem.ts"
import type { Trace } from "../trace.ts"
import { spansFile } from "./layout.ts"

/** One problem for each span that starts before the one ahead of it on its track has ended. */
export function* overlapProblems({ manifest, strings, spans }: Trace): Generator<TraceProblem> {
  for (const rows of rowsOfExclusiveTracks({ manifest, strings, spans })) {
    if (!isOrdered(rows, spans.start)) rows.sort((a, b) => spans.start[a] - spans.start[b] || a - b)
    let ahead = -1
    let end = 0
    for (const row of rows) {
      if (spans.duration[row] === 0) continue
      if (spans.start[row] < end) {
        const track = manifest.tracks[spans.track[row]]
        const kind = strings[spans.kind[row]]
        yield {
          file: spansFile,
          row,
          column: "start",
          message: `on the exclusive track "${track.id}" this ${kind} starts at cycle ${spans.start[row]}, before span ${ahead} ends at ${end}`,
        }
      }
      if (spans.start[row] + spans.duration[row] > end) {
        end = spans.start[row] + spans.duration[row]
        ahead = row
      }
    }
  }
}

/** Rows of every pair of exclusive track and kind. */
const rowsOfExclusiveTracks = ({ manifest, strings, spans }: Omit<Trace, "counters">): Iterable<number[]> => {
  const groups = new Map<number, number[]>()
  for (let row = 0; row < spans.length; row++) {
    const track = spans.track[row]
    if (track < 0 || track >= manifest.tracks.length || !manifest.tracks[track].exclusive) continue
    const key = track * strings.length + spans.kind[row]
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [row])
    else group.push(row)
  }
  return groups.values()
}

const isOrdered = (rows: readonly number[], start: Float64Array): boolean => {
  for (let i = 1; i < rows.length; i++) if (start[rows[i]] < start[rows[i - 1]]) return false
  return true
}
