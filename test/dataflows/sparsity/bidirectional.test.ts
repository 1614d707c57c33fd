import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { bidirectionalMasks, passMask } from "../../../dataflows/sparsity/bidirectional.ts"

const oneToEight = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8])

describe("masks of a pass", () => {
  it("group a linear layer [out, in] along in for FF and along out for BP", () => {
    const { ff, bp } = bidirectionalMasks({ shape: [4, 2], values: oneToEight }, { n: 1, m: 2 })
    expect([...ff]).toEqual([0, 1, 0, 1, 0, 1, 0, 1])
    expect([...bp]).toEqual([0, 0, 1, 1, 0, 0, 1, 1])
  })

  it("group a convolution by channel, never along the kernel", () => {
    // [out 2, in 2, kernel 1 × 2].
    const { ff, bp } = bidirectionalMasks({ shape: [2, 2, 1, 2], values: oneToEight }, { n: 1, m: 2 })
    expect([...ff]).toEqual([0, 0, 1, 1, 0, 0, 1, 1])
    expect([...bp]).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
  })

  it("do not let BP groups straddle the groups of a convolution", () => {
    const weights = { shape: [4, 2], values: oneToEight }
    // Two groups of two output channels each: every BP line has two elements, and 2:4 keeps both.
    expect([...passMask({ ...weights, groups: 2 }, { n: 2, m: 4 }, "BP")]).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
    expect([...passMask(weights, { n: 2, m: 4 }, "BP")]).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
  })

  it("keep every weight of a depthwise convolution", () => {
    const depthwise = { shape: [8, 1, 1, 1], values: oneToEight, groups: 8 }
    const { ff, bp } = bidirectionalMasks(depthwise, { n: 2, m: 8 })
    expect([...ff, ...bp].every((kept) => kept === 1)).toBe(true)
  })

  it("reject weights without input channels and groups that do not divide the output channels", () => {
    const vector = { shape: [8], values: oneToEight }
    expect(() => passMask(vector, { n: 1, m: 2 }, "FF")).toThrow(WorkloadError)
    expect(() => passMask(vector, { n: 1, m: 2 }, "BP")).toThrow("no input and output channels")
    expect(() => passMask({ shape: [4, 2], values: oneToEight, groups: 3 }, { n: 1, m: 2 }, "BP")).toThrow(
      "3 convolution groups do not divide 4 output channels",
    )
  })
})
