/** A network's forward pass on one core, operator by operator. */
import type { Network } from "../../../dataflows/network.ts"
import { coreRates, type CpuNumbers, type LibraryNumbers } from "./core-rates.ts"
import { cyclesOf, type OperatorCost } from "./layer-cost.ts"
import { operatorCost } from "./operator-cost.ts"
import type { NetworkSparsity } from "./weight-sparsity.ts"

export interface PlannedOperator {
  readonly layer: string
  readonly cost: OperatorCost
}

export const planCpu = (
  network: Network,
  sparsity: NetworkSparsity,
  machine: CpuNumbers,
  library: LibraryNumbers,
): readonly PlannedOperator[] => {
  const rates = coreRates(machine, library)
  const planned: PlannedOperator[] = []
  for (const layer of network.layers) {
    const cost = operatorCost(layer, sparsity.get(layer.id), rates)
    if (cost !== undefined) planned.push({ layer: layer.id, cost })
  }
  return planned
}

/** Cycles of the whole pass, not rounded. */
export const plannedCycles = (operators: readonly PlannedOperator[]): number =>
  operators.reduce((sum, { cost }) => sum + cyclesOf(cost.account), 0)
