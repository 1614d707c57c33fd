/** What `fit-gpu-gemm.ts` may move in `gemm` of an architecture, and how far. */

/** Numbers that move together, their least and greatest value in the unit of the file. */
export interface Free {
  readonly paths: readonly string[]
  readonly min: number
  readonly max: number
}

const everyKernel = ["dense16", "sparse16", "denseFp8", "sparseFp8", "denseInt8", "sparseInt8"] as const
const tied = (field: string, kinds: readonly string[] = everyKernel): readonly string[] =>
  kinds.map((kind) => `kernels.${kind}.${field}`)
const ownOf = (field: string, min: number, max: number): readonly Free[] =>
  everyKernel.map((kind) => ({ paths: tied(field, [kind]), min, max }))

const allButInt8 = everyKernel.filter((kind) => kind !== "denseInt8")

/** What is free on an architecture with thousands of shapes measured. */
const free: readonly Free[] = [
  { paths: ["tileOverhead"], min: 0, max: 8 },
  { paths: ["smIngress"], min: 20, max: 128 },
  { paths: tied("stepLatency", allButInt8), min: 0, max: 200 },
  { paths: tied("stepLatency", ["denseInt8"]), min: 0, max: 800 },
  { paths: ["fill"], min: 100, max: 6000 },
  { paths: ["epilogueRate"], min: 16, max: 256 },
  { paths: ["reductionLaunch"], min: 0.5, max: 12 },
  { paths: ["partialTraffic"], min: 0.05, max: 1 },
  { paths: ["overlapExponent"], min: 2.5, max: 6 },
  { paths: ["l2PerSm"], min: 10, max: 100 },
  { paths: ["l2Resident"], min: 0.3, max: 1 },
  { paths: ["dramEfficiency"], min: 0.7, max: 0.95 },
  ...["fp16", "bf16"].map((format) => ({ paths: [`operationEnergy.${format}`], min: 0.1, max: 4 })),
  ...["fp8", "int8"].map((format) => ({ paths: [`operationEnergy.${format}`], min: 0.05, max: 2 })),
  { paths: ["l2Energy"], min: 2, max: 30 },
  { paths: ["voltageExponent"], min: 0.5, max: 2 },
  { paths: ["settling"], min: 0.002, max: 0.5 },
  { paths: ["surge"], min: 1, max: 3 },
  { paths: ["clockOverBoost"], min: 1, max: 1.1 },
  { paths: tied("residentStall", allButInt8), min: 0, max: 1 },
  { paths: tied("residentStall", ["denseInt8"]), min: 0, max: 1 },
  { paths: tied("ctaIngress", ["dense16", "sparse16"]), min: 10, max: 128 },
  { paths: tied("ctaIngress", ["denseFp8"]), min: 10, max: 128 },
  { paths: tied("ctaIngress", ["sparseFp8", "sparseInt8"]), min: 10, max: 128 },
  { paths: tied("ctaIngress", ["denseInt8"]), min: 10, max: 128 },
  ...ownOf("issueEfficiency", 0.1, 1),
  ...ownOf("launchGap", 0.3, 8),
  ...ownOf("launchFloor", 1, 13),
]

/**
 * Picojoules of an 8-bit operation on Blackwell, at most: what a GB10 has for one at 188 TFLOPS of fp8, measured with CUTLASS
 * (forums.developer.nvidia.com, topic 359960), of 140 W with 28 W idle, assumed. 16 bits take twice as much at most.
 */
const mostEnergy = 0.6

/** Boards with a few square shapes alone: rates and launches; the rest is inherited from the architecture named beside. */
const freeOfSquares: readonly Free[] = [
  { paths: tied("launchGap", ["dense16", "denseFp8"]), min: 0.3, max: 8 },
  { paths: tied("launchGap", ["denseInt8"]), min: 0.3, max: 8 },
  { paths: tied("launchGap", ["sparse16", "sparseFp8", "sparseInt8"]), min: 0.3, max: 8 },
  ...ownOf("launchFloor", 1, 13),
  { paths: ["l2PerSm"], min: 10, max: 150 },
  { paths: ["operationEnergy.fp16", "operationEnergy.bf16"], min: 0.1, max: 2 * mostEnergy },
  ...["fp8", "int8"].map((format) => ({ paths: [`operationEnergy.${format}`], min: 0.2, max: mostEnergy })),
  { paths: ["smIngress"], min: 20, max: 256 },
  { paths: ["fill"], min: 100, max: 6000 },
  { paths: ["clockOverBoost"], min: 1, max: 1.1 },
  { paths: tied("residentStall", ["denseInt8"]), min: 0, max: 1 },
  ...ownOf("issueEfficiency", 0.05, 1),
]

/** The numbers that are free on an architecture. */
export const freeOn = (architecture: string): readonly Free[] =>
  architecture.startsWith("blackwell") ? freeOfSquares : free
