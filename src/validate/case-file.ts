/** Files of validation cases, schema `sparsim-cases/1`. */
import * as Schema from "effect/Schema"
import { decodeYaml } from "../../arch/yaml-file.ts"
import { WorkloadError } from "../../arch/errors.ts"

const Case = Schema.Struct({
  id: Schema.NonEmptyString,
  model: Schema.String,
  machine: Schema.String,
  workload: Schema.Record(Schema.String, Schema.Unknown),
  metric: Schema.String,
  unit: Schema.String,
  /** A number in `unit`; anything else makes the case unsupported, not the file wrong. */
  value: Schema.Unknown,
  evidence: Schema.String,
  source: Schema.String,
  note: Schema.optionalKey(Schema.Unknown),
  extra: Schema.optionalKey(Schema.Record(Schema.String, Schema.Unknown)),
})

export const CaseFile = Schema.Struct({
  schema: Schema.Literal("sparsim-cases/1"),
  about: Schema.String,
  cases: Schema.Array(Case),
})
export type CaseFile = typeof CaseFile.Type
export type ValidationCase = typeof Case.Type

/** Decodes a case file. Fields that are not known are ignored. @throws ConfigError, WorkloadError */
export const readCaseFile = (text: string, file: string): CaseFile => {
  const decoded = decodeYaml(text, file, CaseFile, "ignore")
  const seen = new Set<string>()
  for (const [i, { id }] of decoded.cases.entries()) {
    if (seen.has(id)) {
      throw new WorkloadError({
        message: `the id "${id}" occurs twice`,
        place: { file, path: `cases.${i}.id` },
        remedy: "Give every case an id of its own.",
      })
    }
    seen.add(id)
  }
  return decoded
}
