import { expect, it } from "vitest"
import { quietCore } from "../../src/kernel/quiet-core.ts"

it("says 1 of a core that runs as before, most of the time", async () => {
  const core = await quietCore()
  const shares = Array.from({ length: 200 }, core.share).toSorted((a, b) => a - b)
  expect(shares[100]).toBeGreaterThan(0.4)
  expect(shares[100]).toBeLessThan(1.2)
  expect(shares.every((share) => share > 0 && Number.isFinite(share))).toBe(true)
})
