/** The last different branches, the newest first. */

export interface RecencyStack {
  readonly push: (address: number) => void
  /** Place of a branch, `depth` if it is not among the last. */
  readonly position: (address: number) => number
  /** Addresses of the newest `depth`, each shifted by `shift` more than the older one after it; 32 bits. */
  readonly path: (depth: number, shift: number) => number
}

/** Every place holds address 0 at first. @param depth branches that are remembered */
export const recencyStack = (depth: number): RecencyStack => {
  const stack = new Int32Array(new ArrayBuffer(4 * depth))
  const position = (address: number): number => {
    for (let i = 0; i < depth; i++) if (stack[i] === address) return i
    return depth
  }
  return {
    push: (address) => {
      for (let i = Math.min(position(address), depth - 1); i > 0; i--) stack[i] = stack[i - 1]
      stack[0] = address
    },
    position,
    path: (depth, shift) => {
      let x = 0
      for (let i = 0; i < depth; i++) x = ((x << shift) + stack[i]) | 0
      return x
    },
  }
}
