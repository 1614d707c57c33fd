/** How fast one warp can run a program at all: the circuit of waits that takes longest for each iteration. */
import type { WarpProgram } from "./warp-program.ts"

/** `to` issues no earlier than `ticks` after `from` of `iterations` iterations before. */
interface Wait {
  readonly from: number
  readonly to: number
  readonly ticks: number
  readonly iterations: number
}

/** Waits of an in-order warp that has the sub-core to itself. */
const waitsOf = (program: WarpProgram, issueInterval: number): readonly Wait[] => {
  const length = program.length
  return program.flatMap(({ unit, interval, gap, after }, place): readonly Wait[] => {
    const step = (distance: number, ticks: number): Wait => ({
      from: place,
      to: (place + distance) % length,
      ticks,
      iterations: place + distance >= length ? 1 : 0,
    })
    const sameUnit = 1 + [...program.slice(place + 1), ...program].findIndex((other) => other.unit === unit)
    return [
      step(1, Math.max(gap, issueInterval)),
      step(sameUnit, interval),
      ...after.map(({ on, iterationsBack }) => ({
        from: on,
        to: place,
        ticks: program[on].latency,
        iterations: iterationsBack,
      })),
    ]
  })
}

/** A circuit of more than `ticks` / `iterations`, as its own ratio; undefined when there is none. */
const slowerCircuit = (
  waits: readonly Wait[],
  places: number,
  { ticks, iterations }: Ratio,
): Ratio | undefined => {
  const longest = new Float64Array(places)
  const via: (Wait | undefined)[] = Array.from({ length: places })
  let changed = -1
  for (let round = 0; round <= places; round++) {
    changed = -1
    for (const wait of waits) {
      // Whole numbers: the comparison with the ratio is exact.
      const reach = longest[wait.from] + wait.ticks * iterations - wait.iterations * ticks
      if (reach <= longest[wait.to]) continue
      longest[wait.to] = reach
      via[wait.to] = wait
      changed = wait.to
    }
    if (changed < 0) return undefined
  }
  // Still growing after as many rounds as there are places: going back from here leads into the circuit.
  let at = changed
  for (let i = 0; i < places; i++) at = via[at]?.from ?? at
  const circuit: { ticks: number; iterations: number } = { ticks: 0, iterations: 0 }
  const start = at
  do {
    const wait = via[at]
    if (wait === undefined) break
    circuit.ticks += wait.ticks
    circuit.iterations += wait.iterations
    at = wait.from
  } while (at !== start)
  return circuit
}

interface Ratio {
  readonly ticks: number
  readonly iterations: number
}

/**
 * Ticks of one iteration of a warp that has the sub-core to itself: the greatest ticks ÷ iterations over all circuits of
 * its waits (the eigenvalue of its max-plus system; Baccelli et al., Synchronization and Linearity, 1992, theorem 3.23).
 * Found by going from a circuit to a slower one until there is none; exact for whole ticks.
 */
export const criticalCircuit = (program: WarpProgram, issueInterval: number): number => {
  const waits = waitsOf(program, issueInterval)
  let best: Ratio = { ticks: 0, iterations: 1 }
  for (;;) {
    const slower = slowerCircuit(waits, program.length, best)
    if (slower === undefined) return best.ticks / best.iterations
    best = slower
  }
}
