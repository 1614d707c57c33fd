/** The 64 KB multiperspective perceptron of the fifth Championship Branch Prediction, as data. */
import type { Feature, Perspective } from "./feature.ts"
import type { MultiperspectiveParameters } from "./multiperspective.ts"

const outcomes = (from: number, to: number): Perspective => ({ kind: "outcomes", from, to })
const path = (depth: number, shift: number): Perspective => ({ kind: "path", depth, shift })
const both = (depth: number, shift: number): Perspective => ({ kind: "outcomes-and-path", depth, shift })
const bits = (depth: number, bit: number): Perspective => ({ kind: "outcomes-and-path-bit", depth, bit })

const features: readonly Feature[] = [
  { perspective: { kind: "acyclic", size: 12 }, coefficient: 1 },
  { perspective: { kind: "blurry-path", scale: 10, depth: 7 }, coefficient: 1 },
  { perspective: outcomes(0, 19), coefficient: 1.3125 },
  { perspective: outcomes(0, 65), coefficient: 0.85 },
  { perspective: outcomes(111, 222), coefficient: 1, mixedWith: "recency-position" },
  { perspective: outcomes(115, 206), coefficient: 1 },
  { perspective: outcomes(190, 336), coefficient: 1 },
  { perspective: outcomes(21, 64), coefficient: 1, mixedWith: "recency-position" },
  { perspective: outcomes(48, 119), coefficient: 1 },
  { perspective: outcomes(67, 203), coefficient: 0.75 },
  { perspective: outcomes(75, 150), coefficient: 1 },
  {
    perspective: { kind: "modulo-outcomes-and-path", modulus: 3, depth: 5, shift: 4 },
    coefficient: 1.45,
    entries: 1913,
  },
  {
    perspective: { kind: "modulo-outcomes-and-path", modulus: 5, depth: 13, shift: 1 },
    coefficient: 1,
    mixedWith: "backward-taken",
  },
  { perspective: bits(105, 4), coefficient: 1 },
  { perspective: both(11, 2), coefficient: 1.25 },
  { perspective: both(15, 4), coefficient: 1.125, mixedWith: "forward-not-taken" },
  { perspective: both(23, 4), coefficient: 1 },
  { perspective: both(31, 1), coefficient: 1 },
  { perspective: both(32, 2), coefficient: 1, mixedWith: "backward-taken" },
  { perspective: both(36, 4), coefficient: 1, mixedWith: "backward-taken" },
  { perspective: bits(51, 1), coefficient: 1 },
  { perspective: both(7, 1), coefficient: 1.5 },
  { perspective: both(72, 1), coefficient: 1 },
  { perspective: bits(86, 4), coefficient: 1 },
  { perspective: { kind: "loop-iterations", counter: "backward-taken" }, coefficient: 1.8125 },
  {
    perspective: { kind: "loop-iterations", counter: "forward-not-taken" },
    coefficient: 1.78125,
    entries: 1536,
  },
  { perspective: { kind: "local" }, coefficient: 1, entries: 1024 },
  { perspective: { kind: "local" }, coefficient: 2, entries: 3467 },
  { perspective: { kind: "modulo-outcomes", modulus: 3, depth: 16 }, coefficient: 0.9375 },
  { perspective: { kind: "modulo-path", modulus: 5, depth: 20, shift: 1 }, coefficient: 1 },
  { perspective: path(13, 2), coefficient: 1.4375 },
  { perspective: path(27, 5), coefficient: 1, mixedWith: "forward-not-taken" },
  {
    perspective: { kind: "recency", depth: 10, shift: 3 },
    coefficient: 0.55,
    entries: 1024,
    mixedWith: "recency-position",
  },
  { perspective: { kind: "recency", depth: 14, shift: 4 }, coefficient: 1.3125 },
  { perspective: { kind: "recency-position", depth: 31 }, coefficient: 1.5 },
  // In the original these two begin at age 1 by their parameters, and at age 0 by what is computed.
  { perspective: both(2, 5), coefficient: 1.25, entries: 768 },
  { perspective: both(5, 2), coefficient: 1.3125, entries: 972 },
]

/** Source: Jiménez 2016 and the parameters of gem5's MultiperspectivePerceptron64KB. */
export const kitMpp64KB: MultiperspectiveParameters = {
  features,
  budgetBits: 65_536 * 8 + 2048,
  localHistories: 510,
  localHistoryBits: 11,
  filterEntries: 18_025,
  recencyDepth: 31,
  uniformLocalBias: 5,
  nearlyUniformLocalBias: 1,
  lowConfidence: 1,
  bestFeatures: 20,
  missCounterBits: 24,
  sumScale: 0.245,
  initialThreshold: 10,
  thresholdSpeed: 9,
  seed: 0xdead_beef,
}
