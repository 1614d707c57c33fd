import { expect, it } from "vitest"
import { worstStatus } from "../../arch/worst-status.ts"

it("knows a result no better than its worst input: published and measured, derived, fitted, assumed", () => {
  expect(worstStatus("published", "derived")).toBe("derived")
  expect(worstStatus("fitted", "derived", "measured")).toBe("fitted")
  expect(worstStatus("assumed", "fitted")).toBe("assumed")
  expect(worstStatus("measured", "derived")).toBe("derived")
})
