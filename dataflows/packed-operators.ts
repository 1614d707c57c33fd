/** The operators of a network as plain data: each distinct one once, and which of them every layer has. */
import type { Layer } from "./network.ts"
import type { Operator } from "./operator.ts"

export type PlainOperator = Readonly<Record<string, string | number>>

export interface PackedOperators {
  readonly operators: readonly PlainOperator[]
  /** In execution order, places among `operators`. */
  readonly places: readonly number[]
}

export const packOperators = (layers: readonly Layer[]): PackedOperators => {
  const known = new Map<string, number>()
  const operators: PlainOperator[] = []
  const places = layers.map(({ op }) => {
    const key = JSON.stringify(op)
    const place = known.get(key) ?? operators.push({ ...op }) - 1
    known.set(key, place)
    return place
  })
  return { operators, places }
}

/** The operator at a place, as `packOperators` wrote it. */
export const operatorAt = (operators: readonly PlainOperator[], place: number): Operator =>
  operators[place] as unknown as Operator
