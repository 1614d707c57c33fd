/** N:M patterns. */
import * as fc from "fast-check"
import type { NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"

/** Any pattern with 1 ≤ N ≤ M ≤ maxM, powers of two and others, dense ones (N = M) included. */
export const nmPattern = (maxM: number): fc.Arbitrary<NmPattern> =>
  fc
    .integer({ min: 1, max: maxM })
    .chain((m) => fc.record({ n: fc.integer({ min: 1, max: m }), m: fc.constant(m) }))

/** Patterns that drop something: 1 ≤ N < M ≤ maxM. */
export const sparseNmPattern = (maxM: number): fc.Arbitrary<NmPattern> =>
  fc
    .integer({ min: 2, max: maxM })
    .chain((m) => fc.record({ n: fc.integer({ min: 1, max: m - 1 }), m: fc.constant(m) }))
