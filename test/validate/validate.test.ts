/** Validation: every case is predicted or counted with a reason, and errors are what the case format says they are. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import { type CaseFile, readCaseFile, type ValidationCase } from "../../src/validate/case-file.ts"
import { equalAsWritten, validate, type ValidationResult } from "../../src/validate/validate.ts"

const gemmCase = (
  id: string,
  workload: Readonly<Record<string, unknown>> = {},
  value: unknown = 1000,
): ValidationCase => ({
  id,
  model: "sat",
  machine: "systolic-32x32",
  workload: {
    kind: "gemm",
    m: 64,
    n: 64,
    k: 64,
    sparsity: "1:1",
    dataflow: "os",
    compat: "scalesim",
    ...workload,
  },
  metric: "reported_total_cycles",
  unit: "cycles",
  value,
  evidence: "simulator",
  source: "a test",
})

const satCase = (workload: Readonly<Record<string, unknown>>): ValidationCase => ({
  ...gemmCase("a"),
  machine: "sat-vcu1525",
  metric: "training_ops_reduction",
  workload,
})

/** A speed-up times a share of operations that only Infinity could hold. */
const beyondNumbers: ValidationCase = {
  ...satCase({ kind: "published-claim", speedup: 1e308, ops_reduction: -1e6 }),
  metric: "fraction_of_op_limited_speedup",
}

const fileOf = (...cases: readonly ValidationCase[]): CaseFile => ({
  schema: "sparsim-cases/1",
  about: "cases of a test",
  cases,
})

const run = (...cases: readonly ValidationCase[]): ValidationResult => validate([fileOf(...cases)])
const reasonOf = (c: ValidationCase): string | undefined => run(c).unsupported[0]?.reason

describe("the error of a case", () => {
  it("is (predicted − expected) / expected, unrounded", () => {
    // Output-stationary: ⌈64/32⌉² folds of 64 + 32 + 32 − 2 cycles, reported one short.
    const [result] = run(gemmCase("a", {}, 500)).cases
    expect(result).toMatchObject({ predicted: 503, expected: 500, error: 3 / 500, equal: false })
  })

  it("has its sign: a prediction that is too small is negative", () => {
    expect(run(gemmCase("a", {}, 1006)).cases[0].error).toBe((503 - 1006) / 1006)
  })

  it("stands beside the naive baseline: MACs over PEs, 256 cycles here", () => {
    const { cases, groups } = run(gemmCase("a", {}, 512))
    expect(cases[0].baseline).toBe(256)
    expect(groups[0].baselineMape).toBe(0.5)
  })
})

describe("what cannot be run", () => {
  it.each([
    ["a text for a value", gemmCase("a", {}, "1000"), /not a number/],
    ["no value", gemmCase("a", {}, null), /not a number/],
    ["a value of zero: no error is a share of it", gemmCase("a", {}, 0), /zero/],
    [
      "an unknown machine",
      { ...gemmCase("a"), machine: "tpu-v9" },
      /no model for machine tpu-v9 with a gemm workload/,
    ],
    ["an array without rows", { ...gemmCase("a"), machine: "systolic-0x8" }, /systolic-0x8/],
    ["an unknown metric", { ...gemmCase("a"), metric: "beauty" }, /beauty/],
    ["a size of zero", gemmCase("a", { m: 0 }), /m, n and k/],
    ["a size that is a text", gemmCase("a", { k: "64" }), /m, n and k/],
    ["a pattern that is none", gemmCase("a", { sparsity: "half" }), /not N:M/],
    ["a pattern that is a number", gemmCase("a", { sparsity: 0.5 }), /not N:M/],
    ["an unknown dataflow", gemmCase("a", { dataflow: "rs" }), /os, ws or is/],
    ["a workload without a kind", { ...gemmCase("a"), workload: {} }, /no model/],
    ["a kind that is no text", gemmCase("a", { kind: { toString: 1 } }), /no model/],
    [
      "a metric that every object has",
      { ...gemmCase("a"), machine: "sat-vcu1525", metric: "constructor" },
      /constructor/,
    ],
    ["an unknown network", satCase({ network: "resnet500", pattern: "2:8", method: "BDWP" }), /resnet500/],
    ["an unknown method", satCase({ pattern: "2:8", method: "MAGIC" }), /MAGIC/],
    ["a prediction beyond every number", beyondNumbers, /finite/],
  ])("is counted with its reason: %s", (_, c, reason) => {
    const { cases, unsupported } = run(c)
    expect(cases).toEqual([])
    expect(unsupported).toMatchObject([{ n: 1, ids: ["a"] }])
    expect(reasonOf(c)).toMatch(reason)
  })

  it("is gathered by reason, in the order of the cases", () => {
    const cases = ["a", "b", "c"].map((id) => gemmCase(id, {}, "?"))
    const { unsupported } = run(cases[0], gemmCase("d", { m: 0 }), cases[1], cases[2])
    expect(unsupported.map(({ n, ids }) => [n, ids])).toEqual([
      [3, ["a", "b", "c"]],
      [1, ["d"]],
    ])
  })
})

