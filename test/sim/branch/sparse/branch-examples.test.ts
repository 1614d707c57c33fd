import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { bitColumns } from "../../../../sim/branch/sparse/bit-columns.ts"
import { ExampleCollector, examplesAllowed } from "../../../../sim/branch/sparse/branch-examples.ts"
import { screenPairs } from "../../../../sim/branch/sparse/feature-screening.ts"
import { ungraded } from "../../../../sim/branch/sparse/graded-predictor.ts"
import { outcomeAt } from "../../../../sim/branch/sparse/history-window.ts"
import { alwaysTaken, staticPredictor } from "../../../../sim/branch/static/static.ts"
import { planted, plantedStream } from "../../../arbitraries/planted-branches.ts"

const stream = plantedStream(300, 20)
const branch = { pc: planted.copy, pcHigh: 0, executions: 300, misses: 1 }

const collect = (examplesEach: number, bytes: number) => {
  const plan = { localPositions: 64, examplesEach, bytes }
  const collector = new ExampleCollector(ungraded(staticPredictor(alwaysTaken)), [branch], plan)
  collector.consume(stream)
  return collector.finish()[0]
}

describe("examples of a branch", () => {
  it("hold the global outcomes and the branch's own that came before, newest first", () => {
    const { rows, rowWords, answers, length } = collect(1000, 1e9)
    expect(length).toBe(300)
    const outcomes = Array.from(stream.flags, (flags) => (flags >> 4) & 1)
    const at = [...outcomes.keys()].filter((i) => stream.pc[i] === planted.copy)
    for (const [e, i] of at.entries()) {
      expect(answers[e] & 1).toBe(outcomes[i])
      for (let p = 0; p < 512; p++) expect(outcomeAt(rows, e * rowWords, p)).toBe(outcomes[i - 1 - p] ?? 0)
      for (let p = 0; p < 64; p++)
        expect(outcomeAt(rows, e * rowWords, 512 + p)).toBe(outcomes[at[e - 1 - p]] ?? 0)
    }
  })

  it("stay within their bound of bytes, spread over the whole stretch", () => {
    const all = collect(1000, 1e9)
    const few = collect(1000, 73 * 50)
    expect(examplesAllowed({ localPositions: 64, examplesEach: 1000, bytes: 73 * 50 }, 1)).toBe(50)
    expect(few.length).toBeGreaterThan(40)
    expect(few.length).toBeLessThanOrEqual(50)
    const last = few.rows.subarray((few.length - 1) * few.rowWords, few.length * few.rowWords)
    const numbers = Array.from({ length: all.length }, (_, i) => i).filter((i) =>
      last.every((word, w) => word === all.rows[i * all.rowWords + w]),
    )
    expect(numbers.at(-1)).toBeGreaterThan(280)
  })
})

describe("screening of pairs", () => {
  it("finds the pair that differs most with the residuals, as counting one by one does", () => {
    const examples = collect(1000, 1e9)
    const columns = {
      ...bitColumns(
        examples,
        Int32Array.from({ length: 300 }, (_, i) => i),
      ),
      positions: 40,
    }
    fc.assert(
      fc.property(fc.infiniteStream(fc.constantFrom(-0.9, -0.6, -0.3, 0.1, 0.3, 0.6, 0.9)), (random) => {
        const residuals = Float64Array.from(random.take(300))
        let strongest = 0
        const strength = (p: number, q: number): number => {
          let sum = 0
          for (let i = 0; i < 300; i++) {
            const at = i * examples.rowWords
            const weight = Math.sign(residuals[i]) * Math.min(3, Math.floor(Math.abs(residuals[i]) * 4))
            sum +=
              (outcomeAt(examples.rows, at, p) ^ outcomeAt(examples.rows, at, q)) === 1 ? weight : -weight
          }
          return Math.abs(sum)
        }
        for (let p = 0; p < 40; p++)
          for (let q = p + 1; q < 40; q++) strongest = Math.max(strongest, strength(p, q))
        const [{ first, second }] = screenPairs(columns, residuals, 4, 0)
        expect(strength(first, second)).toBe(strongest)
      }),
      { numRuns: 10 },
    )
  })
})
