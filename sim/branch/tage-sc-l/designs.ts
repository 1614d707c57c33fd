/**
 * The two TAGE-SC-L designs of the fifth Championship Branch Prediction (2016), and others of their shape.
 * Source: Seznec 2016, "TAGE-SC-L branch predictors again"; figures as in `reference/predictors.md` 1 and 2, published.
 */
import type { CorrectorGroup, TageScLParameters } from "./parameters.ts"

const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i)

/** 523,355 bits. */
export const tageScL64KB: TageScLParameters = {
  tage: {
    entryBits: 10,
    minHistory: 6,
    maxHistory: 3000,
    low: { pairs: 6, banks: 10, tagBits: 8, active: [2, 6, ...range(9, 12)], bankPathBits: 6 },
    high: {
      pairs: 12,
      banks: 20,
      tagBits: 12,
      active: [...range(13, 22), 24, 26, 28, 32, 36],
      bankPathBits: 22,
    },
    hash: "direct",
    usefulBits: 1,
    baseBits: 13,
    useAlternateCounters: 16,
    pathBits: 27,
  },
  loop: { setBits: 3 },
  statisticalCorrector: {
    biasBits: 8,
    groups: [
      {
        name: "G",
        history: "backward",
        key: "address and input",
        // The first length is 40 on paper, of which a 32-bit shift left 8.
        lengths: [8, 24, 10],
        entryBits: [10, 9, 9],
        initialWeight: 7,
      },
      {
        name: "P",
        history: "path",
        key: "address",
        lengths: [25, 16, 9],
        entryBits: [9, 8, 8],
        initialWeight: 7,
      },
      {
        name: "L",
        history: "local",
        key: "address",
        lengths: [11, 6, 3],
        entryBits: [10, 9, 9],
        initialWeight: 7,
      },
      {
        name: "S",
        history: "second local",
        key: "address",
        lengths: [16, 11, 6],
        entryBits: [9, 8, 8],
        initialWeight: 7,
      },
      {
        name: "T",
        history: "third local",
        key: "address",
        lengths: [9, 4],
        entryBits: [9, 9],
        initialWeight: 7,
      },
      {
        name: "M",
        history: "loop iteration outcomes",
        key: "address",
        lengths: [10, 4],
        entryBits: [8, 8],
        initialWeight: 0,
      },
      {
        name: "I",
        history: "loop iteration",
        key: "address",
        lengths: [8],
        entryBits: [7],
        initialWeight: 7,
      },
    ],
    raising: ["bias", "G", "P", "L", "S", "T", "I"],
    localRegisterBits: 8,
    counted: { outcomeBits: 0, backwardBits: 40, thresholdBits: 0 },
  },
}

const smallGroup = (
  name: string,
  history: CorrectorGroup["history"],
  lengths: readonly number[],
): CorrectorGroup => ({
  name,
  history,
  key: "address",
  lengths,
  entryBits: lengths.map(() => 7),
  initialWeight: 7,
})

/** 67,349 bits. */
export const tageScL8KB: TageScLParameters = {
  tage: {
    entryBits: 7,
    minHistory: 4,
    maxHistory: 1000,
    low: { pairs: 5, banks: 9, tagBits: 8, active: [2, 4, ...range(6, 10)], bankPathBits: 4 },
    high: {
      pairs: 10,
      banks: 17,
      tagBits: 12,
      active: [...range(11, 20), 22, 24, 26, 28, 30],
      bankPathBits: 29,
    },
    hash: "refolded",
    usefulBits: 2,
    baseBits: 12,
    useAlternateCounters: 8,
    pathBits: 32,
  },
  loop: { setBits: 1 },
  statisticalCorrector: {
    biasBits: 7,
    groups: [
      smallGroup("G", "outcomes", [6, 3]),
      smallGroup("W", "backward", [16, 8]),
      smallGroup("L", "local", [6, 3]),
      smallGroup("I", "loop iteration", [8]),
    ],
    raising: [],
    localRegisterBits: 6,
    counted: { outcomeBits: 6, backwardBits: 16, thresholdBits: 12 },
  },
}

/**
 * `design` with 2^`steps` times the entries in TAGE's banks and base predictor; histories, loop predictor and corrector
 * stay. Assumed: nobody tuned these sizes, they serve sweeps of storage.
 */
export const scaledTageScL = (design: TageScLParameters, steps: number): TageScLParameters => ({
  ...design,
  tage: {
    ...design.tage,
    entryBits: design.tage.entryBits + steps,
    baseBits: design.tage.baseBits + steps,
  },
})
