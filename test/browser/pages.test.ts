import { readFileSync } from "node:fs"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { branchPage } from "../../reports/pages/branch-page.ts"
import { comparePage } from "../../reports/pages/compare-page.ts"
import { indexPage } from "../../reports/pages/index-page.ts"
import { kernelBenchPage } from "../../reports/pages/kernel-bench-page.ts"
import { overviewPage } from "../../reports/pages/overview-page.ts"
import { runPage } from "../../reports/pages/run-page.ts"
import { validationPage } from "../../reports/pages/validation-page.ts"
import { clientAssets } from "../fixtures/client-assets.ts"
import { hostileNames } from "../fixtures/hostile-names.ts"
import { sampleKernelBench } from "../fixtures/sample-kernel-bench.ts"
import { sampleLayers, sampleTrace } from "../fixtures/sample-trace.ts"
import { sampleValidation } from "../fixtures/sample-validation.ts"
import { smallBranchRun } from "../fixtures/small-branch-run.ts"
import { smallTraining } from "../fixtures/small-training.ts"
import { launch, open, type OpenPage } from "./browser.ts"
import { keepsManners } from "./page-manners.ts"

let browser: Browser
let html: Readonly<Record<(typeof names)[number], string>>
const names = [
  "run",
  "compare",
  "index",
  "validation",
  "hostile",
  "sliders",
  "predictor",
  "overview",
  "kernels",
] as const

beforeAll(async () => {
  browser = await launch()
  const assets = await clientAssets()
  const entry = { file: "compare.html", title: hostileNames[0], verdict: hostileNames[5], kind: "comparison" }
  const layers = hostileNames.map((id) => ({ ...sampleLayers[1], id }))
  const options = { layers, workloadName: hostileNames[0] }
  html = {
    run: runPage({ trace: sampleTrace({ kept: 2 }) }, assets),
    compare: comparePage({ a: sampleTrace(), b: sampleTrace({ kept: 2 }) }, assets),
    sliders: runPage({ trace: smallTraining() }, assets),
    predictor: branchPage(await smallBranchRun(), assets),
    overview: overviewPage(
      [sampleTrace(), sampleTrace({ kept: 4 }), sampleTrace({ kept: 2 })],
      ["dense", "half", "quarter"].map((name) => ({ ...entry, file: `${name}.html`, title: name })),
      assets,
    ),
    index: indexPage(
      { title: "Reports", about: "What sparsity buys.", command: "x", entries: [entry] },
      assets,
    ),
    kernels: kernelBenchPage(sampleKernelBench, "sparsim kernel bench", assets),
    validation: validationPage({ report: sampleValidation, command: "sparsim validate" }, assets),
    hostile: comparePage(
      {
        a: sampleTrace(options),
        b: sampleTrace({ ...options, kept: 2 }),
        labels: [hostileNames[2], hostileNames[5]],
      },
      assets,
    ),
  }
})

afterAll(async () => {
  await browser.close()
})

describe.each(names)("%s page in a browser", (name) => {
  keepsManners((options) => open(browser, html[name], options))
})

