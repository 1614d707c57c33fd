import { describe, expect, it } from "vitest"
import { drive } from "../../../../sim/branch/drive.ts"
import { storageBits } from "../../../../sim/branch/predictor.ts"
import { tageScL66KB } from "../../../../sim/branch/sparse/equal-storage.ts"
import { gradedTageScL } from "../../../../sim/branch/sparse/graded-tage-sc-l.ts"
import { tageScL64KB } from "../../../../sim/branch/tage-sc-l/designs.ts"
import { tageScL } from "../../../../sim/branch/tage-sc-l/tage-sc-l.ts"
import { selfTestStream } from "../../../arbitraries/branch-stream.ts"

describe("TAGE-SC-L beside and under sparse models", () => {
  it("grows by 2 KB with one bank more", () => {
    const bits = (parameters: typeof tageScL64KB) => storageBits(tageScL(parameters).tables)
    expect(bits(tageScL66KB) - bits(tageScL64KB)).toBe(16_384)
  })

  it("predicts with grades what it predicts without, and uses every grade", () => {
    const stream = selfTestStream(20_000)
    const plain = new Uint8Array(stream.length)
    const graded = new Uint8Array(stream.length)
    drive(tageScL(tageScL64KB), stream, plain)
    const predictor = gradedTageScL(tageScL(tageScL64KB))
    const grades = new Set<number>()
    const watched = {
      ...predictor,
      predict: (pc: number, pcHigh: number, decoded: number) => {
        const said = predictor.predict(pc, pcHigh, decoded)
        grades.add(predictor.grade())
        return said
      },
    }
    drive(watched, stream, graded)
    expect(graded).toEqual(plain)
    expect(grades).toEqual(new Set([0, 1, 2, 3]))
  })
})