const randomCase = fc.record({
  model: fc.constantFrom("sat", "gpu", ""),
  machine: fc.constantFrom(
    "systolic-32x32",
    "systolic-7x9",
    "systolic-0x1",
    "sat-vcu1525",
    "a100",
    "",
    "constructor",
  ),
  workload: fc.oneof(
    fc.constant(gemmCase("x").workload),
    fc.record({
      kind: fc.constantFrom("gemm", "op-count", "sore", "storage", "published-claim", 3, null),
      m: fc.constantFrom(1, 100, 0, -1, 1.5, "8"),
      n: fc.constantFrom(1, 33, 1e300),
      k: fc.integer({ min: 1, max: 500 }),
      sparsity: fc.constantFrom("1:1", "2:4", "dense", "9:8", 4),
      pattern: fc.constantFrom("2:8", "dense", "x", null),
      dataflow: fc.constantFrom("os", "ws", "is", "rs"),
      compat: fc.constantFrom("scalesim", "none"),
      method: fc.constantFrom("BDWP", "SDGP", "other", 1),
      network: fc.constantFrom("resnet18-cifar", "nowhere", "toString"),
      weights: fc.constantFrom(1024, -1),
      lanes: fc.constantFrom(32, 0),
      value_bits: fc.constantFrom(16, "16"),
    }),
    fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }),
  ),
  metric: fc.constantFrom(
    "reported_total_cycles",
    "training_ops_reduction",
    "op_limited_speedup",
    "sore_cycles",
    "parallel_lanes",
    "compressed_bits_per_group",
    "fraction_of_op_limited_speedup",
    "accuracy_loss",
    "hasOwnProperty",
    "",
  ),
  unit: fc.constant("u"),
  value: fc.oneof(fc.double({ noNaN: true }), fc.constantFrom(0, "12", null, true, [1], { a: 1 })),
  evidence: fc.constant("derived"),
  source: fc.constant("a test"),
})

