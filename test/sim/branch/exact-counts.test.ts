/** Predictors that are the originals to the count, on a stream that needs no file. */
import { describe, expect, it } from "vitest"
import { drive } from "../../../sim/branch/drive.ts"
import { type BranchDesign, branchDesigns } from "../../arbitraries/branch-designs.ts"
import { selfTestStream } from "../../arbitraries/branch-stream.ts"

/** Records after which mispredictions are counted. */
const lengths = [1000, 8192, 16_384, 106_496, 400_000]

/** Source: reference/predictors.md 6.1, counts of the original programs. */
const originals: readonly (readonly [BranchDesign, readonly number[]])[] = [
  ["mbp_bimodal_64KB", [65, 511, 1017, 6482, 24_202]],
  ["mbp_gshare_64KB", [100, 589, 1126, 6795, 24_488]],
  ["mbp_hashed_perceptron_64KB", [65, 526, 992, 5717, 20_092]],
  ["mbp_2bcgskew_64KB", [101, 607, 1130, 6699, 24_172]],
  ["mbp_tage_64KB", [66, 506, 939, 5309, 18_975]],
  ["mbp_batage_64KB", [59, 491, 926, 5307, 18_885]],
  ["kit_gshare32KB", [96, 558, 1073, 6444, 23_342]],
]

/**
 * No original counted these. They are what the implementation gave when it equalled the original's counts on all real traces that
 * have one: eleven for the multiperspective perceptron, three for the UCSD designs.
 */
const held: readonly (readonly [BranchDesign, readonly number[]])[] = [
  ["kit_mpp_64KB", [92, 540, 938, 3258, 9767]],
  ["ucsd_gshare13", [320, 1206, 1909, 8340, 26_996]],
  ["ucsd_bimodal13", [61, 507, 1013, 6478, 24_198]],
  ["ucsd_tournament", [143, 554, 933, 4573, 15_718]],
]

const stream = selfTestStream()

const countsOf = (design: BranchDesign): readonly number[] => {
  const missed = new Uint8Array(stream.length)
  drive(branchDesigns[design](), stream, missed)
  return lengths.map((length) => missed.subarray(0, length).reduce((sum, miss) => sum + miss, 0))
}

describe("on the self-test stream", () => {
  it.each(originals)("%s mispredicts as often as the original", (design, counts) => {
    expect(countsOf(design)).toEqual(counts)
  })

  it.each(held)("%s mispredicts as often as when it was the original on real traces", (design, counts) => {
    expect(countsOf(design)).toEqual(counts)
  })
})
