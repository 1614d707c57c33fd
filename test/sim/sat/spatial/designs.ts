/** The designs of the sparse-tensor-core machine, and products to run on them. */
import fc from "fast-check"
import { loadEnergyTable } from "../../../../arch/energy-catalogue.ts"
import type { SpatialArrayMachine } from "../../../../arch/machine.ts"
import { loadSpatialArrayMachine, type Override } from "../../../../arch/machine-catalogue.ts"
import type { Gemm } from "../../../../dataflows/gemm.ts"
import { parseNmPattern } from "../../../../dataflows/sparsity/nm-pattern.ts"
import { planSpatial, spatialDesign, type SpatialPlan } from "../../../../sim/sat/spatial/plan-spatial.ts"
import { spatialActionEnergies } from "../../../../sim/sat/spatial/spatial-energy.ts"

export const tensorCore = (overrides: readonly Override[] = []): SpatialArrayMachine =>
  loadSpatialArrayMachine("sparseloop-stc-45nm", overrides)

export const designIds = Object.keys(tensorCore().designs)

export const plan = (
  design: string,
  gemm: Gemm,
  sparsity: string,
  activationDensity = 1,
  machine: SpatialArrayMachine = tensorCore(),
): SpatialPlan => {
  const chosen = spatialDesign(machine, design)
  const pattern = parseNmPattern(sparsity) ?? { n: 1, m: 1 }
  return planSpatial(
    machine,
    chosen,
    gemm,
    { pattern, activationDensity },
    spatialActionEnergies(machine, chosen, loadEnergyTable(machine.energy.table)),
  )
}

export const designId = fc.constantFrom(...designIds)
export const weightPattern = fc.constantFrom("1:1", "2:4", "2:6", "2:8")
export const activationShare = fc.double({ min: 0.05, max: 1, noNaN: true })
/** Sizes that every design can hold: k is not tiled. */
export const product: fc.Arbitrary<Gemm> = fc.record({
  m: fc.integer({ min: 1, max: 600 }),
  n: fc.integer({ min: 1, max: 600 }),
  k: fc.integer({ min: 1, max: 1200 }),
})
