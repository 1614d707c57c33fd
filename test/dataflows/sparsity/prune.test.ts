import { describe, expect, it } from "vitest"
import { ConfigError, WorkloadError } from "../../../arch/errors.ts"
import { applyMask, nmMask, prune } from "../../../dataflows/sparsity/prune.ts"

const mask = (values: number[], shape: number[], axis: number, n: number, m: number): number[] => [
  ...nmMask(Float32Array.from(values), shape, axis, { n, m }),
]

describe("nmMask", () => {
  it("groups consecutive elements along the last axis", () => {
    expect(mask([1, 4, 2, 3, 8, 7, 6, 5], [2, 4], 1, 2, 4)).toEqual([0, 1, 0, 1, 1, 1, 0, 0])
  })

  it("groups along an outer axis, neighbours a stride apart", () => {
    expect(mask([1, 8, 2, 7, 3, 6, 4, 5], [4, 2], 0, 2, 4)).toEqual([0, 1, 0, 1, 1, 0, 1, 0])
  })

  it("keeps the lower index of equal magnitudes, whatever their signs", () => {
    expect(mask([2, -2, 2, -2], [4], 0, 2, 4)).toEqual([1, 1, 0, 0])
    expect(mask([1, -2, 3, 2], [4], 0, 2, 4)).toEqual([0, 1, 1, 0])
  })

  it("keeps min(N, t) of a tail group of t elements", () => {
    expect(mask([1, 2, 3, 4, 9], [5], 0, 2, 4)).toEqual([0, 0, 1, 1, 1])
    expect(mask([1, 2, 3, 4, 9, 7, 8], [7], 0, 2, 4)).toEqual([0, 0, 1, 1, 1, 0, 1])
  })

  it("marks N places even in a group of zeros", () => {
    expect(mask([0, 0, 0, 0], [4], 0, 2, 4)).toEqual([1, 1, 0, 0])
  })

  it("treats -0 and +0 as equal magnitudes", () => {
    expect(mask([0, -0, 0, 1], [4], 0, 2, 4)).toEqual([1, 0, 0, 1])
    expect(mask([-0, 0, 0, 1], [4], 0, 2, 4)).toEqual([1, 0, 0, 1])
  })

  it("ranks a subnormal above zero and infinity above the largest finite number", () => {
    expect(mask([0, 2 ** -149], [2], 0, 1, 2)).toEqual([0, 1])
    expect(mask([(2 - 2 ** -23) * 2 ** 127, -Infinity], [2], 0, 1, 2)).toEqual([0, 1])
  })

  it("agrees between the two selection methods, which change over at N = 16", () => {
    // 16:32 exchanges; one more place and two elements, the largest and the smallest, make it sort.
    const group = Array.from({ length: 32 }, (_, j) => ((j * 13) % 32) + 1)
    const exchanged = mask(group, [32], 0, 16, 32)
    const sorted = mask([...group, 1000, 0], [34], 0, 17, 34)
    expect(sorted).toEqual([...exchanged, 1, 0])
  })

  it("sorts a tail group without the numbers of the group before it", () => {
    const whole = Array.from({ length: 80 }, () => 100)
    const tail = Array.from({ length: 50 }, (_, j) => j)
    const kept = mask([...whole, ...tail], [130], 0, 40, 80)
    expect(kept.slice(80)).toEqual(tail.map((x) => (x >= 10 ? 1 : 0)))
  })

  it("accepts a tensor without elements", () => {
    expect(mask([], [0, 4], 1, 2, 4)).toEqual([])
    expect(mask([], [4, 0], 1, 2, 4)).toEqual([])
  })

  it("prunes a view into a larger buffer where it lies", () => {
    const all = Float32Array.from([9, 9, 1, 2, 3, 4])
    expect([...nmMask(all.subarray(2), [4], 0, { n: 2, m: 4 })]).toEqual([0, 0, 1, 1])
  })

  it("rejects NaN with the flat index of the first one, also when groups run across memory", () => {
    const values = [1, 2, NaN, 4, NaN, 6, 7, 8]
    expect(() => mask(values, [4, 2], 0, 2, 4)).toThrow(WorkloadError)
    expect(() => mask(values, [4, 2], 0, 2, 4)).toThrow("flat index 2 is NaN")
  })

  it("rejects a shape that does not fit the values, naming both", () => {
    expect(() => mask([1, 2, 3], [2, 2], 1, 1, 2)).toThrow("shape [2, 2] needs 4 elements, found 3")
  })

  it("rejects an axis that does not exist", () => {
    expect(() => mask([1, 2], [2], 1, 1, 2)).toThrow("has no axis 1: expected 0 to 0")
    expect(() => mask([1, 2], [2], -1, 1, 2)).toThrow(WorkloadError)
  })

  it("rejects a shape with a fractional or negative dimension", () => {
    expect(() => mask([1, 2], [0.5, 4], 1, 1, 2)).toThrow("not a whole number")
    expect(() => mask([1, 2], [-1, -2], 1, 1, 2)).toThrow(WorkloadError)
  })

  it.each([
    [0, 4],
    [3, 2],
    [1.5, 4],
    [1, Number.NaN],
  ])("rejects the pattern %s:%s", (n, m) => {
    expect(() => mask([1, 2], [2], 0, n, m)).toThrow(ConfigError)
  })
})

describe("prune", () => {
  it("keeps -0 that it keeps and drops to +0", () => {
    const { values } = prune(Float32Array.from([-0, -0, -5]), [3], 0, { n: 2, m: 3 })
    expect([...values].map((x) => Object.is(x, -0))).toEqual([true, false, false])
    expect([...values]).toEqual([-0, 0, -5])
  })

  it("applies any non-zero mask byte as kept", () => {
    const values = Float32Array.from([0.1, 0.2, 0.3])
    const masked = applyMask(values, Uint8Array.from([0, 1, 255]))
    expect(masked).toEqual(Float32Array.from([0, 0.2, 0.3]))
  })
})
