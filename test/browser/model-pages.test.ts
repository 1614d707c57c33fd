/** Pages of real runs of all models, in a real browser. */
import type { Browser } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { realPage, realPageNames } from "../fixtures/real-pages.ts"
import { launch, open } from "./browser.ts"
import { keepsManners } from "./page-manners.ts"

let browser: Browser
const pages = new Map<string, string>()

beforeAll(async () => {
  browser = await launch()
  for (const name of realPageNames) pages.set(name, await realPage(name))
})
afterAll(async () => {
  await browser.close()
})

describe.each(realPageNames)("the page of %s", (name) => {
  keepsManners((options) => open(browser, pages.get(name) ?? "", options))
})

describe("views of the roofline", () => {
  it("take turns: one level, every level, energy", async () => {
    const { page, problems, close } = await open(browser, pages.get("training on an array") ?? "")
    const shown = (): Promise<readonly string[]> =>
      page.evaluate(
        `[...document.querySelectorAll("[id^=roofline-][id$=-panel]")].filter((p) => !p.hidden).map((p) => p.id)`,
      )
    expect(await shown()).toEqual(["roofline-dram-panel"])
    await page.getByRole("button", { name: "Every level" }).click()
    expect(await shown()).toEqual(["roofline-hierarchy-panel"])
    expect(await page.locator("#roofline-hierarchy .wide .join").count()).toBeGreaterThanOrEqual(3)
    await page.getByRole("button", { name: "Energy", exact: true }).click()
    expect(await shown()).toEqual(["roofline-energy-panel"])
    await page.locator("#roofline-energy").focus()
    await page.keyboard.press("ArrowRight")
    expect(await page.locator("#tip").innerText()).toMatch(/per FLOP/)
    expect(problems).toEqual([])
    await close()
  })
})

describe("panels of the models", () => {
  const tipOf = async (name: (typeof realPageNames)[number], frame: string): Promise<string> => {
    const { page, problems, close } = await open(browser, pages.get(name) ?? "")
    await page.locator(frame).focus()
    await page.keyboard.press("ArrowRight")
    const text = await page.locator("#tip").innerText()
    expect(problems).toEqual([])
    await close()
    return text
  }

  it("say of processing elements how often they hold something", async () => {
    expect(await tipOf("training on an array", "#array-occupancy")).toMatch(/Hold something\s+\d+\.\d\s%/)
  })

  it("say of a kernel how its thread blocks fill waves", async () => {
    expect(await tipOf("a board", "#kernel-waves")).toMatch(/Waves\s+[\d,]+ ÷ [\d,]+ = [\d.]+ of \d+ wave/)
  })

  it("say of an operator what it works on and which cache holds that", async () => {
    expect(await tipOf("a core", "#cache-residency")).toMatch(/Held by\s+(L1|last cache|DRAM)/)
    expect(await tipOf("a core", "#operator-causes")).toMatch(/Kernel\s+\S+/)
  })
})
