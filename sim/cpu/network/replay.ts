/**
 * A network's run on one core as plain data, and the same run planned anew from it with other numbers of the machine or
 * another share of zeros. It is the engine's own plan.
 */
import { byPath } from "../../../arch/numbers-by-path.ts"
import type { Layer, Network } from "../../../dataflows/network.ts"
import { operatorAt, packOperators, type PlainOperator } from "../../../dataflows/packed-operators.ts"
import type { CpuNumbers, LibraryNumbers } from "./core-rates.ts"
import { cpuCycles } from "./cpu-engine.ts"
import { boundOf } from "./layer-cost.ts"
import { planCpu } from "./plan-cpu.ts"
import type { ColumnGroup } from "../cache/column-reuse.ts"
import type { ChannelBlock, NetworkSparsity, WeightSparsity } from "./weight-sparsity.ts"

export interface CpuReplay {
  readonly model: "cpu"
  readonly operators: readonly PlainOperator[]
  /**
   * In execution order: which operator, the channels that share zeros where the layer has any, and their share where it is not
   * that of the run or its columns are known.
   */
  readonly layers: readonly {
    readonly operator: number
    readonly block?: number
    readonly zeros?: number
    readonly columns?: readonly ColumnGroup[]
  }[]
  /** Share of zeros of the layers that have any and none of their own. */
  readonly zeros: number
}

export const cpuReplay = (network: Network, sparsity: NetworkSparsity): CpuReplay => {
  const { operators, places } = packOperators(network.layers)
  const [first] = sparsity.values()
  const isOne = [...sparsity.values()].every(({ zeros }) => zeros === first?.zeros)
  return {
    model: "cpu",
    operators,
    layers: network.layers.map(({ id }, i) => {
      const own = sparsity.get(id)
      return {
        operator: places[i],
        ...(own === undefined
          ? {}
          : {
              block: own.block,
              ...(isOne && own.columns === undefined ? {} : { zeros: own.zeros }),
              ...(own.columns === undefined ? {} : { columns: own.columns }),
            }),
      }
    }),
    zeros: first?.zeros ?? 0,
  }
}

/** The machine that the numbers are of. */
const machineOf = (numbers: ReadonlyMap<string, number>): CpuNumbers & { readonly library: LibraryNumbers } =>
  byPath(numbers) as unknown as CpuNumbers & { readonly library: LibraryNumbers }

/** Time of the pass at a point. */
export interface CpuPointCost {
  readonly cycles: number
  readonly seconds: number
  /** Share of the cycles in operators of each bound, largest first. */
  readonly bounds: readonly (readonly [bound: string, share: number])[]
}

/** The pass with the machine's numbers by path, base units, and `zeros` of the weights of the layers that have any. */
export const replayOnCpu = (
  replay: CpuReplay,
  numbers: ReadonlyMap<string, number>,
  zeros: number,
): CpuPointCost => {
  const machine = machineOf(numbers)
  const layers = replay.layers.map(({ operator }, i): Layer => {
    return { id: String(i), op: operatorAt(replay.operators, operator) }
  })
  const sparsity = new Map(
    replay.layers.flatMap(
      ({ block, zeros: own, columns }, i): readonly (readonly [string, WeightSparsity])[] =>
        block === undefined
          ? []
          : [
              [
                String(i),
                {
                  zeros: own ?? zeros,
                  block: block as ChannelBlock,
                  ...(columns === undefined ? {} : { columns }),
                },
              ],
            ],
    ),
  )
  const network = { id: "replay", name: "replay", batch: 1, source: "a trace", layers }
  const operators = planCpu(network, sparsity, machine, machine.library)
  const cycles = cpuCycles(operators)
  const byBound = new Map<string, number>()
  for (const operator of operators) {
    const bound = boundOf(operator.cost.account)
    byBound.set(bound, (byBound.get(bound) ?? 0) + cpuCycles([operator]))
  }
  return {
    cycles,
    seconds: cycles / machine.clock.value,
    bounds: [...byBound]
      .map(([bound, part]): readonly [string, number] => [bound, part / cycles])
      .toSorted((a, b) => b[1] - a[1]),
  }
}
