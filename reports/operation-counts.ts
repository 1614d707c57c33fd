/** The four operation counts of a tally, in MACs. */
import { operationCounts, type OperationCount } from "../sim/trace/vocabulary.ts"
import { type Aggregate, sumOf, type Tally } from "./aggregate.ts"

export type OperationCounts = Readonly<Record<OperationCount, number>>

/** MACs by each of the four ways of counting. Zero for work that multiplies nothing. */
export const operationsOf = (aggregate: Aggregate, tally: Tally): OperationCounts => {
  const of = (count: OperationCount): number => sumOf(aggregate, tally, [`ops.${count}`])
  return {
    "dense-equivalent": of("dense-equivalent"),
    "non-zero": of("non-zero"),
    useful: of("useful"),
    issued: of("issued"),
  }
}

/** `make` applied to each of the four ways of counting. */
export const perOperationCount = <A>(
  make: (count: OperationCount) => A,
): Readonly<Record<OperationCount, A>> => ({
  [operationCounts[0]]: make(operationCounts[0]),
  [operationCounts[1]]: make(operationCounts[1]),
  [operationCounts[2]]: make(operationCounts[2]),
  [operationCounts[3]]: make(operationCounts[3]),
})
