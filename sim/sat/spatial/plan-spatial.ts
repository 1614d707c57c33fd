/** The best mapping of one product on one design, with its accesses, cycles and energy: everything but the trace. */
import { ConfigError, UnsupportedError } from "../../../arch/errors.ts"
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import type { ActionEnergy } from "../../../arch/resolve-energy.ts"
import type { Gemm } from "../../../dataflows/gemm.ts"
import { type LevelAccesses, levelAccesses } from "./level-accesses.ts"
import { boundingLevel, type LevelCycles, levelCycles, slowest, type SpatialLevel } from "./level-cycles.ts"
import { type EnergyLevel, energyByLevel, pricesOf } from "./spatial-energy.ts"
import { type SpatialMapping, spatialMappings } from "./spatial-mapping.ts"
import {
  designedGemm,
  type DesignedGemm,
  type SpatialDesign,
  type SpatialSparsity,
} from "./stored-operand.ts"

export interface SpatialPlan {
  readonly work: DesignedGemm
  readonly mapping: SpatialMapping
  readonly accesses: LevelAccesses
  readonly cyclesByLevel: LevelCycles
  readonly cycles: number
  readonly bound: SpatialLevel
  /** Picojoules. */
  readonly energyByLevel: Readonly<Record<EnergyLevel, number>>
  readonly energy: number
  /** Multiply-accumulates carried out ÷ (multipliers × cycles). */
  readonly utilisation: number
}

/** A design by its id or by the name that the study gives it; the machine's default when none is named. @throws ConfigError */
export const spatialDesign = (machine: SpatialArrayMachine, name: string = machine.design): SpatialDesign => {
  const found = Object.hasOwn(machine.designs, name)
    ? machine.designs[name]
    : Object.values(machine.designs).find(({ studyName }) => studyName === name)
  if (found !== undefined) return found
  throw new ConfigError({
    message: `${machine.id} has no design "${name}"`,
    remedy: didYouMean(name, Object.keys(machine.designs)),
  })
}

const multipliers = ({ array }: SpatialArrayMachine): number =>
  array.subPartitions.value * array.rows.value * array.cols.value

/**
 * The mapping of least cycles and, among those, of least energy, as the study's mapper chooses.
 * @throws UnsupportedError when no tile fits the shared memory, or the design cannot encode the pattern
 */
export const planSpatial = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  gemm: Gemm,
  sparsity: SpatialSparsity,
  actions: readonly ActionEnergy[],
): SpatialPlan => {
  const work = designedGemm(machine, design, gemm, sparsity)
  const prices = pricesOf(actions)
  let best: SpatialPlan | undefined
  for (const mapping of spatialMappings(machine, design, work)) {
    const accesses = levelAccesses(machine, design, work, mapping)
    const cyclesByLevel = levelCycles(machine, design, accesses)
    const cycles = slowest(cyclesByLevel)
    if (best !== undefined && cycles > best.cycles) continue
    const byLevel = energyByLevel(accesses, prices)
    const energy = Object.values(byLevel).reduce((sum, picojoules) => sum + picojoules, 0)
    if (best !== undefined && cycles === best.cycles && energy >= best.energy) continue
    best = {
      work,
      mapping,
      accesses,
      cyclesByLevel,
      cycles,
      bound: boundingLevel(cyclesByLevel),
      energyByLevel: byLevel,
      energy,
      utilisation: accesses.computes / (multipliers(machine) * cycles),
    }
  }
  if (best !== undefined) return best
  throw new UnsupportedError({
    message: `no tile of a product with k = ${gemm.k} fits the ${machine.sharedMemory.capacity.value} bytes of shared memory of ${machine.id}`,
    remedy: "This machine does not tile k: split the product along k, or enlarge sharedMemory.capacity.",
  })
}
