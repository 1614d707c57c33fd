/**
 * A predictor of conditional branches in the front end of a core: the predictor's sizes, and the core that says what its
 * misses cost. The core's numbers are shared by all predictors that name it, in `arch/branch-core/`.
 */
import * as Schema from "effect/Schema"
import { BranchSparseFile } from "./branch-sparse.ts"
import { quantity } from "./quantity.ts"

const count = (max: number) => quantity({ dimension: "dimensionless", min: 0, max, integer: true })
const isPowerOfTwo = (n: number): boolean => Number.isInteger(Math.log2(n))

/** What a core loses by a branch that its front end had wrong. Interval analysis: `sim/branch/core/interval-core.ts`. */
export const BranchCoreFile = Schema.Struct({
  schema: Schema.Literal("sparsim-branch-core/1"),
  id: Schema.NonEmptyString,
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  clock: quantity({ dimension: "frequency", min: 1e6, max: 1e11 }),
  /** Instructions dispatched per cycle while nothing is missed. */
  width: quantity({ dimension: "dimensionless", min: 0.1, max: 64 }),
  /** Cycles from fetch to dispatch. */
  frontEndDepth: quantity({ dimension: "time", min: 0, max: 1000 }),
  /** Cycles lost where a target is only known at decode. */
  decodeRedirect: quantity({ dimension: "time", min: 0, max: 1000 }),
  /** Instructions in the window. */
  windowEntries: quantity({ dimension: "dimensionless", min: 1, max: 4096, integer: true }),
  /** Instructions per cycle that leave a window of n: scale × n^exponent. */
  parallelism: Schema.Struct({
    scale: quantity({ dimension: "dimensionless", min: 0.05, max: 20 }),
    exponent: quantity({ dimension: "dimensionless", min: 0, max: 1 }),
  }),
  targetBuffer: Schema.Struct({ entries: count(2 ** 20), ways: count(64) }).check(
    Schema.makeFilter(({ entries, ways }) =>
      ways.value >= 1 && entries.value >= ways.value && isPowerOfTwo(entries.value / ways.value)
        ? undefined
        : { path: ["entries"], issue: "a power of two times the number of ways" },
    ),
  ),
  /** Targets of indirect branches by path; 0 keeps only the last target of each. */
  targetCacheEntries: count(2 ** 20),
  returnStackEntries: count(4096),
})
export type BranchCoreFile = typeof BranchCoreFile.Type

const indexBits = quantity({ dimension: "dimensionless", min: 1, max: 26, integer: true })
const historyBits = quantity({ dimension: "dimensionless", min: 0, max: 32, integer: true })
/** First value of two-bit counters, 0 (strongly not taken) to 3. */
const initialCounter = count(3)
/** Base-two logarithm of what the design's tables are multiplied by. */
const growth = quantity({ dimension: "dimensionless", min: -3, max: 3, integer: true })

const design = <Kind extends string, const Design extends readonly [string, ...string[]]>(
  kind: Kind,
  designs: Design,
) =>
  Schema.Struct({
    kind: Schema.Literal(kind),
    /** Geometry that is described with the predictor. */
    design: Schema.Literals(designs),
    growth,
  })

/** Sizes of a predictor, told apart by `kind`. */
export const PredictorFile = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("static"),
    rule: Schema.Literals(["taken", "not-taken", "backward-taken"]),
  }),
  Schema.Struct({ kind: Schema.Literal("bimodal"), indexBits, initialCounter }),
  Schema.Struct({
    kind: Schema.Literal("two-level"),
    historyBits,
    /** Base-two logarithm of the number of history registers; 0 for one global register. */
    registerBits: historyBits,
    /** Address bits that choose among tables of counters. */
    setBits: historyBits,
    initialCounter,
  }),
  Schema.Struct({ kind: Schema.Literal("gshare"), indexBits, historyBits, initialCounter }),
  Schema.Struct({ kind: Schema.Literal("folded-gshare"), indexBits, historyBits, initialCounter }),
  Schema.Struct({
    kind: Schema.Literal("tournament"),
    globalBits: indexBits,
    localBits: indexBits,
    registerBits: indexBits,
    initialCounter,
    /** 0 (strongly local) to 3 (strongly global). */
    initialChoice: count(3),
  }),
  design("2bc-gskew", ["mbp-64KB"]),
  design("hashed-perceptron", ["mbp-64KB"]),
  design("tage", ["mbp-64KB"]),
  design("batage", ["mbp-64KB"]),
  design("multiperspective-perceptron", ["cbp5-64KB"]),
  design("tage-sc-l", ["cbp5-64KB", "cbp5-8KB", "66KB"]),
])
export type PredictorFile = typeof PredictorFile.Type

const machine = {
  schema: Schema.Literal("sparsim-machine/1"),
  id: Schema.NonEmptyString,
  kind: Schema.Literal("branch"),
  name: Schema.NonEmptyString,
  about: Schema.NonEmptyString,
  /** Id of a core in `arch/branch-core/`. */
  core: Schema.NonEmptyString,
  predictor: PredictorFile,
  energy: Schema.Struct({
    table: Schema.NonEmptyString,
    /** Leakage of the predictor's arrays. */
    staticPower: quantity({ dimension: "power", min: 0 }),
  }),
} as const

/** What a person writes for a new predictor. */
export const BranchPredictorFile = Schema.Struct(machine)
export type BranchPredictorFile = typeof BranchPredictorFile.Type

/** A predictor with the core that it names, and the sparse models beside it where it has them, so that every number of both can be listed and replaced. */
export const BranchMachineFile = Schema.Struct({
  ...machine,
  family: BranchCoreFile,
  sparse: Schema.optionalKey(BranchSparseFile),
})
export type BranchMachineFile = typeof BranchMachineFile.Type
