/** From the sizes in a machine file to a predictor that runs. */
import { UnsupportedError } from "../../arch/errors.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { bimodal } from "./bimodal/bimodal.ts"
import { mbp2bcGskew64KB, twoBcGskew } from "./gskew/two-bc-gskew.ts"
import { foldedGshare } from "./gshare/folded-gshare.ts"
import { gshare } from "./gshare/gshare.ts"
import type { BranchPredictor } from "./predictor.ts"
import { staticPredictor } from "./static/static.ts"
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

/** A fresh predictor of the given sizes. @throws UnsupportedError for a design that cannot be grown as asked */
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
      return twoBcGskew(mbp2bcGskew64KB)
    default:
      throw new UnsupportedError({ message: `${sizes.kind}: not built`, remedy: "" })
  }
}
