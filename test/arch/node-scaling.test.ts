import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError } from "../../arch/errors.ts"
import { energyFactor, nodeFits, nodeScaling, nominalVoltage } from "../../arch/node-scaling.ts"

const node = fc.double({ min: 7, max: 130, noNaN: true })
/** Voltages that the fits of all nodes accept. */
const voltage = fc.double({ min: 0.65, max: 1.5, noNaN: true })
const point = fc.record({ node, voltage })

describe("node scaling", () => {
  it("meets the authors' corrigendum: 65 nm at 1.3 V is 2.604", () => {
    expect(energyFactor({ node: 65, voltage: 1.3 })).toBeCloseTo(2.604, 3)
  })

  it("makes 45 nm at 0.9 V 17.7 times dearer than 7 nm at 0.7 V (published coefficients)", () => {
    expect(nodeScaling({ node: 45, voltage: 0.9 }, { node: 7, voltage: 0.7 })).toBeCloseTo(0.0566, 4)
  })

  it("leaves energy alone when nothing changes", () => {
    fc.assert(
      fc.property(point, (x) => {
        expect(nodeScaling(x, x)).toBe(1)
      }),
    )
  })

  it("is undone by scaling back", () => {
    fc.assert(
      fc.property(point, point, (x, y) => {
        expect(nodeScaling(x, y) * nodeScaling(y, x)).toBeCloseTo(1, 12)
      }),
    )
  })

  it("gives the same by way of any third point", () => {
    fc.assert(
      fc.property(point, point, point, (x, y, z) => {
        const direct = nodeScaling(x, z)
        expect((nodeScaling(x, y) * nodeScaling(y, z)) / direct).toBeCloseTo(1, 12)
      }),
    )
  })

  it("rises with the node at any one voltage", () => {
    fc.assert(
      fc.property(node, node, voltage, (a, b, v) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a]
        fc.pre(larger - smaller > 1e-6)
        expect(energyFactor({ node: smaller, voltage: v })).toBeLessThan(
          energyFactor({ node: larger, voltage: v }),
        )
      }),
    )
  })

  it("rises with the node at the nominal voltages", () => {
    fc.assert(
      fc.property(node, node, (a, b) => {
        const [smaller, larger] = a < b ? [a, b] : [b, a]
        fc.pre(larger - smaller > 1e-6)
        const nominal = (n: number) => energyFactor({ node: n, voltage: nominalVoltage(n) })
        expect(nominal(smaller)).toBeLessThan(nominal(larger))
      }),
    )
  })

  it("rises with the voltage at any one node", () => {
    fc.assert(
      fc.property(node, voltage, voltage, (n, a, b) => {
        const [lower, higher] = a < b ? [a, b] : [b, a]
        fc.pre(higher - lower > 1e-6)
        expect(energyFactor({ node: n, voltage: lower })).toBeLessThan(
          energyFactor({ node: n, voltage: higher }),
        )
      }),
    )
  })

  it("does not jump beside a published node", () => {
    fc.assert(
      fc.property(fc.constantFrom(...nodeFits), voltage, ({ node: knot, a, b, c }, v) => {
        const published = a * v * v + b * v + c
        for (const beside of [knot - 1e-9, knot, knot + 1e-9]) {
          if (beside < 7 || beside > 130) continue
          expect(energyFactor({ node: beside, voltage: v })).toBeCloseTo(published, 8)
        }
      }),
    )
  })

  it("does not interpolate backwards as the widely copied scaling.py does", () => {
    // That code weighs the farther node more: at 0.8 V it makes 22 nm 0.406, above its own 28 nm at 0.254.
    const f = (n: number) => energyFactor({ node: n, voltage: 0.8 })
    const backwards = (n: number) => f(32) + (f(20) - f(32)) * ((n - 20) / (32 - 20))
    expect(backwards(22)).toBeCloseTo(0.406, 3)
    expect(backwards(28)).toBeCloseTo(0.254, 3)

    expect(f(22)).toBeCloseTo(0.204, 3)
    expect(f(22)).toBeLessThan(f(28))
    expect(nodeScaling({ node: 45, voltage: 0.8 }, { node: 22, voltage: 0.8 })).toBeCloseTo(0.294, 3)
  })

  it("refuses nodes beyond the published fits", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.double({ max: 6.999, noNaN: true }),
          fc.double({ min: 130.001, noNaN: true }),
          fc.constant(Number.NaN),
        ),
        (n) => {
          expect(() => energyFactor({ node: n, voltage: 0.9 })).toThrow(ConfigError)
        },
      ),
    )
  })

  it("refuses voltages where less of it would cost more: below a tenth above the parabola's minimum", () => {
    // 65 nm: minimum at 4.398 / (2 × 3.755) = 0.586 V.
    expect(() => energyFactor({ node: 65, voltage: 0.6 })).toThrow(ConfigError)
    expect(energyFactor({ node: 65, voltage: 0.65 })).toBeGreaterThan(0)
    // Between nodes the stricter of the two neighbours counts.
    expect(() => energyFactor({ node: 60, voltage: 0.6 })).toThrow(ConfigError)
    expect(() => energyFactor({ node: 45, voltage: 9 })).toThrow(ConfigError)
    expect(() => energyFactor({ node: 45, voltage: Number.NaN })).toThrow(ConfigError)
  })

  it("accepts the nominal voltage of every node", () => {
    fc.assert(
      fc.property(node, (n) => {
        expect(energyFactor({ node: n, voltage: nominalVoltage(n) })).toBeGreaterThan(0)
      }),
    )
  })
})
