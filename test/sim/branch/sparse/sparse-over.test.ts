import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { BranchBlock } from "../../../../sim/branch/branch-block.ts"
import { drive } from "../../../../sim/branch/drive.ts"
import { gshare } from "../../../../sim/branch/gshare/gshare.ts"
import { storageBits } from "../../../../sim/branch/predictor.ts"
import { ungraded } from "../../../../sim/branch/sparse/graded-predictor.ts"
import { tagOf } from "../../../../sim/branch/sparse/model-layout.ts"
import { defaultOnline, onlineSparseOver } from "../../../../sim/branch/sparse/online-sparse-over.ts"
import { sparseOver, type SparsePredictor } from "../../../../sim/branch/sparse/sparse-over.ts"
import { defaultGate } from "../../../../sim/branch/sparse/train-models.ts"
import { selfTestStream } from "../../../arbitraries/branch-stream.ts"
import { planted, plantedStream } from "../../../arbitraries/planted-branches.ts"
import { runs } from "../../../arbitraries/runs.ts"
import { sparseImage } from "../../../arbitraries/sparse-image.ts"

const base = () => gshare({ indexBits: 12, historyBits: 12, initialCounter: 2 })
const stream = selfTestStream(3000)
const tags = [...new Set(Array.from(stream.pc.subarray(0, 3000), (pc, i) => tagOf(pc, stream.pcHigh[i])))]
const alwaysHeard = { most: 63, start: 63, threshold: 0, up: 1, down: 1 }

/** Models that are heard from the start. */
const installed = (...given: Parameters<typeof sparseOver>): SparsePredictor => {
  const over = sparseOver(...given)
  over.install()
  return over
}

const missesOf = (predictor: Parameters<typeof drive>[0], block: BranchBlock): Uint8Array => {
  const missed = new Uint8Array(block.length)
  drive(predictor, block, missed)
  return missed
}

/** Random models on branches that the stream has. */
const images = sparseImage(2, 6).map(({ entries, localWords }) => ({
  localWords,
  entries: entries.map((entry, e) => ({ ...entry, tag: tags[e] })),
}))

/** A base that notes what it is asked and told, for comparison. */
const noted = () => {
  const inner = base()
  const log: number[] = []
  return {
    log,
    predictor: ungraded({
      tables: inner.tables,
      predict: (pc, pcHigh, decoded) => {
        const said = inner.predict(pc, pcHigh, decoded)
        log.push(said)
        return said
      },
      train: (pc, pcHigh, taken) => inner.train(pc, pcHigh, taken),
      track: (pc, pcHigh, target, targetHigh, flags) => inner.track(pc, pcHigh, target, targetHigh, flags),
      writes: () => inner.writes(),
    }),
  }
}

describe("sparse models over a base predictor", () => {
  it("without a model are the base predictor", () => {
    const over = installed(ungraded(base()), { entries: [], localWords: 2 }, defaultGate)
    expect(missesOf(over, stream)).toEqual(missesOf(base(), stream))
  })

  it("are not heard before they are installed", () => {
    fc.assert(
      fc.property(images, (image) => {
        const over = sparseOver(ungraded(base()), image, alwaysHeard)
        expect(missesOf(over, stream)).toEqual(missesOf(base(), stream))
      }),
      { numRuns: Math.min(runs, 20) },
    )
  })

  it("leave the base predictor as it is alone, whatever the models say", () => {
    const alone = noted()
    missesOf(alone.predictor, stream)
    fc.assert(
      fc.property(images, (image) => {
        const under = noted()
        missesOf(installed(under.predictor, image, alwaysHeard), stream)
        expect(under.log).toEqual(alone.log)
      }),
      { numRuns: Math.min(runs, 20) },
    )
  })

  it("know nothing of what comes later", () => {
    fc.assert(
      fc.property(images, fc.integer({ min: 1, max: 2999 }), (image, cut) => {
        const changed = { ...stream, flags: Uint8Array.from(stream.flags, (f, i) => (i < cut ? f : f ^ 16)) }
        const gate = { most: 32, start: 8, threshold: 8, up: 1, down: 1 }
        const before = missesOf(installed(ungraded(base()), image, gate), stream)
        const after = missesOf(installed(ungraded(base()), image, gate), changed)
        expect(after.subarray(0, cut)).toEqual(before.subarray(0, cut))
      }),
      { numRuns: Math.min(runs, 20) },
    )
  })

  it("take 2 KB and a window of 512 outcomes beside the base, whatever they are", () => {
    fc.assert(
      fc.property(images, (image) => {
        const plain = base()
        const over = installed(ungraded(plain), image, defaultGate)
        expect(storageBits(over.tables) - storageBits(plain.tables)).toBe(16_384 + 512)
        missesOf(over, stream)
        expect(over.writes()).toHaveLength(over.tables.length)
      }),
      { numRuns: Math.min(runs, 20) },
    )
  })

  it("are heard only after as many more wins than losses as the gate asks for", () => {
    const block = plantedStream(200, 40)
    const copy = { kind: 0, first: 30, second: 0, weight: 1 } as const
    const model = { terms: [copy], bias: 0, baseWeights: [0, 0, 0, 0] }
    const image = { localWords: 0, entries: [{ tag: tagOf(planted.copy, 0), model }] }
    const wrong = (missed: Uint8Array): readonly number[] =>
      [...missed.keys()].filter((i) => block.pc[i] === planted.copy && missed[i] === 1)
    const alone = wrong(missesOf(base(), block))
    const gated = wrong(missesOf(installed(ungraded(base()), image, defaultGate), block))
    expect(alone.length).toBeGreaterThan(defaultGate.threshold)
    expect(gated).toEqual(alone.slice(0, defaultGate.threshold))
  })

  it("refuse a counter that its field cannot hold", () => {
    const gate = { ...defaultGate, most: 64 }
    expect(() => installed(ungraded(base()), { entries: [], localWords: 0 }, gate)).toThrow(RangeError)
  })
})

describe("learners over a base predictor", () => {
  const few = { ...defaultOnline, learners: 3, localPositions: 32 }

  it("without a learner are the base predictor", () => {
    const over = onlineSparseOver(base(), { ...few, learners: 0 })
    expect(missesOf(over, stream)).toEqual(missesOf(base(), stream))
  })

  it("leave the base predictor as it is alone", () => {
    const alone = noted()
    const under = noted()
    missesOf(alone.predictor, stream)
    missesOf(onlineSparseOver(under.predictor, few), stream)
    expect(under.log).toEqual(alone.log)
  })

  it("learn a copy of an old outcome, and miss it no more", () => {
    const block = plantedStream(3000, 6)
    const missed = missesOf(onlineSparseOver(base(), { ...defaultOnline, learners: 10 }), block)
    const late = [...missed.keys()].filter((i) => i >= block.length / 2 && block.pc[i] === planted.copy)
    expect(late).toHaveLength(1500)
    expect(late.filter((i) => missed[i] === 1)).toEqual([])
  })
})
