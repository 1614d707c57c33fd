/**
 * Whether the core is this process's own at the moment. While another program has its second thread, a loop that fills the vector
 * units loses far more than a chain of dependent additions, which leaves most of the core idle anyway; a change of the clock moves
 * both alike.
 */
import { instantiateText } from "./assemble-kernels.ts"
import { cpuSeconds } from "./cpu-seconds.ts"
import { clockFunction, dependentAdds, peakFunction } from "./engine-peaks.ts"

/** Chains that fill the multiply and add units of the cores here. */
const chains = 10
/** Some 50 µs each. */
const peakTurns = 30_000
const clockTurns = 6_000
const medianOf = 15

export interface QuietCore {
  /** fp32 operations per cycle now, of the best seen so far: 1 is undisturbed. */
  readonly share: () => number
}

export const quietCore = async (): Promise<QuietCore> => {
  const { kernel } = await instantiateText(
    `(module (import "env" "memory" (memory 1)) ${clockFunction} ${peakFunction(chains)})`,
    65_536,
  )
  const peak = kernel(`peak${chains}`)
  const clock = kernel("clock")
  const timed = (run: () => void): number => {
    const before = cpuSeconds()
    run()
    // The clock of processor time ticks in microseconds.
    return Math.max(cpuSeconds() - before, 1e-6)
  }
  const flopsPerCycle = (): number => {
    const cycles = dependentAdds * clockTurns
    const seconds = timed(() => {
      clock(clockTurns, 5)
    })
    return (8 * chains * peakTurns * seconds) / (timed(() => peak(peakTurns)) * cycles)
  }
  // The first calls compile. Some later values are too high, when the chain alone was interrupted: medians count.
  for (let call = 0; call < 5; call += 1) flopsPerCycle()
  const recent = Array.from({ length: medianOf }, flopsPerCycle)
  const median = (): number => recent.toSorted((a, b) => a - b)[Math.floor(medianOf / 2)]
  let best = median()
  return {
    share: () => {
      const now = flopsPerCycle()
      recent.shift()
      recent.push(now)
      best = Math.max(best, median())
      return now / best
    },
  }
}
