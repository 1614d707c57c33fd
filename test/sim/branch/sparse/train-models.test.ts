import { describe, expect, it } from "vitest"
import type { BranchBlock } from "../../../../sim/branch/branch-block.ts"
import { drive } from "../../../../sim/branch/drive.ts"
import { gshare } from "../../../../sim/branch/gshare/gshare.ts"
import {
  analyseBranch,
  branchesByTerms,
  defaultSparsity,
  savedByPosition,
} from "../../../../sim/branch/sparse/analyse-branches.ts"
import { ungraded } from "../../../../sim/branch/sparse/graded-predictor.ts"
import { decodeModels, encodeModels, imageBits } from "../../../../sim/branch/sparse/model-encoding.ts"
import { sparseOver } from "../../../../sim/branch/sparse/sparse-over.ts"
import { defaultGate, defaultTraining, trainModels } from "../../../../sim/branch/sparse/train-models.ts"
import { planted, plantedStream } from "../../../arbitraries/planted-branches.ts"

const newBase = () => ungraded(gshare({ indexBits: 12, historyBits: 12, initialCounter: 2 }))
const stream = plantedStream(4000, 40)
const part = (from: number, to: number): BranchBlock => ({
  length: to - from,
  pc: stream.pc.subarray(from, to),
  pcHigh: stream.pcHigh.subarray(from, to),
  target: stream.target.subarray(from, to),
  targetHigh: stream.targetHigh.subarray(from, to),
  flags: stream.flags.subarray(from, to),
  gap: stream.gap.subarray(from, to),
})
const half = stream.length / 2
const first = part(0, half)
const second = part(half, stream.length)
const trained = trainModels(newBase, () => [first], defaultTraining)
const targets = Object.values(planted)

describe("models trained on the first half of a trace with planted correlations", () => {
  it("cost at most 1 % of the misses that the second half leaves of every planted branch", () => {
    const bytes = encodeModels(trained.image, defaultGate.start)
    expect(bytes).toBeDefined()
    const base = newBase()
    drive(base, first, new Uint8Array(half))
    const missed = new Uint8Array(half)
    const over = sparseOver(base, decodeModels(bytes!), defaultGate)
    over.install()
    drive(over, second, missed)
    for (const target of targets) {
      const executions = [...missed.keys()].filter((i) => second.pc[i] === target)
      expect(executions).toHaveLength(2000)
      // the gate's own warm-up comes first: it needs 16 wins, about 32 executions of a coin's base
      const after = executions.slice(100)
      expect(after.filter((i) => missed[i] === 1).length).toBeLessThanOrEqual(after.length / 100)
    }
  })

  it("fit the budget", () => {
    expect(imageBits(trained.image)).toBeLessThanOrEqual(16_384)
  })

  it("say the same of the same trace", () => {
    const again = trainModels(newBase, () => [part(0, half / 2), part(half / 2, half)], defaultTraining)
    expect(again.image).toEqual(trained.image)
  })

  it("look at the outcome that was planted: one term for a copy, one for a conjunction, three for a majority", () => {
    const analysed = trained.fits
      .filter(({ examples }) => targets.includes(examples.branch.pc as never))
      .map((fit) => analyseBranch(fit, defaultTraining.fit.fitShare, defaultSparsity))
    const at = (pc: number) => analysed.find(({ address }) => address === `0x${pc.toString(16)}`)!
    expect(at(planted.copy).terms.map(({ first }) => first)).toEqual([30])
    const { terms } = at(planted.conjunction)
    expect(terms.flatMap(({ first, second: other }) => [first, other]).filter((p) => p > 0)).toEqual(
      expect.arrayContaining([60, 250]),
    )
    expect(at(planted.majority).terms.map(({ first }) => first)).toEqual(
      expect.arrayContaining([131, 202, 391]),
    )
    expect(at(planted.exclusiveOr).nonzero).toBeLessThanOrEqual(2)
    for (const { sparse, saved } of analysed) {
      expect(sparse).toBe(true)
      expect(saved).toBeGreaterThan(0)
    }
    const byPosition = savedByPosition(analysed, 1024)
    const sum = analysed.reduce((total, { saved }) => total + saved, 0)
    expect(byPosition.reduce((total, value) => total + value, 0)).toBeCloseTo(sum, 6)
    expect(byPosition[30]).toBeCloseTo(at(planted.copy).saved, 6)
    expect(branchesByTerms(analysed, 50).reduce((total, n) => total + n, 0)).toBe(4)
  })

  it("find nothing sparse in a coin", () => {
    const coins = trained.fits
      .filter(({ examples }) => examples.branch.pc < planted.copy)
      .map((fit) => analyseBranch(fit, defaultTraining.fit.fitShare, defaultSparsity))
    expect(coins.length).toBeGreaterThan(30)
    expect(coins.filter(({ sparse }) => sparse)).toEqual([])
  })
})
