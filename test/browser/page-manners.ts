/** What every page keeps in a browser, whatever it shows. */
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { BrowserContextOptions, Page } from "playwright-core"
import { expect, it } from "vitest"
import type { OpenPage } from "./browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

/** Serious and critical findings of axe-core, one line each. */
const findings = async (page: Page): Promise<readonly string[]> => {
  // Through the debugger, which the page's policy does not concern.
  await page.evaluate(axe)
  return page.evaluate(`axe.run().then((r) => r.violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 120))))`)
}

/** Opens what is folded away, and shows every version of a chart. */
const showAll = async (page: Page): Promise<void> => {
  await page.evaluate(`{
    for (const d of document.querySelectorAll("details")) d.open = true
    for (const panel of document.querySelectorAll("[id$=-panel]")) panel.hidden = false
  }`)
}

/** Tests of one page, which `openPage` opens anew for each. */
export const keepsManners = (openPage: (options?: BrowserContextOptions) => Promise<OpenPage>): void => {
  const visit = async (
    body: (opened: OpenPage) => Promise<void>,
    options?: BrowserContextOptions,
  ): Promise<void> => {
    const opened = await openPage(options)
    try {
      await body(opened)
    } finally {
      await opened.close()
    }
  }

  it("opens without an error, a request or a policy violation", async () => {
    await visit(async ({ page, problems, requests }) => {
      await page.locator("h1").waitFor()
      expect(problems).toEqual([])
      expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([])
      expect(requests.filter((url) => url.startsWith("file:"))).toHaveLength(1)
      expect(await page.locator("img, script[src], link[rel=stylesheet]").count()).toBe(0)
    })
  })

  it("has no serious accessibility finding in light or dark", async () => {
    await visit(async ({ page }) => {
      await showAll(page)
      await page.emulateMedia({ colorScheme: "light" })
      expect(await findings(page)).toEqual([])
      await page.emulateMedia({ colorScheme: "dark" })
      expect(await findings(page)).toEqual([])
    })
  })

  it("fits a phone without scrolling sideways", async () => {
    await visit(
      async ({ page }) => {
        await showAll(page)
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390)
      },
      { viewport: { width: 390, height: 844 } },
    )
  })

  it("reads in full without a script", async () => {
    await visit(
      async ({ page }) => {
        expect((await page.locator("h1").textContent())?.length).toBeGreaterThan(10)
        // Headers of tables are buttons too, and say what stands below them.
        expect(await page.locator(".button:visible").count()).toBe(0)
      },
      { javaScriptEnabled: false },
    )
  })
}
