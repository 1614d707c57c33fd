/**
 * The synthetic trace with planted correlations, record for record as its C generator writes it: `noise` branches that
 * follow a coin, then four whose outcomes are a copy, a majority, a conjunction and an exclusive or of earlier outcomes.
 */
import { type BranchBlock, newBranchBlock } from "../../sim/branch/branch-block.ts"

export const planted = { copy: 0x9000, majority: 0x9010, conjunction: 0x9020, exclusiveOr: 0x9030 } as const

export const plantedStream = (iterations: number, noise: number): BranchBlock => {
  const block = newBranchBlock(iterations * (noise + 4))
  const history = new Uint8Array(1024)
  let head = 0
  let x = 1
  const h = (k: number): number => history[(head - 1 - k) & 1023]
  const add = (pc: number, taken: number): void => {
    const i = block.length++
    block.pc[i] = pc
    block.target[i] = pc + 64
    block.gap[i] = 5
    block.flags[i] = 1 | (taken << 4)
    history[head++ & 1023] = taken
  }
  for (let n = 0; n < iterations; n++) {
    for (let d = 0; d < noise; d++) {
      x ^= x << 13
      x ^= x >>> 17
      x ^= x << 5
      add(0x1000 + 16 * d, (x >>> 16) & 1)
    }
    add(planted.copy, h(30))
    add(planted.majority, h(131) + h(202) + h(391) >= 2 ? 1 : 0)
    add(planted.conjunction, h(60) & h(250))
    add(planted.exclusiveOr, h(45) ^ h(77))
  }
  return block
}
