/** A network as plain data, and back: what of it a run can be planned anew from. */
import { ConfigError } from "../arch/errors.ts"
import type { Layer, Network } from "./network.ts"
import { operatorAt, packOperators, type PlainOperator } from "./packed-operators.ts"
import { formatPattern, parsePattern } from "./sparsity/pattern/pattern-text.ts"
import type { SparsityPattern } from "./sparsity/pattern/sparsity-pattern.ts"

export interface PackedNetwork {
  /** The distinct operators of the network. */
  readonly operators: readonly PlainOperator[]
  /** In execution order: which operator, and the layer's own pattern or "dense" where it has one. */
  readonly layers: readonly { readonly operator: number; readonly sparsity?: string }[]
}

const textOf = (sparsity: SparsityPattern | "dense"): string =>
  sparsity === "dense" ? sparsity : formatPattern(sparsity)

/** Weights are left out: what they hold changes energy, never time. */
export const packNetwork = (network: Network): PackedNetwork => {
  const { operators, places } = packOperators(network.layers)
  return {
    operators,
    layers: network.layers.map(({ sparsity }, i) => ({
      operator: places[i],
      ...(sparsity === undefined ? {} : { sparsity: textOf(sparsity) }),
    })),
  }
}

/** A pattern that `formatPattern` wrote. @throws ConfigError for another text */
export const readPattern = (text: string): SparsityPattern => {
  const pattern = parsePattern(text)
  if (pattern !== undefined) return pattern
  throw new ConfigError({ message: `"${text}" is no pattern` })
}

/** The network that `packNetwork` packed, its layers named by their place. */
export const unpackNetwork = ({ operators, layers }: PackedNetwork): Network => ({
  id: "replay",
  name: "replay",
  batch: 1,
  source: "a trace",
  layers: layers.map(({ operator, sparsity }, i): Layer => {
    const op = operatorAt(operators, operator)
    const own = sparsity === undefined || sparsity === "dense" ? sparsity : readPattern(sparsity)
    return { id: String(i), op, ...(own === undefined ? {} : { sparsity: own }) }
  }),
})
