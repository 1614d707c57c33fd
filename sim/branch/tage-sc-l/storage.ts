/** The arrays and registers of a TAGE-SC-L, bit by bit, as its designer counts them. */
import type { PredictorTable } from "../predictor.ts"
import { loopEntryBits } from "./loop-predictor.ts"
import type {
  CorrectorHistory,
  CorrectorParameters,
  TageParameters,
  TageScLParameters,
} from "./parameters.ts"

const register = (name: string, bitsPerEntry: number): PredictorTable => ({
  name,
  entries: 1,
  bitsPerEntry,
  readsPerPrediction: 0,
})

export const tageTables = ({
  entryBits,
  low,
  high,
  usefulBits,
  baseBits,
  useAlternateCounters,
  maxHistory,
}: TageParameters): readonly PredictorTable[] => [
  {
    name: "tagged, long histories",
    entries: high.banks * 2 ** entryBits,
    bitsPerEntry: high.tagBits + 3 + usefulBits,
    readsPerPrediction: high.active.length,
  },
  {
    name: "tagged, short histories",
    entries: low.banks * 2 ** entryBits,
    bitsPerEntry: low.tagBits + 3 + usefulBits,
    readsPerPrediction: low.active.length,
  },
  { name: "use alternate", entries: useAlternateCounters, bitsPerEntry: 5, readsPerPrediction: 1 },
  { name: "base direction", entries: 2 ** baseBits, bitsPerEntry: 1, readsPerPrediction: 1 },
  { name: "base hysteresis", entries: 2 ** (baseBits - 2), bitsPerEntry: 1, readsPerPrediction: 1 },
  register("direction history", maxHistory),
  // The 8 KB design keeps 32 bits and is counted with as many as its index hash reads.
  register("path history", 27),
  register("allocation tick", 10),
]

/** Registers of a history and the bits of each; the path is TAGE's and counted there. */
const historyTable = (
  history: CorrectorHistory,
  bits: number,
  { localRegisterBits }: CorrectorParameters,
): readonly PredictorTable[] => {
  const registers = (entries: number): readonly PredictorTable[] => [
    { name: `${history} history`, entries, bitsPerEntry: bits, readsPerPrediction: 1 },
  ]
  switch (history) {
    case "local":
      return registers(2 ** localRegisterBits)
    case "second local":
    case "third local":
      return registers(16)
    case "loop iteration outcomes":
      return registers(256)
    default:
      return []
  }
}

/** Tables of counters in a corrector: three of bias, then the groups'. */
export const counterTables = ({ groups }: CorrectorParameters): number =>
  3 + groups.reduce((sum, { lengths }) => sum + lengths.length, 0)

/** Without the seven bits of the loop predictor's usefulness, which the designs do not count. */
export const correctorTables = (parameters: CorrectorParameters): readonly PredictorTable[] => {
  const { biasBits, groups, counted } = parameters
  return [
    ...["bias", "bias by confidence", "bias by provider"].map((name): PredictorTable => ({
      name,
      entries: 2 ** biasBits,
      bitsPerEntry: 6,
      readsPerPrediction: 1,
    })),
    ...groups.flatMap(({ name, entryBits }) =>
      entryBits.map((bits, i): PredictorTable => ({
        name: `${name}${i}`,
        entries: 2 ** bits,
        bitsPerEntry: 6,
        readsPerPrediction: 1,
      })),
    ),
    {
      name: "weights",
      entries: 8 * (groups.length + 1),
      bitsPerEntry: 6,
      readsPerPrediction: groups.length + 1,
    },
    { name: "local thresholds", entries: 64, bitsPerEntry: 8, readsPerPrediction: 1 },
    register("corrector's choosers", 14),
    register("threshold", counted.thresholdBits),
    register("outcome history", counted.outcomeBits),
    register("backward history", counted.backwardBits),
    register("loop iteration", 8),
    ...groups.flatMap(({ history, lengths }) => historyTable(history, Math.max(...lengths), parameters)),
  ]
}

export const tageScLTables = ({
  tage,
  loop,
  statisticalCorrector,
}: TageScLParameters): readonly PredictorTable[] => [
  ...tageTables(tage),
  ...(loop === undefined
    ? []
    : [{ name: "loop", entries: 4 << loop.setBits, bitsPerEntry: loopEntryBits, readsPerPrediction: 4 }]),
  ...(statisticalCorrector === undefined ? [] : correctorTables(statisticalCorrector)),
]
