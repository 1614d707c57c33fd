/** What N:M pruning and compression must always do, and what is believed of them but does not hold. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bidirectionalMasks } from "../../dataflows/sparsity/bidirectional.ts"
import { compressedBitsPerGroup, compressionRatio } from "../../dataflows/sparsity/compressed-size.ts"
import { type EncodedFormat, sizeBits } from "../../dataflows/sparsity/compressed-tensor.ts"
import { decode } from "../../dataflows/sparsity/decode.ts"
import { encode } from "../../dataflows/sparsity/encode.ts"
import { prune } from "../../dataflows/sparsity/prune.ts"
import { satisfiesNm } from "../../dataflows/sparsity/satisfies.ts"
import { isTransposable, transposableMask } from "../../dataflows/sparsity/transposable.ts"
import { passGrouping } from "../../dataflows/sparsity/weight-axis.ts"
import { nmPattern, sparseNmPattern } from "../arbitraries/nm.ts"
import { runs } from "../arbitraries/runs.ts"
import { finiteWeight, layerWeights, tensorWithAxis } from "../arbitraries/tensor.ts"
import { groupsByCoordinates } from "../dataflows/sparsity/group-coordinates.ts"

const format = fc.constantFrom<EncodedFormat>("index", "bitmap")
const count = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length
const bitsOf = (values: Float32Array): number[] => [...new Int32Array(values.buffer)]

/** Largest Σ|x| over every way to choose `keep` of the magnitudes. */
const bestSum = (magnitudes: readonly number[], keep: number): number => {
  let best = 0
  for (let chosen = 0; chosen < 2 ** magnitudes.length; chosen += 1) {
    const picked = magnitudes.filter((_, j) => ((chosen >> j) & 1) === 1)
    if (picked.length === keep) {
      best = Math.max(
        best,
        picked.reduce((a, b) => a + b, 0),
      )
    }
  }
  return best
}

