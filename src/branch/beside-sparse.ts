/** What a predictor with sparse models is held against: itself without them, and its kind with their storage. */
import { splitSparse } from "../../arch/branch-sparse-catalogue.ts"
import type { BranchMachine } from "../../arch/machine.ts"
import { loadBranchMachine } from "../../arch/machine-catalogue.ts"

/** The predictor as it is without sparse models. */
const without = ({ sparse, ...machine }: BranchMachine): BranchMachine =>
  sparse === undefined
    ? machine
    : {
        ...machine,
        id: splitSparse(machine.id).predictor,
        name: machine.name.slice(0, machine.name.length - ` + ${sparse.name}`.length),
      }

/** TAGE-SC-L with the 2 KB in a bank of its own, around the same core; only of the size that such a one was made for. */
const equalStorage = ({ predictor, family, core, sparse }: BranchMachine): readonly BranchMachine[] =>
  sparse?.learning === "beforehand" &&
  predictor.kind === "tage-sc-l" &&
  predictor.design === "cbp5-64KB" &&
  predictor.growth.value === 0
    ? [{ ...loadBranchMachine("tage-sc-l-66kb"), family, core }]
    : []

/** Empty for a predictor without sparse models. */
export const besideSparse = (machine: BranchMachine): readonly BranchMachine[] =>
  machine.sparse === undefined ? [] : [without(machine), ...equalStorage(machine)]
