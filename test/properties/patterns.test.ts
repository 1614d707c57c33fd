/** Patterns beyond N:M: their masks have the property that they claim, and keep what the closed forms say. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { metadataFormats } from "../../dataflows/sparsity/compressed-size.ts"
import { isDense, keptLength } from "../../dataflows/sparsity/nm-pattern.ts"
import { groupMultipliers, groupSteps, keptAlong } from "../../dataflows/sparsity/pattern/kept-along.ts"
import { patternMask, satisfiesPattern } from "../../dataflows/sparsity/pattern/pattern-mask.ts"
import { patternMetadataBits } from "../../dataflows/sparsity/pattern/pattern-metadata.ts"
import { formatPattern, parsePattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import {
  rowWiseDensity,
  rowWiseMetadataBits,
  rowWiseN,
  satisfiesRowWise,
} from "../../dataflows/sparsity/pattern/row-wise.ts"
import {
  density,
  hierarchical,
  type SparsityPattern,
} from "../../dataflows/sparsity/pattern/sparsity-pattern.ts"
import { weightMatrix } from "../../dataflows/sparsity/pattern/weight-matrix.ts"
import { applyMask, nmMask } from "../../dataflows/sparsity/prune.ts"
import { satisfiesNm } from "../../dataflows/sparsity/satisfies.ts"
import { passGrouping, type WeightPass, type Weights } from "../../dataflows/sparsity/weight-axis.ts"
import { nmPattern } from "../arbitraries/nm.ts"
import {
  anyPattern,
  boundedPattern,
  hierarchicalPattern,
  rowWisePattern,
  vectorPattern,
} from "../arbitraries/pattern.ts"
import { runs } from "../arbitraries/runs.ts"
import { layerWeights } from "../arbitraries/tensor.ts"

const pass = fc.constantFrom<WeightPass>("FF", "BP")
const params = { numRuns: runs }
const pruned = (weights: Weights, pattern: SparsityPattern, by: WeightPass): Weights => ({
  ...weights,
  values: applyMask(weights.values, patternMask(weights, pattern, by)),
})
const sum = (mask: Uint8Array): number => mask.reduce((total, kept) => total + kept, 0)
const axisOf = (weights: Weights, by: WeightPass) => passGrouping(weights.shape, weights.groups ?? 1, by)

describe("any pattern", () => {
  it("is read back from its text", () => {
    fc.assert(
      fc.property(anyPattern, (pattern) => {
        expect(parsePattern(formatPattern(pattern))).toEqual(pattern)
      }),
      params,
    )
  })

  it("makes masks that it accepts itself", () => {
    fc.assert(
      fc.property(layerWeights, anyPattern, pass, (weights, pattern, by) => {
        expect(satisfiesPattern(pruned(weights, pattern, by), pattern, by)).toBe(true)
      }),
      params,
    )
  })

  it("is a special case of the N:M pattern that it names", () => {
    fc.assert(
      fc.property(layerWeights, anyPattern, pass, (weights, pattern, by) => {
        const { shape, axis } = axisOf(weights, by)
        expect(satisfiesNm(pruned(weights, pattern, by).values, shape, axis, pattern)).toBe(true)
      }),
      params,
    )
  })

  it("keeps in every line what the closed form says, whatever the length", () => {
    const full = fc.oneof(nmPattern(8), vectorPattern, hierarchicalPattern)
    fc.assert(
      fc.property(layerWeights, full, pass, (weights, pattern, by) => {
        const { length } = weightMatrix(weights, pattern, by)
        const lines = length === 0 ? 0 : weights.values.length / length
        expect(sum(patternMask(weights, pattern, by))).toBe(lines * keptAlong(length, pattern))
      }),
      params,
    )
  })

  it("keeps N of every M on whole groups, never more than its density plus one tail group", () => {
    fc.assert(
      fc.property(anyPattern, fc.integer({ min: 0, max: 20 }), fc.nat(500), (pattern, groups, length) => {
        expect(keptAlong(groups * pattern.m, pattern)).toBe(groups * pattern.n)
        expect(keptAlong(length, pattern)).toBeLessThanOrEqual(length * density(pattern) + pattern.n)
      }),
      params,
    )
  })

  it("keeps no less of a longer axis", () => {
    fc.assert(
      fc.property(anyPattern, fc.nat(300), (pattern, length) => {
        const more = keptAlong(length + 1, pattern) - keptAlong(length, pattern)
        expect(more === 0 || more === 1).toBe(true)
      }),
      params,
    )
  })

  it("takes as many spatial steps times multipliers as temporal steps on whole groups", () => {
    fc.assert(
      fc.property(anyPattern, fc.integer({ min: 1, max: 20 }), (pattern, groups) => {
        const length = groups * pattern.m
        expect(groupSteps(length, pattern) * groupMultipliers(pattern)).toBe(keptAlong(length, pattern))
      }),
      params,
    )
  })

  it("needs no more bits as a combinadic code than as a bitmap", () => {
    fc.assert(
      fc.property(anyPattern, (pattern) => {
        expect(patternMetadataBits(pattern, "combinadic")).toBeLessThanOrEqual(
          patternMetadataBits(pattern, "bitmap"),
        )
      }),
      params,
    )
  })
})

describe("V:N:M", () => {
  it("with one row a block is N:M by magnitude", () => {
    fc.assert(
      fc.property(layerWeights, vectorPattern, pass, (weights, pattern, by) => {
        const { shape, axis } = axisOf(weights, by)
        expect(patternMask(weights, { ...pattern, v: 1 }, by)).toEqual(
          nmMask(weights.values, shape, axis, pattern),
        )
      }),
      params,
    )
  })

  it("with groups of four columns is N:4, whatever V", () => {
    fc.assert(
      fc.property(layerWeights, vectorPattern, pass, (weights, pattern, by) => {
        const { shape, axis } = axisOf(weights, by)
        const four = { ...pattern, m: 4 }
        expect(patternMask(weights, four, by)).toEqual(nmMask(weights.values, shape, axis, four))
      }),
      params,
    )
  })

  it("refuses a block with a fifth column, which plain N:M takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 9 }), fc.integer({ min: 5, max: 8 }), (m, rows) => {
        // Row r has its only non-zero in column r mod 5: one a row, five columns.
        const values = Float32Array.from({ length: rows * m }, (_, i) =>
          i % m === Math.floor(i / m) % 5 ? 1 : 0,
        )
        const weights = { shape: [rows, m], values }
        expect(satisfiesNm(values, weights.shape, 1, { n: 2, m })).toBe(true)
        expect(satisfiesPattern(weights, { kind: "vector", v: rows, n: 2, m }, "FF")).toBe(false)
        expect(satisfiesPattern(weights, { kind: "vector", v: 4, n: 2, m }, "FF")).toBe(true)
      }),
      params,
    )
  })

  it("shares the columns' bits among more rows", () => {
    fc.assert(
      fc.property(vectorPattern, fc.constantFrom(...metadataFormats), (pattern, format) => {
        const bits = (v: number): number => patternMetadataBits({ ...pattern, v }, format)
        expect(bits(2 * pattern.v)).toBeLessThanOrEqual(bits(pattern.v))
      }),
      params,
    )
  })
})

describe("hierarchical patterns", () => {
  it("have the product of their levels' densities", () => {
    fc.assert(
      fc.property(hierarchicalPattern, (pattern) => {
        const product = pattern.levels.reduce((share, level) => share * density(level), 1)
        expect(density(pattern)).toBeCloseTo(product, 12)
        expect(keptAlong(pattern.m, pattern) / pattern.m).toBeCloseTo(product, 12)
      }),
      params,
    )
  })

  it("with a dense outer level are the inner N:M", () => {
    fc.assert(
      fc.property(
        layerWeights,
        nmPattern(5),
        fc.integer({ min: 1, max: 4 }),
        pass,
        (weights, inner, blocks, by) => {
          const { shape, axis } = axisOf(weights, by)
          const pattern = hierarchical([inner, { n: blocks, m: blocks }])
          expect(patternMask(weights, pattern, by)).toEqual(nmMask(weights.values, shape, axis, inner))
        },
      ),
      params,
    )
  })

  it("with blocks of one element are the outer N:M, in what they keep", () => {
    fc.assert(
      fc.property(nmPattern(9), fc.nat(200), (outer, length) => {
        expect(keptAlong(length, hierarchical([{ n: 1, m: 1 }, outer]))).toBe(keptLength(length, outer))
      }),
      params,
    )
  })
})

describe("density-bound blocks", () => {
  it("keep the non-zeros of N:M by magnitude and not one zero", () => {
    fc.assert(
      fc.property(layerWeights, boundedPattern, pass, (weights, pattern, by) => {
        const { shape, axis } = axisOf(weights, by)
        const plain = nmMask(weights.values, shape, axis, pattern)
        const expected = plain.map((kept, i) => (kept === 1 && weights.values[i] !== 0 ? 1 : 0))
        expect(patternMask(weights, pattern, by)).toEqual(expected)
      }),
      params,
    )
  })
})

describe("row-wise N:M", () => {
  it("drops no non-zero, and no smaller N of any row would do", () => {
    fc.assert(
      fc.property(layerWeights, rowWisePattern, pass, (weights, pattern, by) => {
        const rowN = rowWiseN(weights, pattern, by)
        expect(
          applyMask(weights.values, patternMask(weights, pattern, by)).every(
            (w, i) => w === weights.values[i],
          ),
        ).toBe(true)
        expect(satisfiesRowWise(weights, pattern, by, rowN)).toBe(true)
        rowN.forEach((n, row) => {
          expect([1, 2, 4, 8].filter((choice) => choice <= pattern.m)).toContain(n)
          const halved = satisfiesRowWise(weights, pattern, by, rowN.with(row, n / 2))
          expect(halved).toBe(false)
        })
      }),
      params,
    )
  })

  it("stores no more slots than a dense tensor and no fewer than one of M", () => {
    fc.assert(
      fc.property(layerWeights, rowWisePattern, pass, (weights, pattern, by) => {
        const share = rowWiseDensity(rowWiseN(weights, pattern, by), pattern)
        expect(share).toBeLessThanOrEqual(1)
        expect(share).toBeGreaterThanOrEqual(1 / pattern.m)
      }),
      params,
    )
  })

  it("counts every row's groups and one choice of N a row", () => {
    // Two rows of 1:4 and 4:4, three groups each: 2 bits of choice a row, 2 bits an index.
    expect(rowWiseMetadataBits(Int32Array.of(1, 4), { kind: "row-wise", n: 4, m: 4 }, 3, "index")).toBe(
      2 + 3 * 2 + 2 + 3 * 8,
    )
  })
})

describe("a dense pattern", () => {
  it("keeps everything", () => {
    fc.assert(
      fc.property(anyPattern.filter(isDense), fc.nat(200), (pattern, length) => {
        expect(keptAlong(length, pattern)).toBe(length)
      }),
      params,
    )
  })
})
