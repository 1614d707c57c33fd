/** Tables of a model's own panel as SQL on the trace alone gives them: folds of arrays, launches of boards, operators of cores. */
import { queryTrace } from "../../../sim/trace/query.ts"
import type { QueriedRows, QueriedRun } from "./queried-tables.ts"

/** Rows and columns that folds fill, of all products and of each stage's. */
const filled = `filled AS (
  SELECT span, string_split(component[8:], 'x')[1]::INTEGER AS r, string_split(component[8:], 'x')[2]::INTEGER AS c,
    sum(count) FILTER (action = 'folds') AS folds, sum(count) FILTER (action = 'cycles') AS streaming
  FROM counters WHERE component LIKE 'filled.%' GROUP BY ALL
)`

export const rectangleRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH ${filled}, named AS (
       SELECT spans.name AS products, filled.* FROM filled JOIN spans ON spans.id = filled.span
       UNION ALL SELECT 'All products', filled.* FROM filled
     )
     SELECT products, r, c, sum(folds), sum(streaming), sum(streaming) / sum(sum(streaming)) OVER (PARTITION BY products)
     FROM named GROUP BY products, r, c`,
  )
  return rows.map(([products, ...numbers]) => [String(products), ...numbers.map(Number)])
}

export const foldRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH ${filled}, size AS (
       SELECT max(value) FILTER (path = 'array.rows') AS r, max(value) FILTER (path = 'array.cols') AS c FROM machine_numbers
     )
     SELECT layers.name, stages.name, sum(folds), coalesce(sum(folds) FILTER (filled.r < size.r OR filled.c < size.c), 0),
       sum(filled.r * filled.c * streaming) / any_value(size.r * size.c) / sum(streaming),
       (SELECT sum(count) FROM counters WHERE span = stages.id AND component = 'time.array' AND action = 'stall.fill-drain')
         / any_value(stages.duration)
     FROM filled CROSS JOIN size JOIN spans stages ON stages.id = filled.span JOIN spans layers ON layers.id = stages.parent
     GROUP BY stages.id, layers.name, stages.name`,
  )
  return rows.map(([layer, stage, ...numbers]) => [String(layer), String(stage), "", ...numbers.map(Number)])
}

/** Launches of tiled kernels in order of time. */
const launched = `launched AS (
  SELECT stages.id, layers.name AS layer, kernels.name AS kernel, stages.duration AS cycles,
    (SELECT sum(count) FROM counters WHERE span = stages.id AND component = 'grid' AND action = 'blocks') AS blocks,
    (SELECT sum(count) FROM counters WHERE span = stages.id AND component = 'grid' AND action = 'slots') AS slots,
    (SELECT sum(count) FROM counters WHERE span = stages.id AND component = 'grid' AND action = 'waves') AS waves,
    (SELECT sum(count) FROM counters WHERE span = stages.id AND component LIKE 'runner-up.%') AS other
  FROM spans stages JOIN spans layers ON layers.id = stages.parent JOIN spans kernels ON kernels.parent = stages.id
  WHERE stages.kind = 'stage' AND kernels.kind = 'unit' AND kernels.track = 'tensor'
)`

export const kernelRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH ${launched}
     SELECT kernel, blocks, slots, any_value(waves), 1 - blocks / (slots * any_value(waves)), count(*), sum(cycles),
       sum(cycles) / (SELECT cycles FROM run)
     FROM launched WHERE blocks > 0 GROUP BY kernel, blocks, slots`,
  )
  return rows.map(([kernel, ...numbers]) => [String(kernel), ...numbers.map(Number)])
}

export const launchRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const { rows } = await queryTrace(
    run.trace,
    `WITH ${launched}
     SELECT blocks, waves, 1 - blocks / (slots * waves), other / cycles FROM launched WHERE blocks > 0 ORDER BY id`,
  )
  return rows.map(([blocks, waves, empty, other]) => [
    "",
    "",
    Number(blocks),
    Number(waves),
    Number(empty),
    "",
    Number(other ?? Number.NaN),
  ])
}

export const operatorRows = async (run: QueriedRun): Promise<QueriedRows> => {
  const of = (component: string, action: string): string =>
    `(SELECT sum(count) FROM counters WHERE span = s.id AND component = '${component}' AND action = '${action}')`
  const { rows } = await queryTrace(
    run.trace,
    `SELECT duration, ${of("working-set", "weights")}, ${of("working-set", "input")}, ${of("working-set", "output")},
       ${of("l1", "read")}, ${of("l2", "read")}, ${of("llc", "read")}, coalesce(${of("dram", "read")}, 0)
     FROM spans s WHERE kind = 'stage' ORDER BY id`,
  )
  return rows.map((row) => {
    const [cycles, weights, input, output, l1, , llc, dram] = row.map(Number)
    // Cores without a second cache of their own have no such column.
    const l2 = row[5] === null ? [] : [Number(row[5])]
    return ["", "", "", cycles, weights, input, output, "", l1, ...l2, llc, dram]
  })
}
