import { describe, expect, it } from "vitest"
import { loadBranchMachine, machineIds } from "../../../arch/machine-catalogue.ts"
import { loadMachine } from "../../../arch/machine-catalogue.ts"
import { drive } from "../../../sim/branch/drive.ts"
import { storageBits } from "../../../sim/branch/predictor.ts"
import { predictorOf } from "../../../sim/branch/predictor-of.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"

const ids = machineIds().filter((id) => loadMachine(id).kind === "branch")
const stream = selfTestStream(20_000)
const missesOf = (id: string, growth?: number): number =>
  drive(
    predictorOf(
      loadBranchMachine(id, growth === undefined ? [] : [{ path: "predictor.growth", value: growth }])
        .predictor,
    ),
    stream,
    new Uint8Array(stream.length),
  )

/** Source: reference/predictors.md 6.1, the first 16,384 records of the self-test stream. */
const known = {
  mbp_bimodal_64KB: 1017,
  mbp_gshare_64KB: 1126,
  mbp_hashed_perceptron_64KB: 992,
  mbp_2bcgskew_64KB: 1130,
  mbp_tage_64KB: 939,
  mbp_batage_64KB: 926,
  kit_gshare32KB: 1073,
  kit_tagescl_8KB: 867,
  kit_tagescl_64KB: 684,
} as const

describe("the machine file of a predictor", () => {
  it.each(Object.entries(known))("%s holds the original's sizes", (id, misses) => {
    const short = selfTestStream(16_384)
    const predictor = predictorOf(loadBranchMachine(id).predictor)
    expect(drive(predictor, short, new Uint8Array(short.length))).toBe(misses)
  })

  it.each(ids)("%s makes a predictor that beats a coin", (id) => {
    expect(missesOf(id)).toBeLessThan(0.5 * 18_718)
  })

  const grown = ids.filter((id) => "growth" in loadBranchMachine(id).predictor)

  it.each(grown)("%s grows and shrinks with its growth, and still predicts", (id) => {
    const bits = [-3, -1, 0, 1, 3].map((value) =>
      storageBits(predictorOf(loadBranchMachine(id, [{ path: "predictor.growth", value }]).predictor).tables),
    )
    expect(bits).toEqual(bits.toSorted((a, b) => a - b))
    expect(new Set(bits).size).toBe(bits.length)
    for (const growth of [-3, 3]) expect(missesOf(id, growth)).toBeLessThan(0.2 * 18_718)
  })
})
