/** The newest branches of some kind, each 16 bits of its address and, below them, its outcome. */

export interface BranchRing {
  readonly push: (address: number, outcome: number) => void
  /** Addresses of the newest `depth`, each shifted by `shift` more than the older one after it; 32 bits. */
  readonly path: (depth: number, shift: number) => number
  /** The same of addresses with their outcomes as lowest bits. */
  readonly outcomesAndPath: (depth: number, shift: number) => number
  /** Outcomes of the newest `depth` (at most 21), the newest lowest. */
  readonly outcomes: (depth: number) => number
}

/** @param longest the greatest depth that will be asked for */
export const branchRing = (longest: number): BranchRing => {
  const capacity = 2 ** Math.ceil(Math.log2(longest + 1))
  const last = capacity - 1
  const ring = new Int32Array(new ArrayBuffer(4 * capacity))
  let head = 0
  /** Of `depth` shifts, the last so many alone leave anything in 32 bits. */
  const firstThatCounts = (depth: number, shift: number): number =>
    shift === 0 ? 0 : Math.max(0, depth - Math.ceil(32 / shift))
  return {
    push: (address, outcome) => {
      head = (head - 1) & last
      ring[head] = (address << 1) | outcome
    },
    path: (depth, shift) => {
      let x = 0
      for (let i = firstThatCounts(depth, shift); i < depth; i++) {
        x = ((x << shift) + (ring[(head + i) & last] >>> 1)) | 0
      }
      return x
    },
    outcomesAndPath: (depth, shift) => {
      let x = 0
      for (let i = firstThatCounts(depth, shift); i < depth; i++) {
        x = ((x << shift) + ring[(head + i) & last]) | 0
      }
      return x
    },
    outcomes: (depth) => {
      let x = 0
      for (let i = 0; i < depth; i++) x |= (ring[(head + i) & last] & 1) << i
      return x
    },
  }
}