describe("N:M pruning", () => {
  it("leaves at most N non-zeros in every group, and exactly N where the group had N or more", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(16), ({ values, shape, axis }, pattern) => {
        const pruned = prune(values, shape, axis, pattern)
        for (const group of groupsByCoordinates(shape, axis, pattern.m)) {
          const before = count(group, (at) => values[at] !== 0)
          const after = count(group, (at) => pruned.values[at] !== 0)
          expect(after).toBe(Math.min(before, pattern.n))
          expect(count(group, (at) => pruned.mask[at] === 1)).toBe(Math.min(pattern.n, group.length))
        }
        expect(satisfiesNm(pruned.values, shape, axis, pattern)).toBe(true)
      }),
      { numRuns: runs },
    )
  })

  it("is idempotent", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(16), ({ values, shape, axis }, pattern) => {
        const once = prune(values, shape, axis, pattern)
        const twice = prune(once.values, shape, axis, pattern)
        expect(bitsOf(twice.values)).toEqual(bitsOf(once.values))
      }),
      { numRuns: runs },
    )
  })

  it("keeps every bit of what it keeps, sets the rest to +0 and does not touch its input", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(16), ({ values, shape, axis }, pattern) => {
        const before = bitsOf(values)
        const { values: pruned, mask } = prune(values, shape, axis, pattern)
        expect(bitsOf(pruned)).toEqual(before.map((bits, at) => (mask[at] === 1 ? bits : 0)))
        expect(bitsOf(values)).toEqual(before)
      }),
      { numRuns: runs },
    )
  })

  it("keeps the largest Σ|x| of all C(M, N) choices", () => {
    // Integers: sums are exact whatever the order.
    const integer = fc.integer({ min: -50, max: 50 })
    fc.assert(
      fc.property(tensorWithAxis(integer), nmPattern(8), ({ values, shape, axis }, pattern) => {
        const { values: pruned } = prune(values, shape, axis, pattern)
        for (const group of groupsByCoordinates(shape, axis, pattern.m)) {
          const kept = group.reduce((sum, at) => sum + Math.abs(pruned[at]), 0)
          const magnitudes = group.map((at) => Math.abs(values[at]))
          expect(kept).toBe(bestSum(magnitudes, Math.min(pattern.n, group.length)))
        }
      }),
      { numRuns: runs },
    )
  })

  it("keeps no element before a dropped one of the same group unless its magnitude is larger or the lower index wins", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(16), ({ values, shape, axis }, pattern) => {
        const { mask } = prune(values, shape, axis, pattern)
        for (const group of groupsByCoordinates(shape, axis, pattern.m)) {
          for (const kept of group.filter((at) => mask[at] === 1)) {
            for (const dropped of group.filter((at) => mask[at] === 0)) {
              const k = Math.abs(values[kept])
              const d = Math.abs(values[dropped])
              expect(k > d || (k === d && kept < dropped)).toBe(true)
            }
          }
        }
      }),
      { numRuns: runs },
    )
  })

  it("commutes with a permutation inside the groups when all magnitudes differ", () => {
    const distinctGroups = nmPattern(12).chain((pattern) =>
      fc.integer({ min: 1, max: 4 }).chain((groups) =>
        fc.record({
          pattern: fc.constant(pattern),
          values: fc
            .uniqueArray(finiteWeight, {
              minLength: groups * pattern.m,
              maxLength: groups * pattern.m,
              selector: (x) => Math.abs(Math.fround(x)),
            })
            .map((values) => Float32Array.from(values)),
          orders: fc.array(
            fc.shuffledSubarray([...Array(pattern.m).keys()], {
              minLength: pattern.m,
              maxLength: pattern.m,
            }),
            { minLength: groups, maxLength: groups },
          ),
        }),
      ),
    )
    fc.assert(
      fc.property(distinctGroups, ({ pattern, values, orders }) => {
        const permute = (x: Float32Array): Float32Array =>
          Float32Array.from(orders.flatMap((order, g) => order.map((j) => x[g * pattern.m + j])))
        const pruned = (x: Float32Array): Float32Array => prune(x, [x.length], 0, pattern).values
        expect(bitsOf(pruned(permute(values)))).toEqual(bitsOf(permute(pruned(values))))
      }),
      { numRuns: runs },
    )
  })

  it("commutes with exact positive scaling and with sign flips", () => {
    // Powers of two far from the ends of float32: other factors round and can merge two magnitudes into a tie.
    const exact = fc.integer({ min: -999, max: 999 })
    fc.assert(
      fc.property(
        tensorWithAxis(exact),
        nmPattern(16),
        fc.integer({ min: -60, max: 60 }),
        fc.infiniteStream(fc.boolean()),
        ({ values, shape, axis }, pattern, exponent, flips) => {
          const { values: pruned, mask } = prune(values, shape, axis, pattern)
          const scaled = prune(
            values.map((x) => x * 2 ** exponent),
            shape,
            axis,
            pattern,
          )
          expect(scaled.mask).toEqual(mask)
          expect(scaled.values).toEqual(pruned.map((x) => x * 2 ** exponent))

          const signs = Array.from(values, () => (flips.next().value === true ? -1 : 1))
          const flipped = prune(
            values.map((x, at) => x * signs[at]),
            shape,
            axis,
            pattern,
          )
          expect(flipped.mask).toEqual(mask)
        },
      ),
      { numRuns: runs },
    )
  })

  it("names the first NaN wherever it is, whatever else is in the tensor", () => {
    fc.assert(
      fc.property(
        tensorWithAxis(),
        nmPattern(16),
        fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
        ({ values, shape, axis }, pattern, picks) => {
          const broken = values.slice()
          const places = picks.map((pick) => pick % values.length)
          for (const at of places) broken[at] = NaN
          const first = Math.min(...places)
          expect(() => prune(broken, shape, axis, pattern)).toThrow(`flat index ${first} is NaN`)
        },
      ),
      { numRuns: runs },
    )
  })

  it("keeps infinities before anything else", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(16), ({ values, shape, axis }, pattern) => {
        const { values: pruned } = prune(values, shape, axis, pattern)
        const isInfinite = (x: number): boolean => Math.abs(x) === Infinity
        for (const group of groupsByCoordinates(shape, axis, pattern.m)) {
          const before = count(group, (at) => isInfinite(values[at]))
          expect(count(group, (at) => isInfinite(pruned[at]))).toBe(Math.min(before, pattern.n))
        }
      }),
      { numRuns: runs },
    )
  })
})

