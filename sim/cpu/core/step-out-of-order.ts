/**
 * An out-of-order core stepped cycle by cycle. Each cycle retires in order what is finished, dispatches in order as many
 * macro- and micro-operations as the front end gives and the window holds, and issues the oldest micro-operations whose
 * operands are there to free pipes. Branches are predicted, loads hit the first level, schedulers are as large as the window.
 */
import type { CoreProgram } from "./core-program.ts"
import type { SteppedLoop } from "./stepped-loop.ts"

/** `iterations` of the program, at least 2. */
export const stepOutOfOrder = (program: CoreProgram, iterations: number): SteppedLoop => {
  const { instructions: length, macroOps, microOps, window } = program
  const { firstUop, uopPipes, uopValue, valueUops, valueLatency } = program
  const { firstDependency, dependencyOn, dependencyBack, dependencyDelay } = program
  const values = 2 * length
  /** Iterations remembered: those in flight and the one before, which they wait for. */
  const depth = Math.ceil(window / length) + 2
  const unissued = new Int32Array(depth * values)
  const issuedAt = new Int32Array(depth * values)
  /** Micro-operations that wait, oldest first: which, in which slot of iterations, and when ready (-1 unknown). */
  const mostWaiting = window * Math.max(1, ...Array.from({ length }, (_, i) => firstUop[i + 1] - firstUop[i]))
  const waitingUop = new Int32Array(mostWaiting)
  const waitingSlot = new Int32Array(mostWaiting)
  const waitingReady = new Int32Array(mostWaiting)
  const busy = new Float64Array(program.pipes.length)
  const ends = new Float64Array(iterations)
  let [waiting, now, inFlight] = [0, 0, 0]
  let [dispatchAt, dispatchSlot, dispatchIteration] = [0, 0, 0]
  let [retireAt, retireSlot, retireIteration] = [0, 0, 0]
  const half = iterations >> 1
  let halfTime = 0

  const isFinished = (value: number): boolean =>
    unissued[value] === 0 && issuedAt[value] + valueLatency[value % values] <= now

  const retire = (): void => {
    while (inFlight > 0) {
      const result = retireSlot * values + 2 * retireAt
      if (!isFinished(result) || !isFinished(result + 1)) return
      inFlight--
      if (++retireAt < length) continue
      retireAt = 0
      retireSlot = (retireSlot + 1) % depth
      ends[retireIteration++] = now
      if (retireIteration === half) {
        busy.fill(0)
        halfTime = now
      }
    }
  }

  const dispatch = (): void => {
    let uopsLeft = microOps
    for (let n = 0; n < macroOps && inFlight < window && dispatchIteration < iterations; n++) {
      const [first, end] = [firstUop[dispatchAt], firstUop[dispatchAt + 1]]
      // An instruction of more micro-operations than the front end gives in a cycle goes through alone.
      if (end - first > uopsLeft && uopsLeft < microOps) return
      uopsLeft -= end - first
      const result = dispatchSlot * values + 2 * dispatchAt
      for (let side = 0; side < 2; side++) {
        unissued[result + side] = valueUops[2 * dispatchAt + side]
        issuedAt[result + side] = now
      }
      for (let uop = first; uop < end; uop++) {
        waitingUop[waiting] = uop
        waitingSlot[waiting] = dispatchSlot
        waitingReady[waiting++] = -1
      }
      inFlight++
      if (++dispatchAt < length) continue
      dispatchAt = 0
      dispatchSlot = (dispatchSlot + 1) % depth
      dispatchIteration++
    }
  }

  /** When the operands are there; -1 while one of them has not issued. */
  const readyOf = (uop: number, slot: number): number => {
    let ready = 0
    const value = uopValue[uop]
    for (let d = firstDependency[value]; d < firstDependency[value + 1]; d++) {
      const back = dependencyBack[d]
      // The first iterations find their slot of the one before untouched: nothing unissued, issued at 0.
      const from = (back === 0 ? slot : slot === 0 ? depth - 1 : slot - 1) * values + dependencyOn[d]
      if (unissued[from] > 0) return -1
      const at = issuedAt[from] + dependencyDelay[d]
      if (at > ready) ready = at
    }
    return ready
  }

  const issue = (): void => {
    let taken = 0
    let kept = 0
    for (let w = 0; w < waiting; w++) {
      const uop = waitingUop[w]
      const slot = waitingSlot[w]
      let ready = waitingReady[w]
      if (ready < 0) ready = readyOf(uop, slot)
      const free = uopPipes[uop] & ~taken
      if (ready >= 0 && ready <= now && free !== 0) {
        const pipe = free & -free
        taken |= pipe
        busy[31 - Math.clz32(pipe)]++
        const value = slot * values + uopValue[uop]
        unissued[value]--
        issuedAt[value] = now
      } else {
        waitingUop[kept] = uop
        waitingSlot[kept] = slot
        waitingReady[kept++] = ready
      }
    }
    waiting = kept
  }

  while (retireIteration < iterations) {
    retire()
    dispatch()
    issue()
    now++
  }
  return { ends, busy, cycles: now - halfTime }
}
