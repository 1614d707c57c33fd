/**
 * Sparse models beside a branch predictor, as data: fitted beforehand to the start of a program, or learned while it runs.
 * Files in `arch/branch-sparse/` hold for any predictor.
 */
import * as Schema from "effect/Schema"
import { quantity } from "./quantity.ts"

const counter = quantity({ dimension: "dimensionless", min: 0, max: 63, integer: true })

/** A model's counter of confidence, up where it is right and the predictor wrong, down where it is the other way. */
const Gate = Schema.Struct({
  most: counter,
  start: counter,
  /** Least counter at which the model decides. */
  threshold: counter,
}).check(
  Schema.makeFilter(({ most, start }) =>
    start.value <= most.value ? undefined : { path: ["start"], issue: "at most the counter's end" },
  ),
)

const file = {
  schema: Schema.Literal("sparsim-branch-sparse/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  gate: Gate,
} as const

export const BranchSparseFile = Schema.Union([
  Schema.Struct({ ...file, learning: Schema.Literal("beforehand") }),
  Schema.Struct({
    ...file,
    learning: Schema.Literal("online"),
    /** Branches that are learned at a time. */
    learners: quantity({ dimension: "dimensionless", min: 1, max: 1024, integer: true }),
  }),
])
export type BranchSparseFile = typeof BranchSparseFile.Type
