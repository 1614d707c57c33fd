import { describe, expect, it } from "vitest"
import { loadBranchMachine } from "../../arch/machine-catalogue.ts"
import { type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"
import { planOf } from "../../sim/branch/write-branch-trace.ts"
import { measureBlocks } from "../../src/branch/measure-blocks.ts"
import type { PredictorRequest } from "../../src/branch/requested-predictor.ts"
import { selfTestStream } from "../arbitraries/branch-stream.ts"

const stream = selfTestStream(100_000)

/** The stream in one block that is filled anew each time, as readers do it. */
async function* blocks(): AsyncGenerator<BranchBlock> {
  const block = newBranchBlock(3000)
  for (let from = 0; from < stream.length; from += 3000) {
    const to = Math.min(stream.length, from + 3000)
    for (const column of ["pc", "pcHigh", "target", "targetHigh", "flags", "gap"] as const) {
      block[column].set(stream[column].subarray(from, to))
    }
    block.length = to - from
    yield block
    await Promise.resolve()
  }
}

const request = (id: string): PredictorRequest => {
  const machine = loadBranchMachine(id)
  return {
    sizes: machine.predictor,
    plan: planOf(machine, { warmUpInstructions: 1000, worstBranches: 10 }),
  }
}

const ids = [
  "kit_gshare32KB",
  "mbp_bimodal_64KB",
  "static_taken",
  "ucsd_tournament_9_10_10",
  "kit_gshare32KB",
]

describe("many predictors over one pass", () => {
  it("are measured as each is alone", async () => {
    const together = await measureBlocks(blocks(), ids.map(request))
    for (const [i, id] of ids.entries()) {
      const [alone] = await measureBlocks(blocks(), [request(id)])
      expect(together[i]).toEqual(alone)
      expect(alone.measured.total.mispredictions).toBeGreaterThan(1000)
    }
  })

  it("fail as one with the error of the reader, and no thread is left", async () => {
    async function* broken(): AsyncGenerator<BranchBlock> {
      yield* blocks()
      throw new Error("the trace ends in the middle")
    }
    await expect(measureBlocks(broken(), ids.map(request))).rejects.toThrow("ends in the middle")
  })

  it("fail with the error of a predictor", async () => {
    const gate = { most: 64, start: 0, threshold: 0, up: 1, down: 1 }
    const bad: PredictorRequest = {
      ...request("kit_gshare32KB"),
      sparse: { learning: "beforehand", image: { entries: [], localWords: 16 }, gate },
    }
    await expect(measureBlocks(blocks(), [bad, request("static_taken")])).rejects.toThrow(RangeError)
  })
})
