import { describe, expect, it } from "vitest"
import { drive } from "../../../sim/branch/drive.ts"
import { gshare } from "../../../sim/branch/gshare/gshare.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"

describe("gshare", () => {
  /** Source: reference/predictors.md 6.1, the 32 KB gshare of the fifth Championship Branch Prediction. */
  it("mispredicts as often as the 32 KB original on the self-test stream", () => {
    const stream = selfTestStream()
    const missed = new Uint8Array(stream.length)
    drive(gshare({ indexBits: 17, historyBits: 31, initialCounter: 2 }), stream, missed)
    const after = (n: number): number => missed.subarray(0, n).reduce((sum, m) => sum + m, 0)
    expect([1000, 8192, 16_384, 106_496, 400_000].map(after)).toEqual([96, 558, 1073, 6444, 23_342])
  })
})
