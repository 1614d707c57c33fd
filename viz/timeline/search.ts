/** Finding spans by name. */
import { pathOf } from "./span-text.ts"
import type { Timeline } from "./timeline.ts"

export interface Hit {
  /** Index of the row, and of the span in it. */
  readonly row: number
  readonly span: number
}

/** More hits than anybody steps through. */
export const mostHits = 1000

/**
 * Spans whose path holds every word of `query`, and whose own name holds at least one of them, so that a layer is found once
 * and not again with everything inside it, and a stage once and not again on every unit. Case does not matter. Row by row,
 * by start.
 */
export const search = (timeline: Timeline, query: string): readonly Hit[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  const hits: Hit[] = []
  for (const [row, { labels, level, spans }] of timeline.rows.entries()) {
    // Names are few and spans many: a span is looked at closely only when its name can match.
    const own = labels.map(({ name }) => {
      const text = name.toLowerCase()
      return words.filter((word) => text.includes(word)).length
    })
    if (own.every((count) => count === 0)) continue
    for (let span = 0; span < spans.length && hits.length < mostHits; span++) {
      const count = own[spans.label[span]]
      if (count === 0) continue
      if (count < words.length || level === "unit") {
        const { names, isNamedAfterStage } = pathOf(timeline, row, span)
        const path = names.join(" ").toLowerCase()
        if (isNamedAfterStage || !words.every((word) => path.includes(word))) continue
      }
      hits.push({ row, span })
    }
  }
  return hits
}
