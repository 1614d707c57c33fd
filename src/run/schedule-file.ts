/** Schedules as files: saved from a run, edited by hand, and used to fix the mappings of another. */
import { readFile } from "node:fs/promises"
import * as Schema from "effect/Schema"
import { Dataflow } from "../../arch/array-machine.ts"
import { ConfigError } from "../../arch/errors.ts"
import { didYouMean } from "../../arch/nearest.ts"
import { decodeYaml } from "../../arch/yaml-file.ts"
import { loopOrders } from "../../dataflows/tiling.ts"
import { type FixedSchedule, type PlannedStage, scheduleOf } from "../../sim/sat/plan.ts"
import { placeKey } from "../../sim/sat/schedule.ts"

const size = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

const Entry = Schema.Struct({
  pass: Schema.NonEmptyString,
  layer: Schema.NonEmptyString,
  stage: Schema.Literals(["FF", "BP", "WU"]),
  /** Number of the product in its stage; strided convolutions have several in BP. */
  product: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  dataflow: Dataflow,
  /** Tile sizes in dense elements, and the tile loops, outermost first. */
  tile: Schema.Struct({ m: size, n: size, k: size }),
  order: Schema.Literals(loopOrders),
})

export const ScheduleFile = Schema.Struct({
  schema: Schema.Literal("sparsim-schedule/1"),
  machine: Schema.String,
  workload: Schema.String,
  entries: Schema.Array(Entry),
})
export type ScheduleFile = typeof ScheduleFile.Type

/** The schedule of a run, as a file's text (JSON, one product a line). */
export const scheduleText = (
  { machine, workload }: Pick<ScheduleFile, "machine" | "workload">,
  stages: readonly PlannedStage[],
): string => {
  const lines = scheduleOf(stages).map(
    ({ pass, layer, stage, product, dataflow, tiling: { m, n, k, order } }) =>
      JSON.stringify({ pass, layer, stage, product, dataflow, tile: { m, n, k }, order }),
  )
  const head = `"schema": "sparsim-schedule/1", "machine": ${JSON.stringify(machine)}, "workload": ${JSON.stringify(workload)}`
  return `{ ${head}, "entries": [\n${lines.join(",\n")}\n] }\n`
}

/** Reads a schedule. Products it does not name are scheduled as usual. @throws ConfigError */
export const readSchedule = async (file: string): Promise<FixedSchedule> => {
  let text: string
  try {
    text = await readFile(file, "utf8")
  } catch {
    throw new ConfigError({
      message: "the schedule cannot be read",
      place: { file },
      remedy: "Check the path; --save-schedule writes one.",
    })
  }
  const { entries } = decodeYaml(text, file, ScheduleFile)
  const places = entries.map(placeKey)
  const again = places.find((place, i) => places.indexOf(place) !== i)
  if (again !== undefined) {
    throw new ConfigError({
      message: `the schedule names the product ${again} twice`,
      place: { file, path: "entries" },
      remedy: "Keep one of the two.",
    })
  }
  return new Map(
    entries.map(({ tile, order, dataflow }, i) => [places[i], { dataflow, tiling: { ...tile, order } }]),
  )
}

/** @throws ConfigError where the schedule names a product that the run has not, or a dataflow the machine has not */
export const checkSchedule = (
  schedule: FixedSchedule,
  stages: readonly PlannedStage[],
  dataflows: readonly string[],
): void => {
  const known = new Set(scheduleOf(stages).map(placeKey))
  for (const [place, { dataflow }] of schedule) {
    if (!known.has(place)) {
      throw new ConfigError({
        message: `the schedule names the product ${place}, which this run has not`,
        remedy: didYouMean(place, [...known]),
      })
    }
    if (!dataflows.includes(dataflow)) {
      throw new ConfigError({
        message: `the schedule gives ${place} the dataflow ${dataflow}, which the machine has not`,
        remedy: `It has ${dataflows.join(" and ")}.`,
      })
    }
  }
}