describe("N:M compression", () => {
  it("restores the pruned tensor bit for bit", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(17), format, ({ values, shape, axis }, pattern, format) => {
        const pruned = prune(values, shape, axis, pattern).values
        expect(bitsOf(decode(encode(pruned, shape, axis, pattern, format)))).toEqual(bitsOf(pruned))
      }),
      { numRuns: runs },
    )
  })

  it("writes indices that increase strictly inside a group and stay below M", () => {
    fc.assert(
      fc.property(tensorWithAxis(), nmPattern(17), ({ values, shape, axis }, pattern) => {
        const pruned = prune(values, shape, axis, pattern).values
        const { metadata } = encode(pruned, shape, axis, pattern, "index")
        const bit = (at: number): number => (metadata[Math.floor(at / 8)] >> (at % 8)) & 1
        const width = Math.ceil(Math.log2(pattern.m))
        const groups = groupsByCoordinates(shape, axis, pattern.m).length
        for (let g = 0; g < groups; g += 1) {
          let previous = -1
          for (let k = 0; k < pattern.n; k += 1) {
            const field = (g * pattern.n + k) * width
            let index = 0
            for (let b = 0; b < width; b += 1) index += bit(field + b) * 2 ** b
            expect(index).toBeGreaterThan(previous)
            expect(index).toBeLessThan(pattern.m)
            previous = index
          }
        }
      }),
      { numRuns: runs },
    )
  })

  it("takes groups × (N × value bits + metadata bits) exactly, the tail group padded to a whole one", () => {
    fc.assert(
      fc.property(
        tensorWithAxis(),
        nmPattern(17),
        format,
        fc.constantFrom(8, 16, 32),
        ({ values, shape, axis }, pattern, format, valueBits) => {
          const compressed = encode(prune(values, shape, axis, pattern).values, shape, axis, pattern, format)
          const groups = groupsByCoordinates(shape, axis, pattern.m).length
          const metadataBits = format === "bitmap" ? pattern.m : pattern.n * Math.ceil(Math.log2(pattern.m))
          expect(sizeBits(compressed, valueBits)).toBe(groups * (pattern.n * valueBits + metadataBits))
          expect(compressed.values).toHaveLength(groups * pattern.n)
          expect(compressed.metadata).toHaveLength(Math.ceil((groups * metadataBits) / 8))
        },
      ),
      { numRuns: runs },
    )
  })

  it("is the identity on a dense tensor when N = M", () => {
    fc.assert(
      fc.property(
        tensorWithAxis(),
        fc.integer({ min: 1, max: 16 }),
        format,
        ({ values, shape, axis }, m, format) => {
          const dense = { n: m, m }
          const { values: pruned, mask } = prune(values, shape, axis, dense)
          expect(mask.every((kept) => kept === 1)).toBe(true)
          expect(bitsOf(pruned)).toEqual(bitsOf(values))
          expect(bitsOf(decode(encode(values, shape, axis, dense, format)))).toEqual(bitsOf(values))
        },
      ),
      { numRuns: runs },
    )
  })
})

