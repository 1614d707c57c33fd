/** From the sizes in a machine file to a predictor that runs. */
import type { BranchMachine } from "../../arch/machine.ts"
import { batage, mbpBatage64KB } from "./batage/batage.ts"
import { bimodal } from "./bimodal/bimodal.ts"
import { mbp2bcGskew64KB, twoBcGskew, type TwoBcGskewParameters } from "./gskew/two-bc-gskew.ts"
import { foldedGshare } from "./gshare/folded-gshare.ts"
import { gshare } from "./gshare/gshare.ts"
import { kitMpp64KB } from "./multiperspective/kit-mpp-64kb.ts"
import { multiperspective } from "./multiperspective/multiperspective.ts"
import { hashedPerceptron, mbpHashedPerceptron64KB } from "./perceptron/hashed-perceptron.ts"
import type { BranchPredictor } from "./predictor.ts"
import { tageScL66KB } from "./sparse/equal-storage.ts"
import { staticPredictor } from "./static/static.ts"
import { mbpTage64KB, tage } from "./tage/tage.ts"
import { scaledTageScL, tageScL64KB, tageScL8KB } from "./tage-sc-l/designs.ts"
import { type TageScL, tageScL } from "./tage-sc-l/tage-sc-l.ts"
import { tournament } from "./tournament/tournament.ts"
import { twoLevel } from "./two-level/two-level.ts"

export type PredictorSizes = BranchMachine["predictor"]

/** Every number of a predictor's sizes, without its unit and source. */
type Plain<T> = { readonly [K in keyof T]: T[K] extends { readonly value: number } ? number : T[K] }

const plain = <T extends object>(sizes: T): Plain<T> =>
  Object.fromEntries(
    Object.entries(sizes).map(([key, part]: readonly [string, unknown]) => [
      key,
      typeof part === "object" && part !== null && "value" in part ? part.value : part,
    ]),
  ) as Plain<T>

/** Tables of 2^growth times the entries; histories and tags stay. */
const grownTables = <T extends { readonly indexBits: number }>(
  tables: readonly T[],
  growth: number,
): readonly T[] => tables.map((table) => ({ ...table, indexBits: table.indexBits + growth }))

const grownGskew = (design: TwoBcGskewParameters, growth: number): TwoBcGskewParameters => {
  const [bimodalTable, shortHistory, longHistory, choice] = grownTables(
    [design.bimodal, design.shortHistory, design.longHistory, design.choice],
    growth,
  )
  return { bimodal: bimodalTable, shortHistory, longHistory, choice }
}

const tageScLDesigns = { "cbp5-64KB": tageScL64KB, "cbp5-8KB": tageScL8KB, "66KB": tageScL66KB } as const

/** A fresh TAGE-SC-L of the given sizes, which also tells what its parts said. */
export const tageScLOf = (sizes: Extract<PredictorSizes, { readonly kind: "tage-sc-l" }>): TageScL =>
  tageScL(scaledTageScL(tageScLDesigns[sizes.design], sizes.growth.value))

/** A fresh predictor of the given sizes. */
export const predictorOf = (sizes: PredictorSizes): BranchPredictor => {
  switch (sizes.kind) {
    case "static":
      return staticPredictor(sizes)
    case "bimodal":
      return bimodal(plain(sizes))
    case "two-level":
      return twoLevel(plain(sizes))
    case "gshare":
      return gshare(plain(sizes))
    case "folded-gshare":
      return foldedGshare(plain(sizes))
    case "tournament":
      return tournament(plain(sizes))
    case "2bc-gskew":
      return twoBcGskew(grownGskew(mbp2bcGskew64KB, sizes.growth.value))
    case "hashed-perceptron":
      return hashedPerceptron({
        ...mbpHashedPerceptron64KB,
        indexBits: mbpHashedPerceptron64KB.indexBits + sizes.growth.value,
      })
    case "tage":
      return tage({
        ...mbpTage64KB,
        baseIndexBits: mbpTage64KB.baseIndexBits + sizes.growth.value,
        tables: grownTables(mbpTage64KB.tables, sizes.growth.value),
      })
    case "batage":
      return batage({
        ...mbpBatage64KB,
        baseIndexBits: mbpBatage64KB.baseIndexBits + sizes.growth.value,
        tables: grownTables(mbpBatage64KB.tables, sizes.growth.value),
      })
    case "multiperspective-perceptron":
      return multiperspective({
        ...kitMpp64KB,
        budgetBits: Math.round(kitMpp64KB.budgetBits * 2 ** sizes.growth.value),
      })
    case "tage-sc-l":
      return tageScLOf(sizes)
  }
}
