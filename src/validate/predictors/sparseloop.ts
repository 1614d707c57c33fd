/** Sparseloop's tensor-core study: one product on one design of a spatial array, cycles or energy. */
import { loadEnergyTable } from "../../../arch/energy-catalogue.ts"
import { loadMachine } from "../../../arch/machine-catalogue.ts"
import { planSpatial, spatialDesign, type SpatialPlan } from "../../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../../sim/sat/spatial/spatial-energy.ts"
import type { SpatialDesign } from "../../../sim/sat/spatial/stored-operand.ts"
import type { ValidationCase } from "../case-file.ts"
import { type Predictor, unsupported } from "../prediction.ts"
import { pattern, size, text } from "../workload-fields.ts"

const densityOf = ({ workload }: ValidationCase): number | undefined => {
  const value = workload["activationDensity"] ?? 1
  return typeof value === "number" && value > 0 && value <= 1 ? value : undefined
}

/** The study's names of the levels in its `extra` fields; it never gives a level fewer cycles than the multipliers take. */
const extraOf = (plan: SpatialPlan): Readonly<Record<string, number>> => {
  const { cyclesByLevel: cycles, energyByLevel: energy } = plan
  const perCompute = (picojoules: number): number => picojoules / plan.accesses.computes
  const atLeast = (own: number): number => Math.max(cycles.multipliers, own)
  return {
    utilization: plan.utilisation,
    "cyclesByLevel.MAC": cycles.multipliers,
    "cyclesByLevel.RF": atLeast(cycles.accumulators),
    "cyclesByLevel.SMEM": atLeast(cycles["shared-memory"]),
    "cyclesByLevel.DRAM": atLeast(cycles.dram),
    "energyPerComputePJ.MAC": perCompute(energy.multipliers),
    "energyPerComputePJ.LRF": perCompute(energy["operand-registers"]),
    "energyPerComputePJ.RF": perCompute(energy.accumulators),
    "energyPerComputePJ.SMEM": perCompute(energy["shared-memory"]),
    "energyPerComputePJ.DRAM": perCompute(energy.dram),
  }
}

/** Designs are grouped by the name that the study's figure gives them. */
const figureName = ({ studyName }: SpatialDesign): string => studyName.replace("-RF2x-24-bandwidth", "")

export const predictSparseloop: Predictor = (validationCase) => {
  if (validationCase.machine !== "sparseloop-stc-45nm") return undefined
  const machine = loadMachine(validationCase.machine)
  if (machine.kind !== "spatial-array" || text(validationCase, "kind") !== "gemm") return undefined
  const m = size(validationCase, "m")
  const n = size(validationCase, "n")
  const k = size(validationCase, "k")
  const nm = pattern(validationCase, "sparsity")
  const activationDensity = densityOf(validationCase)
  if (m === undefined || n === undefined || k === undefined)
    return unsupported("workload needs m, n and k of at least 1")
  if (nm === undefined) return unsupported("workload.sparsity is not N:M")
  if (text(validationCase, "sparsity") === undefined && (validationCase.workload["weightDensity"] ?? 1) !== 1)
    return unsupported("workload.weightDensity without a sparsity N:M")
  if (activationDensity === undefined) return unsupported("workload.activationDensity is not in (0, 1]")
  const design = spatialDesign(machine, text(validationCase, "design"))
  const gemm = { m, n, k }
  const actions = spatialActionEnergies(machine, design, loadEnergyTable(machine.energy.table))
  const plan = planSpatial(machine, design, gemm, { pattern: nm, activationDensity }, actions)
  const dense = planSpatial(machine, design, gemm, { pattern: { n: 1, m: 1 }, activationDensity: 1 }, actions)
  const share = nm.n / nm.m
  const common = {
    kind: "prediction",
    group: `${figureName(design)} ${validationCase.metric}`,
    extra: extraOf(plan),
  } as const
  switch (validationCase.metric) {
    case "cycles":
      return { ...common, predicted: plan.cycles, baseline: dense.cycles * share }
    case "energy":
      return { ...common, predicted: plan.energy / 1e6, baseline: (dense.energy * share) / 1e6 }
    default:
      return unsupported(`unknown metric ${validationCase.metric}`)
  }
}
