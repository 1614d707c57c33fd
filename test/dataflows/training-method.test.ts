import { describe, expect, it } from "vitest"
import { ConfigError } from "../../arch/errors.ts"
import { isStoredCompact, keptK } from "../../dataflows/gemm.ts"
import type { GemmStage } from "../../dataflows/lowering.ts"
import type { Network } from "../../dataflows/network.ts"
import { idealOperationShare } from "../../dataflows/operation-count.ts"
import {
  methodDefinition,
  parseTrainingMethod,
  type TrainingMethod,
  trainingMethods,
  weightCopyCount,
  weightMaskCount,
} from "../../dataflows/training-method.ts"
import { mapNetwork, type StageWork, type UpdateWork, type WorkOptions } from "../../dataflows/work.ts"

const conv = (id: string) =>
  ({
    id,
    op: {
      kind: "conv2d",
      batch: 2,
      inChannels: 16,
      outChannels: 32,
      inHeight: 8,
      inWidth: 8,
      kernelHeight: 3,
      kernelWidth: 3,
      strideHeight: 1,
      strideWidth: 1,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: 1,
      padBottom: 1,
      padLeft: 1,
      padRight: 1,
      groups: 1,
    },
  }) as const
const network: Network = {
  id: "two",
  name: "two convolutions",
  batch: 2,
  layers: [conv("first"), conv("second")],
  source: "made for a test",
}
const pattern = { n: 2, m: 8 }
const weights = 16 * 32 * 9

/** Stages of the second layer, in order; the first stays dense. */
const stages = (training: TrainingMethod, options: WorkOptions = {}): readonly StageWork[] =>
  mapNetwork(network, { training, pattern, ...options }).passes.flatMap(({ layers }) =>
    layers.filter(({ layer }) => layer === "second").flatMap((layer) => layer.stages),
  )

const gemmOf = (training: TrainingMethod, stage: GemmStage) => {
  const work = stages(training).find((s) => s.stage === stage)
  if (work === undefined || !("gemms" in work)) throw new Error(`${stage} is missing`)
  return { work, gemm: work.gemms[0] }
}

const updateOf = (training: TrainingMethod, options: WorkOptions = {}): UpdateWork => {
  const work = stages(training, options).find((s) => s.stage === "update")
  if (work?.stage !== "update") throw new Error("update is missing")
  return work.update
}

/** Stage by stage: the role of the operand that is pruned. */
const pruned = (training: TrainingMethod) =>
  (["FF", "BP", "WU"] as const).map((stage) => {
    const { gemm } = gemmOf(training, stage)
    return gemm.sparsity === undefined ? "dense" : gemm[gemm.sparsity.operand].role
  })

const refusal = (run: () => unknown): ConfigError => {
  try {
    run()
  } catch (error) {
    if (error instanceof ConfigError) return error
  }
  throw new Error("nothing was refused")
}

describe("a training method", () => {
  it.each([
    ["dense", ["dense", "dense", "dense"]],
    ["sr-ste", ["weight", "dense", "dense"]],
    ["sdgp", ["dense", "gradient", "dense"]],
    ["bdwp", ["weight", "weight", "dense"]],
    ["transposable", ["weight", "weight", "dense"]],
    ["bi-mask", ["weight", "weight", "dense"]],
    ["mvue", ["weight", "weight", "gradient"]],
    ["fst", ["weight", "weight", "activation"]],
    ["custom:FF=A,BP=G,WU=G", ["activation", "gradient", "gradient"]],
  ] as const)("%s prunes %s in FF, BP and WU", (method, roles) => {
    expect(pruned(method)).toEqual(roles)
  })

  it("prunes along the reduction axis of every product that it touches", () => {
    for (const stage of ["FF", "BP", "WU"] as const) {
      const { gemm } = gemmOf("mvue", stage)
      expect(keptK(gemm)).toBe(gemm.gemm.k / 4)
    }
  })

  it("leaves a share of operations that follows from its stages: 2:8 in all three is a quarter", () => {
    expect(idealOperationShare("mvue", pattern)).toBe(1 / 4)
    expect(idealOperationShare("fst", pattern)).toBe(1 / 4)
    expect(idealOperationShare("bdwp", pattern)).toBe(1 / 2)
    expect(idealOperationShare("custom:WU=G", pattern)).toBe(3 / 4)
  })
})