describe("masks of both passes", () => {
  it("are N:M along the input channels for FF and along the output channels of each convolution group for BP", () => {
    fc.assert(
      fc.property(layerWeights, nmPattern(8), (weights, pattern) => {
        const { ff, bp } = bidirectionalMasks(weights, pattern)
        const [out, ...perOutput] = weights.shape
        const groups = weights.groups ?? 1
        for (const group of groupsByCoordinates(weights.shape, 1, pattern.m)) {
          expect(count(group, (at) => ff[at] === 1)).toBe(Math.min(pattern.n, group.length))
        }
        for (const group of groupsByCoordinates([groups, out / groups, ...perOutput], 1, pattern.m)) {
          expect(count(group, (at) => bp[at] === 1)).toBe(Math.min(pattern.n, group.length))
        }
      }),
      { numRuns: runs },
    )
  })

  it("are both satisfied by one transposable mask", () => {
    fc.assert(
      fc.property(layerWeights, nmPattern(8), (weights, pattern) => {
        const mask = transposableMask(weights, pattern)
        const groups = weights.groups ?? 1
        expect(isTransposable(mask, weights.shape, groups, pattern)).toBe(true)
        for (const pass of ["FF", "BP"] as const) {
          const { shape, axis } = passGrouping(weights.shape, groups, pass)
          for (const group of groupsByCoordinates(shape, axis, pattern.m)) {
            expect(count(group, (at) => mask[at] === 1)).toBeLessThanOrEqual(pattern.n)
          }
        }
      }),
      { numRuns: runs },
    )
  })
})

describe("commonly believed but false", () => {
  it("more zeros always mean less storage: 3:4 of int8 saves 7 %, not 25 %, and 7:8 costs more than dense", () => {
    expect(compressionRatio({ n: 3, m: 4 }, 8, "index")).toBeCloseTo(1.067, 3)
    expect(compressionRatio({ n: 3, m: 4 }, 8, "bitmap")).toBeCloseTo(1.143, 3)
    expect(compressionRatio({ n: 7, m: 8 }, 8, "index")).toBeLessThan(1)
  })

  it("the same density means the same storage: 4:8 indices take more than 2:4 indices", () => {
    expect(compressedBitsPerGroup({ n: 4, m: 8 }, 8, "index")).toBeGreaterThan(
      2 * compressedBitsPerGroup({ n: 2, m: 4 }, 8, "index"),
    )
  })

  it("indices are smaller than a bitmap: at 4:8 they take 12 bits against 8", () => {
    expect(compressedBitsPerGroup({ n: 4, m: 8 }, 0, "index")).toBe(12)
    expect(compressedBitsPerGroup({ n: 4, m: 8 }, 0, "bitmap")).toBe(8)
  })

  it("an N:M mask transposed is N:M: a counter-example", () => {
    // Rows are 2:4; columns 0 and 1 hold four each.
    const mask = Uint8Array.from([1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0])
    expect(satisfiesNm(mask, [4, 4], 1, { n: 2, m: 4 })).toBe(true)
    expect(satisfiesNm(mask, [4, 4], 0, { n: 2, m: 4 })).toBe(false)
    expect(isTransposable(mask, [4, 4], 1, { n: 2, m: 4 })).toBe(false)
  })

  it("an N:M mask transposed is N:M: equal rows never are, for any pattern that drops something", () => {
    fc.assert(
      fc.property(
        sparseNmPattern(8),
        fc.array(finiteWeight, { minLength: 8, maxLength: 8 }),
        (pattern, row) => {
          const { m } = pattern
          const values = Float32Array.from({ length: m * m }, (_, at) => row[at % m])
          const { ff } = bidirectionalMasks({ shape: [m, m], values }, pattern)
          expect(satisfiesNm(ff, [m, m], 1, pattern)).toBe(true)
          expect(satisfiesNm(ff, [m, m], 0, pattern)).toBe(false)
        },
      ),
      { numRuns: runs },
    )
  })

  it("the masks of both passes keep the same weights", () => {
    const values = Float32Array.from([4, 3, 2, 1])
    const { ff, bp } = bidirectionalMasks({ shape: [2, 2], values }, { n: 1, m: 2 })
    expect([...ff]).toEqual([1, 0, 1, 0])
    expect([...bp]).toEqual([1, 1, 0, 0])
  })
})
