/** The kernel family of a library for one kind of GEMM, from an architecture's constants. */
import { UnsupportedError } from "../../../arch/errors.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import type { GpuGemm } from "./gemm-request.ts"
import type { KernelFamily } from "./kernel-catalogue.ts"

export type GemmConstants = GpuMachine["family"]["gemm"]
export type KernelKind = keyof GemmConstants["kernels"]

/** Which kernels of an architecture run a GEMM: 16-bit floats share theirs. */
export const kernelKind = ({ dtype, sparsity }: Pick<GpuGemm, "dtype" | "sparsity">): KernelKind => {
  const width = dtype === "fp8" ? "Fp8" : dtype === "int8" ? "Int8" : "16"
  return sparsity === "dense" ? `dense${width}` : `sparse${width}`
}

const numbersOf = (text: string): readonly number[] => text.split("x").map(Number)

const build = (constants: GemmConstants, kind: KernelKind, architecture: string): KernelFamily => {
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
    operationEnergy: (kind.endsWith("16") ? constants.energy16.value : constants.energy8.value) * 1e-12,
    l2Energy: constants.l2Energy.value * 1e-12,
    dramEnergy: constants.dramEnergy.value * 1e-12,
    voltageExponent: constants.voltageExponent.value,
    settling: constants.settling.value,
  }
}

const built = new WeakMap<GemmConstants, Map<KernelKind, KernelFamily>>()

/** The kernels that run `gemm` on a machine. @throws UnsupportedError where its architecture has none */
export const kernelFamily = (
  { family, architecture }: GpuMachine,
  gemm: Pick<GpuGemm, "dtype" | "sparsity">,
): KernelFamily => {
  const kind = kernelKind(gemm)
  const known = built.get(family.gemm) ?? new Map<KernelKind, KernelFamily>()
  built.set(family.gemm, known)
  const before = known.get(kind)
  if (before !== undefined) return before
  const made = build(family.gemm, kind, architecture)
  known.set(kind, made)
  return made
}