describe("masks of the weights", () => {
  it.each([
    ["dense", 0, 0],
    ["sr-ste", 1, 1],
    ["sdgp", 0, 0],
    ["bdwp", 2, 2],
    ["bi-mask", 2, 2],
    ["transposable", 1, 2],
    ["mvue", 1, 2],
    ["custom:BP=W", 1, 1],
  ] as const)("%s makes %i and keeps %i compact copies", (method, masks, copies) => {
    expect([weightMaskCount(method), weightCopyCount(method)]).toEqual([masks, copies])
    expect(updateOf(method)).toMatchObject({ masks, copies, denseCopy: copies < 2 })
  })

  it("made inline come right before the stage that uses them first, a shared one once", () => {
    const order = (training: TrainingMethod) => stages(training, { masks: "inline" }).map((s) => s.stage)
    expect(order("bdwp")).toEqual(["prune", "FF", "prune", "BP", "WU", "update"])
    expect(order("transposable")).toEqual(["prune", "FF", "BP", "WU", "update"])
    expect(order("custom:BP=W")).toEqual(["FF", "prune", "BP", "WU", "update"])
    expect(order("sdgp")).toEqual(["FF", "BP", "WU", "update"])
    expect(updateOf("transposable", { masks: "inline" })).toMatchObject({
      masks: 0,
      copies: 0,
      denseCopy: true,
    })
  })

  it("shared by both passes write two copies when made inline, others one", () => {
    const copies = (training: TrainingMethod) =>
      stages(training, { masks: "inline" }).flatMap((s) => (s.stage === "prune" ? [s.prune.copies] : []))
    expect(copies("transposable")).toEqual([2])
    expect(copies("bi-mask")).toEqual([1, 1])
  })

  it("are of every weight once", () => {
    const [prune] = stages("bdwp", { masks: "inline" })
    expect(prune).toMatchObject({ stage: "prune", prune: { elements: weights, mask: "magnitude" } })
  })
})

describe("an operand that is new in every step", () => {
  it("passes the mask generator on its way in, once an element", () => {
    const gradients = 2 * 8 * 8 * 32
    expect(gemmOf("sdgp", "BP").work).toMatchObject({
      online: { elements: gradients, mask: "magnitude", copies: 0 },
    })
    expect(gemmOf("mvue", "WU").work).toMatchObject({ online: { elements: gradients, mask: "unbiased" } })
  })

  it("passes once a kernel position where WU groups activations along output pixels", () => {
    const { work, gemm } = gemmOf("custom:WU=A", "WU")
    expect(work).toMatchObject({ online: { elements: gemm.gemm.m * gemm.gemm.k } })
  })

  it("is not compared at all under a fixed mask", () => {
    expect(gemmOf("fst", "WU").work).not.toHaveProperty("online")
  })

  it("lies dense in memory, weights compact", () => {
    expect(isStoredCompact(gemmOf("mvue", "WU").gemm)).toBe(false)
    expect(isStoredCompact(gemmOf("mvue", "BP").gemm)).toBe(true)
    expect(isStoredCompact(gemmOf("dense", "FF").gemm)).toBe(false)
  })

  it("does not take the weights' share of zeros", () => {
    const shares = stages("mvue", { nonZeroShare: new Map([["second", 0.5]]) }).flatMap((s) =>
      "gemms" in s ? [s.gemms[0].nonZeroShare] : [],
    )
    expect(shares).toEqual([0.5, 0.5, 1])
  })
})

describe("the metadata format", () => {
  it("reaches every sparse product and no dense one", () => {
    const formats = stages("bdwp", { metadata: "bitmap" }).flatMap((s) =>
      "gemms" in s ? [s.gemms[0].sparsity?.metadata] : [],
    )
    expect(formats).toEqual(["bitmap", "bitmap", undefined])
    expect(updateOf("bdwp", { metadata: "bitmap" }).metadata).toBe("bitmap")
    expect(updateOf("bdwp").metadata).toBe("index")
  })
})

describe("a method as text", () => {
  it.each(trainingMethods)("%s is its own name", (name) => {
    expect(parseTrainingMethod(name.toUpperCase())).toBe(name)
  })

  it("of one's own is brought into one form", () => {
    expect(parseTrainingMethod("custom: wu=g, FF=w, BP=none")).toBe("custom:FF=W,WU=G")
  })

  it("of one's own like BDWP prunes what BDWP prunes", () => {
    expect(methodDefinition("custom:FF=W,BP=W").stages).toEqual(methodDefinition("bdwp").stages)
    expect(mapNetwork(network, { training: "custom:FF=W,BP=W", pattern })).toEqual(
      mapNetwork(network, { training: "bdwp", pattern }),
    )
  })

  it.each([
    ["bdpw", /bdpw/, /Did you mean bdwp/],
    ["custom:FF=G", /FF has no operand G/, /FF multiplies W and A/],
    ["custom:WU=W", /WU has no operand W/, /WU multiplies A and G/],
    ["custom:FW=W", /FW is not a stage/, /FF, BP, WU/],
    ["custom:FF=W,FF=A", /FF is named twice/, /once/],
    ["custom:FF=W+A", /not STAGE=OPERAND/, /custom:FF=W,BP=W,WU=G/],
    ["custom:", /not STAGE=OPERAND/, /custom:/],
    ["custom:FF=none", /no stage prunes/, /dense/],
  ])("%s is refused with what a stage can do", (text, message, remedy) => {
    const error = refusal(() => parseTrainingMethod(text))
    expect(error.message).toMatch(message)
    expect(error.remedy).toMatch(remedy)
  })
})
