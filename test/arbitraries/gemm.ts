/** Products, arrays and mappings small enough to execute. */
import fc from "fast-check"
import type { MappedGemm } from "../../dataflows/gemm.ts"
import { loopOrders, type Tiling } from "../../dataflows/tiling.ts"
import type { ArrayShape } from "../../sim/sat/array-timing.ts"

const side = fc.integer({ min: 1, max: 20 })

export const arrayShape: fc.Arbitrary<ArrayShape> = fc.record({
  rows: fc.integer({ min: 1, max: 9 }),
  cols: fc.integer({ min: 1, max: 9 }),
  pipelineLatency: fc.integer({ min: 1, max: 6 }),
  accumulateLatency: fc.integer({ min: 1, max: 5 }),
  interleave: fc.integer({ min: 1, max: 5 }),
})

/** Latencies of one: SCALE-Sim's array. */
export const plainArray: fc.Arbitrary<ArrayShape> = arrayShape.map((array) => ({
  ...array,
  pipelineLatency: 1,
  accumulateLatency: 1,
  interleave: 1,
}))

export const dataflow = fc.constantFrom("os", "ws", "is" as const)

/** A product, dense or N:M in its second operand; k is a whole number of grouped axes. */
export const mappedGemm: fc.Arbitrary<MappedGemm> = fc
  .record({
    m: side,
    n: side,
    grouped: side,
    repeats: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 3 }),
    pattern: fc.option(
      fc.integer({ min: 1, max: 8 }).chain((m) => fc.integer({ min: 1, max: m }).map((n) => ({ n, m }))),
      { nil: undefined },
    ),
  })
  .map(({ m, n, grouped, repeats, count, pattern }): MappedGemm => {
    const k = grouped * repeats
    return {
      gemm: { m, n, k },
      count,
      a: { role: "activation", uniqueElements: count * m * k },
      b: { role: "weight", uniqueElements: count * k * n },
      c: { role: "activation", uniqueElements: count * m * n },
      nonZeroShare: 1,
      ...(pattern === undefined
        ? {}
        : { sparsity: { operand: "b" as const, pattern, groupedLength: grouped } }),
    }
  })

/** Tile sizes from 1 to beyond the product, in any loop order. */
export const tiling: fc.Arbitrary<Tiling> = fc.record({
  m: fc.integer({ min: 1, max: 24 }),
  n: fc.integer({ min: 1, max: 24 }),
  k: fc.integer({ min: 1, max: 64 }),
  order: fc.constantFrom(...loopOrders),
})