describe("the compare page", () => {
  const visit = async (body: (opened: OpenPage) => Promise<void>, options = {}): Promise<void> => {
    const opened = await open(browser, html.compare, options)
    try {
      await body(opened)
      expect(opened.problems).toEqual([])
    } finally {
      await opened.close()
    }
  }

  it("turns dark and light again at the press of a button", async () => {
    await visit(
      async ({ page }) => {
        const ground = (): Promise<string> => page.evaluate("getComputedStyle(document.body).backgroundColor")
        const light = await ground()
        await page.locator("#theme").click()
        expect(await ground()).not.toBe(light)
        expect(await page.locator("#theme").getAttribute("aria-pressed")).toBe("true")
        await page.locator("#theme").click()
        expect(await ground()).toBe(light)
      },
      { colorScheme: "light" },
    )
  })

  it("sorts a table by value, not by text, and back", async () => {
    await visit(async ({ page }) => {
      const header = page.locator("#rows-table thead th").nth(2)
      const column = (): Promise<readonly number[]> =>
        page.evaluate(
          `[...document.querySelectorAll("#rows-table tbody tr")].map((r) => Number(r.cells[2].dataset.v || r.cells[2].textContent.replaceAll(",", "")))`,
        )
      expect((await column()).every(Number.isFinite)).toBe(true)
      await header.locator("button").click()
      expect(await header.getAttribute("aria-sort")).toBe("descending")
      expect(await column()).toEqual([...(await column())].toSorted((a, b) => b - a))
      expect((await column()).every(Number.isFinite)).toBe(true)
      await header.locator("button").click()
      expect(await header.getAttribute("aria-sort")).toBe("ascending")
      expect(await column()).toEqual([...(await column())].toSorted((a, b) => a - b))
    })
  })

  it("puts rows without a value last, whichever way it sorts", async () => {
    await visit(async ({ page }) => {
      const button = page.locator("#rows-table thead th").nth(5).locator("button")
      for (let press = 0; press < 2; press++) {
        await button.click()
        const empty: readonly boolean[] = await page.evaluate(
          `[...document.querySelectorAll("#rows-table tbody tr")].map((r) => r.cells[5].textContent === "–")`,
        )
        expect(empty.filter(Boolean).length).toBeGreaterThan(0)
        expect(empty.indexOf(true)).toBe(empty.length - empty.filter(Boolean).length)
      }
    })
  })

  it("shows how a number came about on hover, and hides it again", async () => {
    await visit(async ({ page }) => {
      await page.locator(".tile").first().hover()
      const tip = page.locator("#tip")
      expect(await tip.textContent()).toMatch(/Speed-up.*÷.*=\s*1\.97×/)
      await page.mouse.move(2, 2)
      expect(await tip.isVisible()).toBe(false)
    })
  })

  it("steps through the marks of a chart with the arrow keys", async () => {
    await visit(async ({ page }) => {
      await page.locator("#time-by-stage").focus()
      const tip = page.locator("#tip")
      await page.keyboard.press("ArrowRight")
      expect(await tip.textContent()).toContain("FF · dense")
      await page.keyboard.press("ArrowRight")
      expect(await tip.textContent()).toContain("BP · dense")
      await page.keyboard.press("ArrowLeft")
      expect(await tip.textContent()).toContain("FF · dense")
      await page.keyboard.press("Escape")
      expect(await tip.isVisible()).toBe(false)
    })
  })

  it("copies a table as CSV with numbers in full", async () => {
    await visit(
      async ({ page }) => {
        await page.locator('[data-copy="rows-table"]').click()
        await page.getByText("Copied").waitFor()
        const csv: string = await page.evaluate("navigator.clipboard.readText()")
        expect(csv.split("\n")[0]).toContain("Layer,Stage,")
        expect(csv).toContain("conv1,FF,")
        expect(csv).not.toContain("20,006")
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    )
  })

  it("saves a chart as an SVG that needs no stylesheet", async () => {
    await visit(async ({ page }) => {
      const download = page.waitForEvent("download")
      await page.locator('[data-save="time-by-stage"]').click()
      const saved = readFileSync(await (await download).path(), "utf8")
      expect(saved.slice(0, 4)).toBe("<svg")
      expect(saved.match(/<rect[^>]*fill="rgb\(/g)?.length).toBeGreaterThan(5)
      expect(saved.match(/var\(|class=|data-tip/g)).toBeNull()
    })
  })

  it("shows one drawing of each chart, the wide one on a desk and the narrow one on a phone", async () => {
    const widths = async (width: number): Promise<readonly string[]> => {
      let shown: readonly string[] = []
      await visit(
        async ({ page }) => {
          shown = await page.evaluate(
            `[...document.querySelectorAll("svg.chart")].filter((s) => s.getClientRects().length > 0).map((s) => s.id.split("-").at(-1))`,
          )
        },
        { viewport: { width, height: 844 } },
      )
      return shown
    }
    expect(new Set(await widths(1280))).toEqual(new Set(["wide"]))
    expect(new Set(await widths(390))).toEqual(new Set(["narrow"]))
  })
})

describe("the run page", () => {
  it("switches the roofline from one memory level to another", async () => {
    const { page, close } = await open(browser, html.run)
    expect(await page.locator("#roofline-dram").isVisible()).toBe(true)
    await page.getByRole("button", { name: "Input buffer" }).click()
    expect(await page.locator("#roofline-dram").isVisible()).toBe(false)
    expect(await page.locator("#roofline-ifmap").isVisible()).toBe(true)
    await close()
  })
})

describe("the page of many runs", () => {
  const visit = async (body: (opened: OpenPage) => Promise<void>): Promise<void> => {
    const opened = await open(browser, html.overview)
    try {
      await body(opened)
      expect(opened.problems).toEqual([])
    } finally {
      await opened.close()
    }
  }
  const shownRows = (page: Page): Promise<readonly string[]> =>
    page.evaluate(
      `[...document.querySelectorAll("#runs-table tbody tr")].filter((r) => !r.hidden).map((r) => r.cells[0].textContent)`,
    )
  const everyRun = ["dense", "BDWP 4:8", "BDWP 2:8"]
  const mark = (page: Page, row: number) =>
    page.locator(`#energy-by-time svg:visible [data-row="${row}"]`).first()

  it("keeps in the table the runs a rectangle is drawn around, and all again after a press elsewhere", async () => {
    await visit(async ({ page }) => {
      expect(await shownRows(page)).toEqual(everyRun)
      await mark(page, 3).scrollIntoViewIfNeeded()
      const box = await mark(page, 3).boundingBox()
      if (box === null) throw new Error("The mark is not drawn.")
      await page.mouse.move(box.x - 6, box.y - 6)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width + 6, box.y + box.height + 6, { steps: 4 })
      expect(await page.locator("#energy-by-time .brush").isVisible()).toBe(true)
      await page.mouse.up()
      expect(await shownRows(page)).toEqual(["BDWP 2:8"])
      expect(await mark(page, 1).getAttribute("class")).toContain("left-out")
      expect(await page.locator(".brush-hint output").first().textContent()).toBe("1 of 3 rows.")
      await page.mouse.click(box.x - 40, box.y - 20)
      expect(await shownRows(page)).toEqual(everyRun)
      expect(await page.locator(".left-out").count()).toBe(0)
    })
  })

  it("is brushed by keys, one mark after another", async () => {
    await visit(async ({ page }) => {
      await page.locator("#energy-by-time").focus()
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("Enter")
      expect(await shownRows(page)).toHaveLength(1)
      await page.keyboard.press("ArrowRight")
      await page.keyboard.press("Enter")
      expect(await shownRows(page)).toHaveLength(2)
      await page.keyboard.press("Enter")
      expect(await shownRows(page)).toHaveLength(1)
      await page.keyboard.press("Escape")
      expect(await shownRows(page)).toEqual(everyRun)
    })
  })
})
