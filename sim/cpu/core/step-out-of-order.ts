/**
 * An out-of-order core stepped cycle by cycle. Each cycle retires in order what is finished, dispatches in order as many
 * macro- and micro-operations as the front end gives and the window holds, and issues the oldest micro-operations whose
 * operands are there to free pipes. Branches are predicted, loads hit the first level, schedulers are as large as the window.
 */
import type { CoreProgram } from "./core-program.ts"
import { firstPart, updatedBase, valuesPerInstruction } from "./dependencies.ts"
import type { IssueObserver, SteppedLoop } from "./stepped-loop.ts"

/** The dependencies turned round: what waits for each value. */
const waitersOf = ({ firstDependency, dependencyOn, dependencyBack, dependencyDelay }: CoreProgram) => {
  const values = firstDependency.length - 1
  const first = new Int32Array(values + 1)
  for (const on of dependencyOn) first[on + 1]++
  for (let v = 0; v < values; v++) first[v + 1] += first[v]
  const next = first.slice()
  const [value, back, delay] = Array.from({ length: 3 }, () => new Int32Array(dependencyOn.length))
  for (let v = 0; v < values; v++) {
    for (let d = firstDependency[v]; d < firstDependency[v + 1]; d++) {
      const at = next[dependencyOn[d]]++
      value[at] = v
      back[at] = dependencyBack[d]
      delay[at] = dependencyDelay[d]
    }
  }
  return { first, value, back, delay }
}

/** Micro-operations of each value, as they stand one after another in a program. */
const uopsOfValues = ({ uopValue, valueUops }: CoreProgram): Int32Array => {
  const first = new Int32Array(valueUops.length)
  for (let uop = uopValue.length - 1; uop >= 0; uop--) first[uopValue[uop]] = uop
  return first
}

/** Instruction of each micro-operation. */
const instructionsOf = ({ firstUop, uopPipes }: CoreProgram): Int32Array => {
  const instruction = new Int32Array(uopPipes.length)
  for (let i = 0; i + 1 < firstUop.length; i++) instruction.fill(i, firstUop[i], firstUop[i + 1])
  return instruction
}

