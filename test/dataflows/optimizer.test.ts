import { describe, expect, it } from "vitest"
import { optimizers, updateArithmetic, updateCost } from "../../dataflows/optimizer.ts"

/** A number that counts the operations done with it; constants of a step are plain numbers. */
class Counted {
  static tally = { muls: 0, adds: 0, divisions: 0, roots: 0 }
  readonly value: number
  constructor(value: number) {
    this.value = value
  }
  private static read = (x: Counted | number): number => (typeof x === "number" ? x : x.value)
  times(x: Counted | number): Counted {
    Counted.tally.muls++
    return new Counted(this.value * Counted.read(x))
  }
  plus(x: Counted | number): Counted {
    Counted.tally.adds++
    return new Counted(this.value + Counted.read(x))
  }
  minus(x: Counted | number): Counted {
    Counted.tally.adds++
    return new Counted(this.value - Counted.read(x))
  }
  over(x: Counted): Counted {
    Counted.tally.divisions++
    return new Counted(this.value / x.value)
  }
  root(): Counted {
    Counted.tally.roots++
    return new Counted(Math.sqrt(this.value))
  }
}

const counted = (step: () => Counted) => {
  Counted.tally = { muls: 0, adds: 0, divisions: 0, roots: 0 }
  return { result: step().value, operations: { ...Counted.tally } }
}

const [w, g, m, v] = [0.5, 0.1, 0.02, 0.003].map((value) => new Counted(value))
const [rate, beta1, beta2, epsilon, decay, t] = [1e-3, 0.9, 0.999, 1e-8, 0.01, 3]

/** The step of Adam as Kingma and Ba's Algorithm 1 writes it, with its hats; the reordered form must agree. */
const algorithm1 = (): number => {
  const m1 = beta1 * m.value + (1 - beta1) * g.value
  const v1 = beta2 * v.value + (1 - beta2) * g.value * g.value
  const mHat = m1 / (1 - beta1 ** t)
  const vHat = v1 / (1 - beta2 ** t)
  return (rate * mHat) / (Math.sqrt(vHat) + epsilon)
}

const adamStep = (): Counted => {
  const stepRate = (rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)
  const m1 = m.times(beta1).plus(g.times(1 - beta1))
  const v1 = v.times(beta2).plus(g.times(g).times(1 - beta2))
  return m1.over(v1.root().plus(epsilon * Math.sqrt(1 - beta2 ** t))).times(stepRate)
}

describe("optimisers", () => {
  it("count the operations of their formulas, done one by one", () => {
    expect(counted(() => w.minus(g.times(rate))).operations).toEqual(updateArithmetic("sgd"))
    expect(counted(() => w.plus(m.times(beta1).minus(g.times(rate)))).operations).toEqual(
      updateArithmetic("momentum"),
    )
    const adam = counted(() => w.minus(adamStep()))
    expect(adam.operations).toEqual(updateArithmetic("adam"))
    expect(adam.result).toBeCloseTo(w.value - algorithm1(), 12)
    const adamw = counted(() => w.times(1 - rate * decay).minus(adamStep()))
    expect(adamw.operations).toEqual(updateArithmetic("adamw"))
    expect(adamw.result).toBeCloseTo(w.value - algorithm1() - rate * decay * w.value, 12)
  })

  it("read and write the master weight and their moments, 4, 8, 12 and 12 bytes", () => {
    const bytes = optimizers.map((name) => [
      4 * updateCost(name).stateReads,
      4 * updateCost(name).stateWrites,
    ])
    expect(bytes).toEqual([
      [4, 4],
      [8, 8],
      [12, 12],
      [12, 12],
    ])
  })

  it("divide and take roots with the products and sums of two Newton steps each", () => {
    // 6 + 5 + 7 products and 4 + 2 + 2 sums; AdamW has one product more.
    expect(updateCost("adam")).toMatchObject({ muls: 18, adds: 8 })
    expect(updateCost("adamw")).toMatchObject({ muls: 19, adds: 8 })
    expect(updateCost("momentum")).toMatchObject({ muls: 2, adds: 2 })
  })

  it("take a lane of two multipliers 1, 1, 9 and 10 cycles", () => {
    expect(optimizers.map((name) => updateCost(name).laneCycles)).toEqual([1, 1, 9, 10])
  })

  it.each([
    ["a quotient", (a: number, b: number) => a / b, 0.7, 1.3],
    ["a root", (a: number) => Math.sqrt(a), 1.7, 0],
  ])("get 24 bits of %s from an 8-bit start by two Newton steps", (name, exact, a, b) => {
    const start = (x: number): number => x * (1 + 2 ** -8)
    let result: number
    if (name === "a quotient") {
      let r = start(1 / b)
      for (let i = 0; i < 2; i++) r *= 2 - b * r
      result = a * r
    } else {
      let y = start(1 / Math.sqrt(a))
      for (let i = 0; i < 2; i++) y *= 1.5 - (a / 2) * y * y
      result = a * y
    }
    expect(Math.abs(result / exact(a, b) - 1)).toBeLessThan(2 ** -24)
  })
})
