/** What a page says of a run's work, found by SQL on the trace alone: a second way to every number. */
import { queryTrace } from "../../../sim/trace/query.ts"

/** Work of a run: what belongs to one pass, layer and stage, to all of one stage, or to the whole run. */
export interface QueriedWork {
  readonly pass: string
  readonly layer: string
  readonly stage: string
  readonly start: number
  readonly cycles: number
  readonly useful: number
  readonly nonZero: number
  /** Least cycles that any roof allows. */
  readonly least: number
  /** Picojoules of what was counted; without static power. */
  readonly dynamic: number
  /** Bytes by id of the roof that they pass. */
  readonly bytes: Readonly<Record<string, number>>
  /** MACs by way of counting. */
  readonly macs: Readonly<Record<string, number>>
}

export type Grouping = "run" | "stage" | "layer" | "pass, layer, stage"

/** Each span of work with the pass, layer and stage around it, and the cycles that no span of work inside it takes. */
const work = `
  WITH RECURSIVE above(span, id) AS (
    SELECT id, id FROM spans
    UNION ALL SELECT above.span, spans.parent FROM above JOIN spans ON spans.id = above.id WHERE spans.parent IS NOT NULL
  ),
  place AS (
    SELECT above.span,
      coalesce(max(name) FILTER (kind = 'pass'), '') AS pass,
      coalesce(max(name) FILTER (kind = 'layer'), '') AS layer,
      coalesce(max(name) FILTER (kind = 'stage'), '') AS stage,
      max(above.id) FILTER (kind IN ('run', 'pass', 'layer', 'stage')) AS holder
    FROM above JOIN spans ON spans.id = above.id GROUP BY above.span
  ),
  inside AS (
    SELECT place.holder, sum(spans.duration) AS cycles
    FROM spans JOIN place ON place.span = spans.parent WHERE kind IN ('pass', 'layer', 'stage') GROUP BY place.holder
  ),
  counted AS (SELECT DISTINCT holder FROM counters JOIN place USING (span)),
  items AS (
    SELECT spans.id, pass, layer, stage, spans.start, spans.duration - coalesce(inside.cycles, 0) AS cycles
    FROM spans JOIN place ON place.span = spans.id LEFT JOIN inside ON inside.holder = spans.id
    WHERE kind IN ('run', 'pass', 'layer', 'stage')
      AND (inside.holder IS NULL OR spans.duration > inside.cycles OR spans.id IN (SELECT holder FROM counted))
  ),
  sums AS (
    SELECT holder AS id, component || '.' || action AS key, sum(count) AS count
    FROM counters JOIN place USING (span) GROUP BY ALL
  )`

const keysOf: Readonly<Record<Grouping, string>> = {
  run: "'' AS pass, '' AS layer, '' AS stage",
  stage: "'' AS pass, '' AS layer, stage",
  layer: "'' AS pass, layer, '' AS stage",
  "pass, layer, stage": "pass, layer, stage",
}

/** Work of a trace in the order in which it first appears. */
export const queriedWork = async (trace: string, grouping: Grouping): Promise<readonly QueriedWork[]> => {
  const { columns, rows } = await queryTrace(
    trace,
    `${work},
  keyed AS (SELECT id, start, cycles, ${keysOf[grouping]} FROM items),
  groups AS (SELECT * EXCLUDE (id, start, cycles), min(id) AS first, min(start) AS start, sum(cycles) AS cycles
    FROM keyed GROUP BY ALL),
  totals AS (
    SELECT groups.first, key, sum(count) AS count
    FROM keyed JOIN groups USING (pass, layer, stage) JOIN sums ON sums.id = keyed.id GROUP BY ALL
  ),
  traffic AS (
    SELECT groups.first, roofs.id AS roof, roofs.per_cycle, roofs.kind, coalesce(sum(count), 0) AS amount
    FROM groups CROSS JOIN roofs
    LEFT JOIN totals ON totals.first = groups.first
      AND (list_contains(roofs.counters, key) OR (roofs.kind = 'compute' AND key = 'ops.' || roofs.convention))
    GROUP BY ALL
  )
  SELECT pass, layer, stage, start, cycles,
    coalesce((SELECT sum(count) FROM totals t WHERE t.first = groups.first AND key = 'ops.useful'), 0) AS useful,
    coalesce((SELECT sum(count) FROM totals t WHERE t.first = groups.first AND key = 'ops.non-zero'), 0) AS nonZero,
    coalesce((SELECT max(amount / per_cycle) FROM traffic t WHERE t.first = groups.first), 0) AS least,
    coalesce((SELECT sum(count * picojoules) FROM totals t JOIN energy ON key = component || '.' || action
      WHERE t.first = groups.first), 0) AS dynamic,
    (SELECT json_group_object(roof, amount) FROM traffic t WHERE t.first = groups.first AND kind <> 'compute') AS bytes,
    (SELECT json_group_object(key[5:], count) FROM totals t WHERE t.first = groups.first AND key[:4] = 'ops.') AS macs
  FROM groups ORDER BY first`,
  )
  return rows.map((row) => {
    const entries = Object.fromEntries(columns.map((column, i) => [column, row[i]]))
    return {
      pass: String(entries["pass"]),
      layer: String(entries["layer"]),
      stage: String(entries["stage"]),
      start: Number(entries["start"]),
      cycles: Number(entries["cycles"]),
      useful: Number(entries["useful"]),
      nonZero: Number(entries["nonZero"]),
      least: Number(entries["least"]),
      dynamic: Number(entries["dynamic"]),
      bytes: JSON.parse(String(entries["bytes"] ?? "{}")),
      macs: JSON.parse(String(entries["macs"] ?? "{}")),
    }
  })
}
