/** The kernel family of a library for one kind of GEMM, from an architecture's constants. */
import { UnsupportedError } from "../../../arch/errors.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import type { GpuFormat, GpuGemm } from "./gemm-request.ts"
import type { KernelFamily } from "./kernel-catalogue.ts"

export type GemmConstants = GpuMachine["family"]["gemm"]
export type KernelKind = keyof GemmConstants["kernels"]

/** What selects kernels. */
export type KernelsOf = Pick<GpuGemm, "dtype" | "sparsity">

/** Which kernels of an architecture run a GEMM: 16-bit floats share theirs. */
export const kernelKind = ({ dtype, sparsity }: KernelsOf): KernelKind => {
  const width = dtype === "fp8" ? "Fp8" : dtype === "int8" ? "Int8" : "16"
  return sparsity === "dense" ? `dense${width}` : `sparse${width}`
}

const numbersOf = (text: string): readonly number[] => text.split("x").map(Number)

/** In picojoules. */
const operationEnergy = ({ operationEnergy: of }: GemmConstants, dtype: GpuFormat): number => {
  const { value } = dtype === "fp16" || dtype === "bf16" ? (of[dtype] ?? of.fp16) : (of[dtype] ?? of.int8)
  return value
}

const build = (constants: GemmConstants, gemm: KernelsOf, architecture: string): KernelFamily => {
  const kind = kernelKind(gemm)
  const kernels = constants.kernels[kind]
  if (kernels === undefined) {
    throw new UnsupportedError({
      message: `the ${architecture} architecture has no ${kind} kernels`,
      remedy: `It has ${Object.keys(constants.kernels).join(", ")}.`,
    })
  }
  return {
    tiles: kernels.tiles.map((tile) => {
      const [m, n] = numbersOf(tile)
      return { m, n }
    }),
    splits: kernels.splits.map(Number),
    raster: kernels.raster,
    issueEfficiency: kernels.issueEfficiency.value,
    residentStall: kernels.residentStall.value,
    ctaIngress: kernels.ctaIngress.value,
    launchGap: kernels.launchGap.value,
    launchFloor: kernels.launchFloor.value,
    stageBytes: constants.stageBytes.value,
    stages: constants.stages.value,
    rasterWidth: constants.rasterWidth.value,
    rasterRows: constants.rasterRows.value,
    tileOverhead: constants.tileOverhead.value,
    smIngress: constants.smIngress.value,
    stepLatency: kernels.stepLatency.value,
    fill: constants.fill.value,
    epilogueRate: constants.epilogueRate.value,
    partialTraffic: constants.partialTraffic.value,
    reductionLaunch: constants.reductionLaunch.value,
    overlapExponent: constants.overlapExponent.value,
    l2PerSm: constants.l2PerSm.value,
    l2Resident: constants.l2Resident.value,
    dramEfficiency: constants.dramEfficiency.value,
    clockOverBoost: constants.clockOverBoost.value,
    // Picojoules in the file, joules in the model.
    operationEnergy: operationEnergy(constants, gemm.dtype) * 1e-12,
    l2Energy: constants.l2Energy.value * 1e-12,
    dramEnergy: constants.dramEnergy.value * 1e-12,
    voltageExponent: constants.voltageExponent.value,
    settling: constants.settling.value,
    surge: constants.surge.value,
  }
}

const built = new WeakMap<GemmConstants, Map<string, KernelFamily>>()

/** The kernels that run `gemm` on a machine. @throws UnsupportedError where its architecture has none */
export const kernelFamily = ({ family, architecture }: GpuMachine, gemm: KernelsOf): KernelFamily => {
  const key = `${gemm.dtype} ${gemm.sparsity}`
  const known = built.get(family.gemm) ?? new Map<string, KernelFamily>()
  built.set(family.gemm, known)
  const before = known.get(key)
  if (before !== undefined) return before
  const made = build(family.gemm, gemm, architecture)
  known.set(key, made)
  return made
}
