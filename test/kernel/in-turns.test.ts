import fc from "fast-check"
import { expect, it } from "vitest"
import { inTurns } from "../../src/kernel/in-turns.ts"

it("measures like planes one after the other, and gives everything back where it belongs", () => {
  const layer = fc.record({
    shape: fc.record({
      pixels: fc.constantFrom(49, 196, 784),
      cin: fc.integer({ min: 1, max: 512 }),
      cout: fc.integer({ min: 1, max: 512 }),
    }),
    sparsity: fc.constantFrom(0.5, 0.9),
    seed: fc.constant(1),
  })
  fc.assert(
    fc.property(fc.array(layer, { maxLength: 40 }), (given) => {
      const { layers, asGiven } = inTurns(given)
      const planes = layers.map(({ shape }) => shape.pixels)
      expect(planes).toEqual(planes.toSorted((a, b) => b - a))
      expect(asGiven(layers)).toEqual(given)
    }),
  )
})
