/** Patterns of every kind. */
import fc from "fast-check"
import type { NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import {
  type BoundedPattern,
  hierarchical,
  type HierarchicalPattern,
  type RowWisePattern,
  type SparsityPattern,
  type VectorPattern,
} from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { nmPattern } from "./nm.ts"

export const vectorPattern: fc.Arbitrary<VectorPattern> = fc.record({
  kind: fc.constant("vector"),
  v: fc.integer({ min: 1, max: 5 }),
  n: fc.integer({ min: 1, max: 4 }),
  m: fc.integer({ min: 4, max: 9 }),
})

export const hierarchicalPattern: fc.Arbitrary<HierarchicalPattern> = fc
  .array(nmPattern(4), { minLength: 2, maxLength: 3 })
  .map(hierarchical)

export const boundedPattern: fc.Arbitrary<BoundedPattern> = nmPattern(8).map(({ n, m }: NmPattern) => ({
  kind: "bounded",
  n,
  m,
}))

export const rowWisePattern: fc.Arbitrary<RowWisePattern> = fc
  .constantFrom(2, 4, 8)
  .map((m) => ({ kind: "row-wise", n: m, m }))

export const anyPattern: fc.Arbitrary<SparsityPattern> = fc.oneof(
  nmPattern(8),
  vectorPattern,
  hierarchicalPattern,
  boundedPattern,
  rowWisePattern,
)
