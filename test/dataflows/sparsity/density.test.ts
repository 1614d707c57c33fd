import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { pruneWeights } from "../../../dataflows/sparsity/density.ts"
import { nmPattern } from "../../arbitraries/nm.ts"
import { runs } from "../../arbitraries/runs.ts"
import { layerWeights } from "../../arbitraries/tensor.ts"

describe("pruneWeights", () => {
  it("reports what is left of a layer", () => {
    // Groups along in: [4 -3 2 1], [0 0 -6 0]; the second has one non-zero for two places.
    const values = Float32Array.from([4, -3, 2, 1, 0, 0, -6, 0])
    const pruned = pruneWeights({ shape: [2, 4], values }, { n: 2, m: 4 }, "FF")
    expect([...pruned.values]).toEqual([4, -3, 0, 0, 0, 0, -6, 0])
    expect([...pruned.mask]).toEqual([1, 1, 0, 0, 1, 0, 1, 0])
    expect(pruned.statistics).toEqual({
      elements: 8,
      inputNonZeros: 5,
      nonZeros: 3,
      density: 3 / 8,
      keptMagnitude: 13 / 16,
      underfilledGroups: 1 / 2,
    })
  })

  it("groups the other way for BP", () => {
    const values = Float32Array.from([1, 2, 3, 4])
    expect([...pruneWeights({ shape: [2, 2], values }, { n: 1, m: 2 }, "BP").values]).toEqual([0, 0, 3, 4])
  })

  it("does not call a full tail group underfilled", () => {
    const values = Float32Array.from([1, 1, 1, 1, 1])
    expect(pruneWeights({ shape: [1, 5], values }, { n: 2, m: 4 }, "FF").statistics.underfilledGroups).toBe(0)
  })

  it("loses nothing of a layer of zeros", () => {
    const { statistics } = pruneWeights({ shape: [1, 4], values: new Float32Array(4) }, { n: 2, m: 4 }, "FF")
    expect(statistics.keptMagnitude).toBe(1)
    expect(statistics.density).toBe(0)
    expect(statistics.underfilledGroups).toBe(1)
  })

  it("keeps at least N/M of the magnitude and every share within 0 and 1", () => {
    fc.assert(
      fc.property(layerWeights, nmPattern(8), fc.constantFrom("FF", "BP"), (weights, pattern, pass) => {
        const { statistics } = pruneWeights(weights, pattern, pass)
        const { density, keptMagnitude, underfilledGroups, nonZeros, inputNonZeros } = statistics
        expect(keptMagnitude).toBeGreaterThanOrEqual((pattern.n / pattern.m) * (1 - 1e-12))
        for (const share of [density, keptMagnitude, underfilledGroups]) {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
        }
        expect(nonZeros).toBeLessThanOrEqual(inputNonZeros)
      }),
      { numRuns: runs },
    )
  })

  it("rejects infinite weights and NaN by flat index, and a layer without weights", () => {
    const broken = (value: number) => () =>
      pruneWeights({ shape: [1, 3], values: Float32Array.from([1, 2, value]) }, { n: 1, m: 2 }, "FF")
    expect(broken(-Infinity)).toThrow("flat index 2 is infinite")
    expect(broken(NaN)).toThrow("flat index 2 is NaN")
    expect(() => pruneWeights({ shape: [0, 4], values: new Float32Array(0) }, { n: 2, m: 4 }, "FF")).toThrow(
      WorkloadError,
    )
  })
})
