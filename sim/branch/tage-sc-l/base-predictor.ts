/** TAGE's base: a bimodal table in which four direction bits share one hysteresis bit. */

export interface BasePredictor {
  /** Direction in bit 1, hysteresis in bit 0; 0 and 3 are strong. */
  lookup(pc: number): number
  /** Moves the value that was looked up one step toward the outcome. */
  train(pc: number, value: number, taken: number): void
  /** Entries written: directions, then hysteresis bits. */
  readonly written: { entries: number }
}

export const basePredictor = (directionBits: number): BasePredictor => {
  const directions = new Uint8Array(2 ** directionBits)
  const hysteresis = new Uint8Array(2 ** (directionBits - 2)).fill(1)
  const mask = 2 ** directionBits - 1
  const written = { entries: 0 }
  return {
    written,
    lookup: (pc) => {
      const index = (pc ^ (pc >>> 2)) & mask
      return (directions[index] << 1) | hysteresis[index >> 2]
    },
    train: (pc, value, taken) => {
      const index = (pc ^ (pc >>> 2)) & mask
      const next = taken === 1 ? (value < 3 ? value + 1 : 3) : value > 0 ? value - 1 : 0
      directions[index] = next >> 1
      hysteresis[index >> 2] = next & 1
      written.entries++
    },
  }
}
