/** A stretch of a trace is what `slice` would give. */
import fc from "fast-check"
import { expect, it } from "vitest"
import type { BranchBlock } from "../../../sim/branch/branch-block.ts"
import { branchStretch } from "../../../src/workload/branch-trace/branch-stretch.ts"
import { blockOf, type BranchRecord, branchRecord, recordsOf } from "../../arbitraries/branch-records.ts"
import { runs } from "../../arbitraries/runs.ts"

it("of skip and max branches is the slice, in blocks that are not empty, and nothing behind it is read", async () => {
  const blocks = fc.array(fc.array(branchRecord, { maxLength: 5 }), { maxLength: 6 })
  const max = fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined })
  await fc.assert(
    fc.asyncProperty(blocks, fc.nat(20), max, async (given, skip, max) => {
      let read = 0
      async function* trace(): AsyncGenerator<BranchBlock> {
        for (const records of given) {
          read += records.length
          yield blockOf(records)
        }
      }
      const out: BranchRecord[] = []
      for await (const block of branchStretch(trace(), { skip, ...(max === undefined ? {} : { max }) })) {
        expect(block.length).toBeGreaterThan(0)
        out.push(...recordsOf(block))
      }
      const end = skip + (max ?? Number.POSITIVE_INFINITY)
      expect(out).toEqual(given.flat().slice(skip, end))
      expect(read - 5).toBeLessThan(end)
    }),
    { numRuns: runs },
  )
})
