/** The closed forms against the register-level stepper: equal in every count, on real data, to the last bit. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type Gemm, keptPrefix, type ReductionSparsity } from "../../dataflows/gemm.ts"
import { isDense } from "../../dataflows/sparsity/nm-pattern.ts"
import { nmMask } from "../../dataflows/sparsity/prune.ts"
import { arrayTiming } from "../../sim/sat/array-timing.ts"
import { bufferAccesses } from "../../sim/sat/buffer-accesses.ts"
import { deliveredLength } from "../../sim/sat/delivered-length.ts"
import { peBusy } from "../../sim/sat/pe-busy.ts"
import { scaleSimLayer } from "../../sim/sat/scalesim-compat.ts"
import { stepArray, type StepperInput } from "../../sim/sat/stepper/step-array.ts"
import { dataflow } from "../arbitraries/gemm.ts"
import { nmPattern } from "../arbitraries/nm.ts"
import { runs } from "../arbitraries/runs.ts"

/** Accumulating takes no longer than the whole pipeline. */
const pipelinedArray = fc
  .record({
    rows: fc.integer({ min: 1, max: 9 }),
    cols: fc.integer({ min: 1, max: 9 }),
    accumulateLatency: fc.integer({ min: 1, max: 6 }),
    multiplierLatency: fc.integer({ min: 0, max: 5 }),
    interleave: fc.integer({ min: 1, max: 7 }),
  })
  .map(({ multiplierLatency, ...array }) => ({
    ...array,
    pipelineLatency: array.accumulateLatency + multiplierLatency,
  }))

interface Tile {
  readonly gemm: Gemm
  readonly sparsity?: ReductionSparsity
}

/** A tile of up to 24 × 24 × 24, dense or N:M in either operand, with tails and a cut last repeat. */
const tile: fc.Arbitrary<Tile> = fc
  .record({
    m: fc.integer({ min: 1, max: 24 }),
    n: fc.integer({ min: 1, max: 24 }),
    k: fc.integer({ min: 1, max: 24 }),
    grouped: fc.integer({ min: 1, max: 24 }),
    operand: fc.constantFrom("a", "b" as const),
    pattern: fc.option(nmPattern(9), { nil: undefined }),
  })
  .map(({ m, n, k, grouped, operand, pattern }) => ({
    gemm: { m, n, k },
    ...(pattern === undefined ? {} : { sparsity: { operand, pattern, groupedLength: grouped } }),
  }))

/** Kept positions of the sparse operand, group by group along its reduction axis; each repeat and the rest on their own. */
const maskOf = (
  matrix: Float32Array,
  { m, n, k }: Gemm,
  { operand, pattern, groupedLength }: ReductionSparsity,
): Uint8Array => {
  const mask = new Uint8Array(matrix.length)
  for (let from = 0; from < k; from += groupedLength) {
    const length = Math.min(groupedLength, k - from)
    const lines = operand === "a" ? m : n
    const at = (line: number, p: number): number => (operand === "a" ? line * k + p : p * n + line)
    const slice = Float32Array.from(
      { length: lines * length },
      (_, i) => matrix[at(Math.floor(i / length), from + (i % length))],
    )
    const sliceMask = nmMask(slice, [lines, length], 1, pattern)
    sliceMask.forEach((bit, i) => (mask[at(Math.floor(i / length), from + (i % length))] = bit))
  }
  return mask
}

/** Pseudo-random operands: whole numbers, or float32 values of mixed sign and magnitude. */
const operandsOf = ({ m, n, k }: Gemm, seed: number, arithmetic: "float32" | "float64") => {
  let state = seed | 1
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return arithmetic === "float64" ? (state >> 20) % 128 : (state / 2 ** 31) * 2 ** ((state >>> 8) % 12)
  }
  return {
    a: Float32Array.from({ length: m * k }, next),
    b: Float32Array.from({ length: k * n }, next),
    partial: Float64Array.from({ length: m * n }, () => Math.fround(next())),
  }
}

const stepperInput = fc
  .record({
    tile,
    dataflow,
    array: pipelinedArray,
    arithmetic: fc.constantFrom("float32", "float64" as const),
    resumed: fc.boolean(),
    seed: fc.integer(),
  })
  .map(({ tile: { gemm, sparsity }, dataflow, array, arithmetic, resumed, seed }): StepperInput => {
    const { a, b, partial } = operandsOf(gemm, seed, arithmetic)
    const mask = sparsity && maskOf(sparsity.operand === "a" ? a : b, gemm, sparsity)
    return {
      gemm,
      a,
      b,
      dataflow,
      array,
      arithmetic,
      ...(sparsity === undefined ? {} : { sparsity }),
      ...(mask === undefined ? {} : { mask }),
      ...(resumed ? { partial } : {}),
    }
  })

