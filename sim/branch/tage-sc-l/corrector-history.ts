/** What the statistical corrector remembers of past branches beside TAGE's own histories. */
import { type CorrectorHistory, correctorHistories, type CorrectorParameters } from "./parameters.ts"
import type { PathHistory } from "./path-history.ts"

export interface CorrectorHistories {
  /** By history, in the order of `correctorHistories`: its value for the branch given to `gather`. */
  readonly values: Int32Array
  /** Iterations of the innermost loop (IMLI), at most 255. */
  readonly iteration: { value: number }
  readonly gather: (pc: number) => void
  /** Takes a conditional branch in. @param backward whether its recorded target lies below it */
  track(pc: number, taken: number, backward: number): void
}

/** Bits that a history's register keeps in each of its registers, by history; "path" is TAGE's own. */
const slot = (name: CorrectorHistory): number => correctorHistories.indexOf(name)

export const correctorHistory = (
  { groups, localRegisterBits }: CorrectorParameters,
  path: PathHistory,
): CorrectorHistories => {
  const uses = (name: CorrectorHistory): boolean => groups.some(({ history }) => history === name)
  const values = new Int32Array(correctorHistories.length)
  const outcomesAt = slot("outcomes")
  const backwardAt = slot("backward")
  const pathAt = slot("path")
  const localAt = slot("local")
  const secondAt = slot("second local")
  const thirdAt = slot("third local")
  const iterationOutcomesAt = slot("loop iteration outcomes")
  const iterationAt = slot("loop iteration")
  const usesSecond = uses("second local")
  const usesThird = uses("third local")
  const localMask = 2 ** localRegisterBits - 1
  const local = new Int32Array(localMask + 1)
  const second = new Int32Array(16)
  const third = new Int32Array(16)
  const byIteration = new Int32Array(256)
  const iteration = { value: 0 }
  return {
    values,
    iteration,
    gather: (pc) => {
      values[pathAt] = path.bits
      values[localAt] = local[(pc ^ (pc >>> 2)) & localMask]
      if (usesSecond) values[secondAt] = second[(pc ^ (pc >>> 5)) & 15]
      if (usesThird) values[thirdAt] = third[(pc ^ (pc >>> 10)) & 15]
      values[iterationOutcomesAt] = byIteration[iteration.value]
      values[iterationAt] = iteration.value
    },
    track: (pc, taken, backward) => {
      const loop = iteration.value
      byIteration[loop] = (byIteration[loop] << 1) | taken
      if (backward === 1) iteration.value = taken === 0 ? 0 : loop < 255 ? loop + 1 : 255
      values[outcomesAt] = (values[outcomesAt] << 1) | taken
      values[backwardAt] = (values[backwardAt] << 1) | (taken & backward)
      const a = (pc ^ (pc >>> 2)) & localMask
      local[a] = (local[a] << 1) | taken
      if (usesSecond) {
        const b = (pc ^ (pc >>> 5)) & 15
        second[b] = ((second[b] << 1) | taken) ^ (pc & 15)
      }
      if (usesThird) {
        const c = (pc ^ (pc >>> 10)) & 15
        third[c] = (third[c] << 1) | taken
      }
    },
  }
}