/** `iterations` of the program, at least 2. */
export const stepOutOfOrder = (
  program: CoreProgram,
  iterations: number,
  observe?: IssueObserver,
): SteppedLoop => {
  const { instructions: length, macroOps, microOps, window } = program
  const { firstUop, uopPipes, valueUops, valueLatency } = program
  const { firstDependency, dependencyOn, dependencyBack, dependencyDelay } = program
  const waiters = waitersOf(program)
  const valueUop = uopsOfValues(program)
  const instructionOf = instructionsOf(program)
  const uops = uopPipes.length
  const values = valuesPerInstruction * length
  /** Iterations remembered: those in flight and the one before, which they wait for. */
  const depth = Math.ceil(window / length) + 2
  /** By slot of iterations and value: micro-operations yet to issue, when the last one did, and what it waits for. */
  const unissued = new Int32Array(depth * values)
  const issuedAt = new Int32Array(depth * values)
  const awaited = new Int32Array(depth * values)
  const operandsAt = new Int32Array(depth * values)
  /** Micro-operations whose operands have all issued, oldest first; ages count micro-operations in program order. */
  const most = (depth + 1) * uops
  const readyAge = new Int32Array(most)
  const readyValue = new Int32Array(most)
  const readyPipes = new Int32Array(most)
  const wokenAge = new Int32Array(most)
  const wokenValue = new Int32Array(most)
  const slotIteration = new Int32Array(depth)
  const busy = new Float64Array(program.pipes.length)
  const ends = new Float64Array(iterations)
  let [ready, woken, now, inFlight] = [0, 0, 0, 0]
  let [dispatchAt, dispatchSlot, dispatchIteration] = [0, 0, 0]
  let [retireAt, retireSlot, retireIteration] = [0, 0, 0]
  const half = iterations >> 1
  let halfTime = 0

  /** Retires what it can; gives the iterations that have ended. */
  const retire = (): number => {
    while (inFlight > 0) {
      const base = retireSlot * values
      for (let v = firstPart(retireAt); v <= updatedBase(retireAt); v++) {
        if (unissued[base + v] > 0 || issuedAt[base + v] + valueLatency[v] > now) return retireIteration
      }
      inFlight--
      if (++retireAt < length) continue
      retireAt = 0
      retireSlot = retireSlot + 1 === depth ? 0 : retireSlot + 1
      ends[retireIteration++] = now
      if (retireIteration === half) {
        busy.fill(0)
        halfTime = now
      }
    }
    return retireIteration
  }

  /** Looks up what a value of the instruction being dispatched waits for; the youngest goes to the end of the ready ones. */
  const enter = (v: number): void => {
    const place = dispatchSlot * values + v
    unissued[place] = valueUops[v]
    issuedAt[place] = now
    let [left, at] = [0, 0]
    for (let d = firstDependency[v]; d < firstDependency[v + 1]; d++) {
      // The first iteration finds the slot of the one before untouched: nothing to issue, issued at 0.
      const slot = dependencyBack[d] === 0 ? dispatchSlot : dispatchSlot === 0 ? depth - 1 : dispatchSlot - 1
      const on = slot * values + dependencyOn[d]
      if (unissued[on] > 0) left++
      else at = Math.max(at, issuedAt[on] + dependencyDelay[d])
    }
    awaited[place] = left
    operandsAt[place] = at
    if (left > 0) return
    for (let k = 0; k < valueUops[v]; k++) {
      const uop = valueUop[v] + k
      readyAge[ready] = dispatchIteration * uops + uop
      readyValue[ready] = place
      readyPipes[ready++] = uopPipes[uop]
    }
  }

  const dispatch = (): void => {
    let uopsLeft = microOps
    for (let n = 0; n < macroOps && inFlight < window && dispatchIteration < iterations; n++) {
      const count = firstUop[dispatchAt + 1] - firstUop[dispatchAt]
      // An instruction of more micro-operations than the front end gives in a cycle goes through alone.
      if (count > uopsLeft && uopsLeft < microOps) return
      uopsLeft -= count
      slotIteration[dispatchSlot] = dispatchIteration
      for (let v = firstPart(dispatchAt); v <= updatedBase(dispatchAt); v++) enter(v)
      inFlight++
      if (++dispatchAt < length) continue
      dispatchAt = 0
      dispatchSlot = dispatchSlot + 1 === depth ? 0 : dispatchSlot + 1
      dispatchIteration++
    }
  }

  /** Tells what waits for a value that its last micro-operation has issued. */
  const wake = (place: number): void => {
    const v = place % values
    const slot = (place - v) / values
    for (let w = waiters.first[v]; w < waiters.first[v + 1]; w++) {
      const to = waiters.back[w] === 0 ? slot : slot + 1 === depth ? 0 : slot + 1
      const waiter = waiters.value[w]
      const on = to * values + waiter
      // What has not been dispatched yet will look for itself.
      const isDispatched =
        slotIteration[to] === slotIteration[slot] + waiters.back[w] && awaited[on] > 0 && unissued[on] > 0
      if (!isDispatched) continue
      operandsAt[on] = Math.max(operandsAt[on], now + waiters.delay[w])
      if (--awaited[on] > 0) continue
      for (let k = 0; k < valueUops[waiter]; k++) {
        wokenAge[woken] = slotIteration[to] * uops + valueUop[waiter] + k
        wokenValue[woken++] = on
      }
    }
  }

  /** Puts what was woken among the ready ones, by age. */
  const merge = (): void => {
    for (let w = 0; w < woken; w++) {
      const age = wokenAge[w]
      let at = ready++
      for (; at > 0 && readyAge[at - 1] > age; at--) {
        readyAge[at] = readyAge[at - 1]
        readyValue[at] = readyValue[at - 1]
        readyPipes[at] = readyPipes[at - 1]
      }
      readyAge[at] = age
      readyValue[at] = wokenValue[w]
      readyPipes[at] = uopPipes[age % uops]
    }
    woken = 0
  }

  const issue = (): void => {
    let [taken, kept] = [0, 0]
    for (let r = 0; r < ready; r++) {
      const value = readyValue[r]
      const free = readyPipes[r] & ~taken
      if (free !== 0 && operandsAt[value] <= now) {
        const pipe = free & -free
        taken |= pipe
        busy[31 - Math.clz32(pipe)]++
        if (observe !== undefined) {
          const age = readyAge[r]
          const instance = Math.floor(age / uops) * length + instructionOf[age % uops]
          observe(now, 31 - Math.clz32(pipe), instance, 1)
        }
        issuedAt[value] = now
        if (--unissued[value] === 0) wake(value)
      } else {
        readyAge[kept] = readyAge[r]
        readyValue[kept] = value
        readyPipes[kept++] = readyPipes[r]
      }
    }
    ready = kept
    merge()
  }

  for (; retire() < iterations; now++) {
    dispatch()
    issue()
  }
  return { ends, busy, cycles: now - halfTime }
}
