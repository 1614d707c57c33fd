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

/** The mapping of least cycles and, among those, of least energy, as the study's mapper chooses; undefined when none fits. */
const bestPlan = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  work: DesignedGemm,
  actions: readonly ActionEnergy[],
): SpatialPlan | undefined => {
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
  return best
}

const nothingFits = ({ id, sharedMemory }: SpatialArrayMachine, depth: number): UnsupportedError =>
  new UnsupportedError({
    message: `no tile of a product with k = ${depth} fits the ${sharedMemory.capacity.value} bytes of shared memory of ${id}`,
    remedy: "Enlarge sharedMemory.capacity, or split the product along k.",
  })

/**
 * A product as the study runs it, the whole of k at once.
 * @throws UnsupportedError when no tile fits the shared memory, or the design cannot encode the pattern
 */
export const planSpatial = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  gemm: Gemm,
  sparsity: SpatialSparsity,
  actions: readonly ActionEnergy[],
): SpatialPlan => {
  const plan = bestPlan(machine, design, designedGemm(machine, design, gemm, sparsity), actions)
  if (plan === undefined) throw nothingFits(machine, gemm.k)
  return plan
}

/** `times` equal parts of a product along k, one after another. */
export interface SpatialPart {
  readonly plan: SpatialPlan
  readonly times: number
}

/**
 * A product in as few parts along k as fit the shared memory: one, wherever the study could run it. Every part but the first
 * starts from the sums of the part before it, which DRAM holds meanwhile. The study never does this: splitting is an
 * assumption that lets whole networks run.
 * @throws UnsupportedError when not even the smallest part fits, or the design cannot encode the pattern
 */
export const planInParts = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  gemm: Gemm,
  sparsity: SpatialSparsity,
  actions: readonly ActionEnergy[],
): readonly SpatialPart[] => {
  const { m, n, k } = gemm
  // What k is padded to a multiple of, so that parts pad no more than the whole does.
  const group = designedGemm(machine, design, { m, n, k: 1 }, sparsity).gemm.k
  const part = (depth: number, priorSums: number): SpatialPlan | undefined =>
    bestPlan(
      machine,
      design,
      { ...designedGemm(machine, design, { m, n, k: depth }, sparsity), priorSums },
      actions,
    )
  const most = Math.ceil(k / group)
  for (let parts = 1; parts <= most; parts++) {
    const depth = parts === 1 ? k : Math.ceil(most / parts) * group
    const first = part(depth, 0)
    if (first === undefined) continue
    if (parts === 1) return [{ plan: first, times: 1 }]
    const whole = Math.ceil(k / depth)
    const middle = part(depth, m * n)
    const last = part(k - (whole - 1) * depth, m * n)
    if (middle === undefined || last === undefined) continue
    return [
      { plan: first, times: 1 },
      { plan: middle, times: whole - 2 },
      { plan: last, times: 1 },
    ].filter(({ times }) => times > 0)
  }
  throw nothingFits(machine, group)
}
