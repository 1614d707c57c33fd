/** Timeline viewers draw a row of spans only where they nest; spans of a shared track may cross, so it gets more rows. */
import type { Trace } from "../trace.ts"

/** Spans of one track of which any two are disjoint or one inside the other. */
export interface NestingLane {
  /** Index into `manifest.tracks`. */
  readonly track: number
  /** 0 for the first lane of the track. */
  readonly lane: number
  /** Span ids by start; of those with the same start the longer first, so that a parent precedes its children. */
  readonly ids: readonly number[]
}

/**
 * Lanes of all tracks, in the order of the manifest; tracks without spans have none. A span goes to the first lane of its
 * track in which it nests.
 */
export const nestingLanes = ({ manifest, spans }: Trace): NestingLane[] => {
  const byTrack: number[][] = manifest.tracks.map(() => [])
  for (let id = 0; id < spans.length; id++) byTrack[spans.track[id]].push(id)
  return byTrack.flatMap((ids, track) =>
    lanesOf(inDrawingOrder(ids, spans), spans).map((laneIds, lane) => ({ track, lane, ids: laneIds })),
  )
}

const inDrawingOrder = (ids: number[], { start, duration }: Trace["spans"]): number[] =>
  ids.sort((a, b) => start[a] - start[b] || duration[b] - duration[a] || a - b)

const lanesOf = (ids: readonly number[], { start, duration }: Trace["spans"]): number[][] => {
  const lanes: { readonly ids: number[]; readonly openEnds: number[] }[] = []
  for (const id of ids) {
    const from = start[id]
    const to = from + duration[id]
    let lane = lanes.find(({ openEnds }) => {
      while (openEnds.length > 0 && openEnds[openEnds.length - 1] <= from) openEnds.pop()
      return openEnds.length === 0 || to <= openEnds[openEnds.length - 1]
    })
    if (lane === undefined) {
      lane = { ids: [], openEnds: [] }
      lanes.push(lane)
    }
    lane.ids.push(id)
    lane.openEnds.push(to)
  }
  return lanes.map((lane) => lane.ids)
}

/** Name of a lane to show: the track's, numbered from its second lane on. */
export const laneName = ({ manifest }: Trace, { track, lane }: NestingLane): string =>
  lane === 0 ? manifest.tracks[track].name : `${manifest.tracks[track].name} (${lane + 1})`
