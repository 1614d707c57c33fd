/** What a top-N sorter does to make one mask by magnitude, as `patternMask` makes it. */
import { type SparsityPattern, vectorColumns } from "./sparsity-pattern.ts"

export interface SorterWork {
  /** Values that pass the sorter: elements, then scores of what was sorted before. */
  readonly taken: number
  /** One a value and kept place. */
  readonly comparisons: number
  /** Magnitudes added up into the scores of columns or blocks. */
  readonly additions: number
}

/**
 * Plain and density-bound N:M: every element passes once and is compared with the N kept so far. Hierarchical N:M: then the
 * score of every block passes a sort of its own level, and so on outwards. V:N:M: every element is added to the score of its
 * column in V rows; the scores pass, then the elements of the 4 columns that are left of every M. Groups count as whole.
 * That a machine sorts scores with the sorter of its elements is an assumption: no readable source has an engine for these.
 */
export const sorterWork = (elements: number, pattern: SparsityPattern): SorterWork => {
  const plain = { taken: elements, comparisons: elements * pattern.n, additions: 0 }
  if (!("kind" in pattern)) return plain
  switch (pattern.kind) {
    case "bounded":
    case "row-wise":
      return plain
    case "hierarchical": {
      let values = elements
      const work = { taken: 0, comparisons: 0, additions: 0 }
      for (const [level, { n, m }] of pattern.levels.entries()) {
        work.taken += values
        work.comparisons += values * n
        if (level < pattern.levels.length - 1) work.additions += Math.ceil((values * n) / m)
        values = Math.ceil(values / m)
      }
      return work
    }
    case "vector": {
      const { v, n, m } = pattern
      const columns = Math.ceil(elements / v)
      const left = Math.ceil((elements * vectorColumns) / m)
      return {
        taken: elements + columns + left,
        comparisons: columns * vectorColumns + left * n,
        additions: elements,
      }
    }
  }
}
