/** One of every family of predictors, by name: what properties of all predictors run over. */
import { batage, mbpBatage64KB } from "../../sim/branch/batage/batage.ts"
import { bimodal, mbpBimodal64KB, ucsdBimodal13 } from "../../sim/branch/bimodal/bimodal.ts"
import { foldedGshare, mbpGshare64KB } from "../../sim/branch/gshare/folded-gshare.ts"
import { gshare, kitGshare32KB, ucsdGshare13 } from "../../sim/branch/gshare/gshare.ts"
import { mbp2bcGskew64KB, twoBcGskew } from "../../sim/branch/gskew/two-bc-gskew.ts"
import { kitMpp64KB } from "../../sim/branch/multiperspective/kit-mpp-64kb.ts"
import { multiperspective } from "../../sim/branch/multiperspective/multiperspective.ts"
import { hashedPerceptron, mbpHashedPerceptron64KB } from "../../sim/branch/perceptron/hashed-perceptron.ts"
import type { BranchPredictor } from "../../sim/branch/predictor.ts"
import { alwaysTaken, backwardTaken, neverTaken, staticPredictor } from "../../sim/branch/static/static.ts"
import { mbpTage64KB, tage } from "../../sim/branch/tage/tage.ts"
import { tournament, ucsdTournament } from "../../sim/branch/tournament/tournament.ts"
import { gag, gas, pag, pas, twoLevel } from "../../sim/branch/two-level/two-level.ts"

export const branchDesigns = {
  "always taken": () => staticPredictor(alwaysTaken),
  "never taken": () => staticPredictor(neverTaken),
  "backward taken": () => staticPredictor(backwardTaken),
  mbp_bimodal_64KB: () => bimodal(mbpBimodal64KB),
  ucsd_bimodal13: () => bimodal(ucsdBimodal13),
  GAg: () => twoLevel(gag),
  GAs: () => twoLevel(gas),
  PAg: () => twoLevel(pag),
  PAs: () => twoLevel(pas),
  kit_gshare32KB: () => gshare(kitGshare32KB),
  ucsd_gshare13: () => gshare(ucsdGshare13),
  mbp_gshare_64KB: () => foldedGshare(mbpGshare64KB),
  ucsd_tournament: () => tournament(ucsdTournament),
  mbp_2bcgskew_64KB: () => twoBcGskew(mbp2bcGskew64KB),
  mbp_hashed_perceptron_64KB: () => hashedPerceptron(mbpHashedPerceptron64KB),
  mbp_tage_64KB: () => tage(mbpTage64KB),
  mbp_batage_64KB: () => batage(mbpBatage64KB),
  kit_mpp_64KB: () => multiperspective(kitMpp64KB),
} as const satisfies Readonly<Record<string, () => BranchPredictor>>

export type BranchDesign = keyof typeof branchDesigns

export const branchDesignNames = Object.keys(branchDesigns) as readonly BranchDesign[]