describe("of any list of cases", () => {
  it("none is dropped: predicted and unsupported together are all of them, once", () => {
    fc.assert(
      fc.property(fc.array(randomCase, { maxLength: 12 }), (bodies) => {
        const cases: readonly ValidationCase[] = bodies.map((body, i) => ({ ...body, id: `case-${i}` }))
        const { cases: results, unsupported, groups } = run(...cases)
        const refused = unsupported.flatMap(({ ids }) => ids)
        expect([...results.map(({ id }) => id), ...refused].toSorted()).toEqual(
          cases.map(({ id }) => id).toSorted(),
        )
        expect(unsupported.reduce((sum, { n }) => sum + n, 0)).toBe(refused.length)
        expect(groups.reduce((sum, { n }) => sum + n, 0)).toBe(results.length)
      }),
      { numRuns: 300 },
    )
  })

  it("every result is a finite number, so that its JSON holds no null for one", () => {
    fc.assert(
      fc.property(fc.array(randomCase, { maxLength: 6 }), (bodies) => {
        const { cases } = run(...bodies.map((body, i) => ({ ...body, id: `case-${i}` })))
        const odd = cases.filter(
          (c) => ![c.predicted, c.expected, c.error, c.baseline ?? 0].every(Number.isFinite),
        )
        expect(odd).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe("equal at the digits given", () => {
  it.each([
    [33.262_4, 33.262, true],
    [33.2625, 33.262, true],
    [33.2626, 33.262, false],
    [1.5, 2, true],
    [2.6, 2, false],
    [0.91, 0.91, true],
    [0.9, 0.91, false],
    [-1.04, -1, true],
    [1.52e-7, 1.5e-7, true],
    [1.56e-7, 1.5e-7, false],
    [0.3, 1e-7, false],
    [1.5e21, 1.5e21, true],
    [1.6e21, 1.5e21, false],
  ])("%d as %d: %j", (predicted, expected, equal) => {
    expect(equalAsWritten(predicted, expected)).toBe(equal)
  })

  it("every number is equal to itself", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(equalAsWritten(x, x)).toBe(true)
      }),
    )
  })
})

describe("pairs", () => {
  const dense = gemmCase("dense", {}, 503)
  const sparse = gemmCase("sparse", { sparsity: "2:4" }, 400)

  it("are cases that differ in sparsity alone: the speed-up of one over the other", () => {
    // 2:4 halves K: 4 folds of 32 + 32 + 32 − 2 cycles, reported as 375.
    const { pairs, pairGroups } = run(dense, sparse)
    const [predicted, expected] = [503 / 375, 503 / 400]
    expect(pairs).toEqual([
      {
        dense: "dense",
        sparse: "sparse",
        group: "os 32x32 2:4",
        predicted,
        expected,
        error: predicted / expected - 1,
      },
    ])
    expect(pairGroups).toMatchObject([{ group: "os 32x32 2:4", n: 1 }])
    expect(pairGroups[0].geomeanError).toBeCloseTo(predicted / expected - 1, 12)
  })

  it("are found whichever comes first, and for every sparse case of one dense", () => {
    const sparser = gemmCase("sparser", { sparsity: "1:4" }, 300)
    expect(run(sparser, sparse, dense).pairs.map((pair) => [pair.dense, pair.sparse])).toEqual([
      ["dense", "sparser"],
      ["dense", "sparse"],
    ])
  })

  it("are not made of other sizes, machines or dataflows, nor of a case that could not be run", () => {
    const others = [
      gemmCase("size", { m: 65, sparsity: "2:4" }),
      gemmCase("flow", { dataflow: "ws", sparsity: "2:4" }),
      { ...sparse, id: "machine", machine: "systolic-16x16" },
      { ...sparse, id: "broken", value: "?" },
    ]
    expect(run(dense, ...others).pairs).toEqual([])
  })

  it("may name the dense case 1:1, dense, 4:4, or not at all", () => {
    for (const sparsity of ["1:1", "dense", "4:4", undefined]) {
      expect(run(gemmCase("dense", { sparsity }, 503), sparse).pairs).toHaveLength(1)
    }
  })
})

describe("SAT's built-in cases", () => {
  const result = validate([builtinCases.get("sat") ?? fileOf()])
  const kinds = ["op-count", "speedup-bound", "sore", "storage"]

  it.each(kinds)("of kind %s are all equal at the digits shown", (kind) => {
    const group = result.groups.find((g) => g.group === kind)
    expect(group?.n).toBeGreaterThanOrEqual(4)
    expect(group?.equal).toBe(group?.n)
  })

  it("that follow by arithmetic are predicted, none left out", () => {
    const derived = (builtinCases.get("sat")?.cases ?? []).filter(({ evidence }) => evidence === "derived")
    const predicted = new Set(result.cases.map(({ id }) => id))
    expect(derived.filter(({ id }) => !predicted.has(id))).toEqual([])
  })

  it("that no source lets one compute are counted: accuracy, unnamed rivals, an op count without its pattern", () => {
    expect(result.unsupported.reduce((sum, { n }) => sum + n, 0)).toBe(6)
    expect(result.unsupported.map(({ reason }) => reason).join("; ")).toMatch(
      /accuracy.*not named.*no N:M pattern/,
    )
  })

  it("predict the published speed-up nearer than the operation count does", () => {
    const group = result.groups.find((g) => g.group === "published-claim")
    const speedup = result.cases.find(({ metric }) => metric === "training_time_speedup")
    expect(group).toBeDefined()
    expect(Math.abs(speedup?.error ?? 1)).toBeLessThan(Math.abs(2 - 1.75) / 1.75)
  })
})

describe("a result", () => {
  it("is the same from the file's text as from the object", () => {
    const file = builtinCases.get("sat") ?? fileOf()
    expect(validate([readCaseFile(JSON.stringify(file), "sat.json")])).toEqual(validate([file]))
  })

  it("of two files is that of their cases together", () => {
    const [a, b] = [gemmCase("a", {}, 500), gemmCase("b", { m: 100 }, 700)]
    expect(validate([fileOf(a), fileOf(b)])).toEqual(run(a, b))
  })
})