/** The pruned product in reduction order with the array's rounding, and Σ|a||b| + |partial|. */
const reference = ({ gemm: { m, n, k }, a, b, sparsity, mask, arithmetic, partial }: StepperInput) => {
  const round = arithmetic === "float32" ? Math.fround : (x: number): number => x
  const rounded = new Float64Array(m * n)
  const exact = new Float64Array(m * n)
  const magnitude = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      const out = i * n + j
      rounded[out] = exact[out] = partial?.[out] ?? 0
      magnitude[out] = Math.abs(exact[out])
      for (let p = 0; p < k; p++) {
        if (mask?.[sparsity?.operand === "a" ? i * k + p : p * n + j] === 0) continue
        const product = a[i * k + p] * b[p * n + j]
        rounded[out] = round(rounded[out] + round(product))
        exact[out] += product
        magnitude[out] += Math.abs(product)
      }
    }
  }
  return { rounded, exact, magnitude }
}

const keptTile = ({ gemm, sparsity }: Tile): Gemm => ({ ...gemm, k: keptPrefix(gemm.k, sparsity) })

/** Σ of a typed array. */
const total = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0)

describe("the closed form and the register-level stepper", () => {
  it("take equal cycles, in equal shares of busy, fill and drain, stationary load and accumulation", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        const closed = arrayTiming(keptTile(input), input.dataflow, input.array)
        expect(stepArray(input).timing).toEqual(closed)
      }),
      { numRuns: runs },
    )
  })

  it("count what SCALE-Sim v3 counts, when latencies are 1 and nothing is interleaved or sparse", () => {
    fc.assert(
      fc.property(stepperInput, ({ gemm, a, b, dataflow: flow, arithmetic, array: { rows, cols } }) => {
        const array = { rows, cols, pipelineLatency: 1, accumulateLatency: 1, interleave: 1 }
        const { timing } = stepArray({ gemm, a, b, dataflow: flow, arithmetic, array })
        // SCALE-Sim reports the index of the last cycle.
        expect(timing.cycles - 1).toBe(scaleSimLayer({ gemm, dataflow: flow, rows, cols }).totalCycles)
      }),
      { numRuns: runs },
    )
  })

  it("keep every processing element equally busy", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        const { rows, cols } = input.array
        const kept = keptTile(input)
        const { peBusy: stepped } = stepArray(input)
        expect(stepped).toEqual(peBusy(kept, input.dataflow, rows, cols))
        expect(total(stepped)).toBe(kept.m * kept.n * kept.k)
      }),
      { numRuns: runs },
    )
  })

  it("read and write the buffers equally often, groups cut by a fold included", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        const { gemm, sparsity, dataflow: flow, array } = input
        const kept = keptPrefix(gemm.k, sparsity)
        const delivered = deliveredLength(0, gemm.k, sparsity, flow, array.rows)
        const sparse = sparsity !== undefined && !isDense(sparsity.pattern)
        const aK = sparse && sparsity.operand === "a" ? kept : delivered
        const bK = sparse && sparsity.operand === "b" ? kept : delivered
        const closed = bufferAccesses(gemm, aK, bK, flow, array.rows, array.cols, input.partial !== undefined)
        expect(stepArray(input).accesses).toEqual(closed)
      }),
      { numRuns: runs },
    )
  })

  it("need an output link of at most `interleave` words a column, one without interleaving", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        const words = input.dataflow === "os" ? Math.min(input.array.interleave, input.array.rows) : 1
        expect(stepArray(input).columnWritesPeak).toBeLessThanOrEqual(words)
      }),
      { numRuns: runs },
    )
  })
})

describe("the stepper's product", () => {
  it("is the reference product of the pruned operand, bit for bit: integers exactly, float32 in reduction order", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        expect(stepArray(input).product).toEqual(reference(input).rounded)
      }),
      { numRuns: runs },
    )
  })

  it("is in float32 within γ_K Σ|a||b| of the exact one (Higham 2002, section 3.1)", () => {
    fc.assert(
      fc.property(stepperInput, (given) => {
        const input = { ...given, arithmetic: "float32" as const }
        const { product } = stepArray(input)
        const { exact, magnitude } = reference(input)
        // The sum to continue is one more term.
        const terms = keptPrefix(input.gemm.k, input.sparsity) + (input.partial === undefined ? 0 : 1)
        const gamma = (terms * 2 ** -24) / (1 - terms * 2 ** -24)
        product.forEach((value, i) => {
          // The float64 reference rounds too, 2^29 times less.
          expect(Math.abs(value - exact[i])).toBeLessThanOrEqual(gamma * magnitude[i] * (1 + 2 ** -20))
        })
      }),
      { numRuns: runs },
    )
  })

  it("does not depend on array, latencies or dataflow: the order of additions is that of the reduction axis", () => {
    fc.assert(
      fc.property(stepperInput, dataflow, pipelinedArray, (input, otherFlow, otherArray) => {
        const other = stepArray({ ...input, dataflow: otherFlow, array: otherArray })
        expect(other.product).toEqual(stepArray(input).product)
      }),
      { numRuns: runs },
    )
  })

  it("never reads what the mask drops", () => {
    fc.assert(
      fc.property(stepperInput, (input) => {
        const { sparsity, mask } = input
        if (sparsity === undefined || mask === undefined || isDense(sparsity.pattern)) return
        const poisoned = (input[sparsity.operand] as Float32Array).map((x, i) => (mask[i] === 1 ? x : NaN))
        const { product } = stepArray({ ...input, [sparsity.operand]: poisoned })
        expect(product).toEqual(stepArray(input).product)
      }),
      { numRuns: runs },
    )
  })
})
