import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Browser, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { runPage } from "../../reports/pages/run-page.ts"
import { clientAssets } from "../fixtures/client-assets.ts"
import { hostileNames } from "../fixtures/hostile-names.ts"
import { manyTilesTrace } from "../fixtures/many-tiles-trace.ts"
import { sampleLayers, sampleTrace } from "../fixtures/sample-trace.ts"
import { launch, open, type OpenPage } from "./browser.ts"

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")

let browser: Browser
let html: Readonly<Record<"sample" | "tiles" | "hostile", string>>
const sample = sampleTrace({ kept: 2 })
const cycles = sample.manifest.totals.cycles

beforeAll(async () => {
  browser = await launch()
  const assets = await clientAssets()
  const layers = hostileNames.map((id) => ({ ...sampleLayers[1], id }))
  html = {
    sample: runPage({ trace: sample }, assets),
    tiles: runPage({ trace: manyTilesTrace(120_000, "irregular") }, assets),
    hostile: runPage({ trace: sampleTrace({ layers }) }, assets),
  }
})

afterAll(async () => {
  await browser.close()
})

const visit = async (
  name: keyof typeof html,
  body: (page: Page, opened: OpenPage) => Promise<void>,
  options = {},
): Promise<void> => {
  const opened = await open(browser, html[name], options)
  try {
    await body(opened.page, opened)
    expect(opened.problems).toEqual([])
  } finally {
    await opened.close()
  }
}

/** First and last cycle in view, once the frame that was asked for is drawn. */
const viewOf = async (page: Page): Promise<readonly [number, number]> => {
  const text: string = await page.evaluate(
    `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() =>
      done(document.querySelector("#run-timeline").dataset.view))))`,
  )
  const [from, to] = text.split(" ").map(Number)
  return [from, to]
}

const lengthOf = async (page: Page): Promise<number> => {
  const [from, to] = await viewOf(page)
  return to - from
}

/** A picture of the canvas as text; equal texts are equal pictures. */
const picture = (page: Page): Promise<string> =>
  page.evaluate(`document.querySelector("#run-timeline canvas").toDataURL()`)

const chosen = (page: Page): Promise<string | null> => page.locator(".timeline-detail").textContent()

describe("the timeline in a browser", () => {
  it("starts with the whole run", async () => {
    await visit("sample", async (page) => {
      expect(await viewOf(page)).toEqual([0, cycles])
    })
  })

  it("zooms by button and key, and shows all again", async () => {
    await visit("sample", async (page) => {
      await page.getByRole("button", { name: "Zoom in" }).click()
      const once = await lengthOf(page)
      expect(once).toBeLessThan(cycles)
      await page.locator("#run-timeline").focus()
      await page.keyboard.press("+")
      expect(await lengthOf(page)).toBeLessThan(once)
      await page.keyboard.press("-")
      expect(await lengthOf(page)).toBeCloseTo(once, 3)
      await page.keyboard.press("Home")
      expect(await viewOf(page)).toEqual([0, cycles])
    })
  })

  it("zooms about the pointer with Ctrl and the wheel, and lets the page scroll without", async () => {
    await visit("sample", async (page) => {
      await page.locator("#run-timeline").scrollIntoViewIfNeeded()
      const box = await page.locator("#run-timeline canvas").boundingBox()
      if (box === null) throw new Error("no canvas")
      const right = box.x + box.width - 2
      await page.mouse.move(right, box.y + 60)
      await page.keyboard.down("Control")
      await page.mouse.wheel(0, -240)
      await page.keyboard.up("Control")
      const [from, to] = await viewOf(page)
      expect(to - from).toBeCloseTo(cycles / 2, -3)
      expect(to).toBeGreaterThan(0.99 * cycles)
      const before = await page.evaluate("scrollY")
      await page.mouse.wheel(0, 120)
      await expect.poll(() => page.evaluate("scrollY")).not.toBe(before)
      expect(await viewOf(page)).toEqual([from, to])
    })
  })

  it("moves under a dragging pointer", async () => {
    await visit("sample", async (page) => {
      await page.locator("#run-timeline").focus()
      for (let i = 0; i < 4; i++) await page.keyboard.press("+")
      const [from] = await viewOf(page)
      const box = await page.locator("#run-timeline canvas").boundingBox()
      if (box === null) throw new Error("no canvas")
      await page.mouse.move(box.x + 600, box.y + 60)
      await page.mouse.down()
      await page.mouse.move(box.x + 500, box.y + 60, { steps: 4 })
      await page.mouse.up()
      const [after, to] = await viewOf(page)
      // What was under the pointer is still under it: a hundred pixels of a plot that names stand left of.
      expect((after - from) / (to - after)).toBeCloseTo(100 / (box.width - 197), 3)
    })
  })

  it("is worked with keys alone: choose, step in and out, frame, go on", async () => {
    await visit("sample", async (page) => {
      await page.locator("#run-timeline").focus()
      await page.keyboard.press("ArrowRight")
      expect(await chosen(page)).toMatch(/^forward —/)
      await page.keyboard.press("ArrowDown")
      expect(await chosen(page)).toMatch(/^forward · conv1 —/)
      await page.keyboard.press("ArrowRight")
      expect(await chosen(page)).toMatch(/^forward · layer1\.conv2 —/)
      await page.keyboard.press("ArrowDown")
      expect(await chosen(page)).toMatch(/^forward · layer1\.conv2 · prune —.*start cycle/)
      await page.keyboard.press("Enter")
      expect(await lengthOf(page)).toBeLessThan(cycles / 2)
      await page.keyboard.press("ArrowDown")
      expect(await chosen(page)).toMatch(/layer1\.conv2 · prune — row Array.*other-unit [\d,]+ cycles/)
      await page.keyboard.press("Escape")
      expect(await chosen(page)).toBe("")
    })
  })

  it("finds a layer by name, frames it, and goes on to its next span", async () => {
    await visit("sample", async (page) => {
      await page.locator("#run-timeline").focus()
      await page.keyboard.press("/")
      await page.keyboard.type("layer2")
      const output = page.locator("#run-timeline-heading ~ figure output")
      expect(await output.textContent()).toBe("1 of 3")
      expect(await chosen(page)).toMatch(/^forward · layer2\.conv1 —/)
      const first = await viewOf(page)
      expect(first[1] - first[0]).toBeLessThan(cycles / 4)
      await page.keyboard.press("Enter")
      expect(await output.textContent()).toBe("2 of 3")
      expect((await viewOf(page))[0]).toBeGreaterThan(first[1])
      await page.keyboard.press("Shift+Enter")
      expect(await viewOf(page)).toEqual(first)
      await page.keyboard.type(" nowhere")
      expect(await output.textContent()).toBe("no hit")
    })
  })

  it("says what is under the pointer", async () => {
    await visit("sample", async (page) => {
      await page.locator("#run-timeline canvas").hover({ position: { x: 240, y: 34 } })
      expect(await page.locator("#tip").textContent()).toMatch(/forward.*cycle 0.*cycles/)
      await page.mouse.move(2, 2)
      expect(await page.locator("#tip").isVisible()).toBe(false)
    })
  })

  it("is drawn anew in the colours of the other theme", async () => {
    await visit(
      "sample",
      async (page) => {
        const light = await picture(page)
        await page.locator("#theme").click()
        await viewOf(page)
        expect(await picture(page)).not.toBe(light)
        await page.locator("#theme").click()
        await viewOf(page)
        expect(await picture(page)).toBe(light)
      },
      { colorScheme: "light" },
    )
  })

  it("gets down to single tiles among many, and looks different there", async () => {
    await visit("tiles", async (page) => {
      const whole = await picture(page)
      await page.getByRole("searchbox").fill("layer30 compute")
      const [from, to] = await viewOf(page)
      expect(to - from).toBeLessThan(6000)
      expect(await chosen(page)).toMatch(/layer30 · FF · compute/)
      expect(await picture(page)).not.toBe(whole)
    })
  })

  it("saves what is seen as SVG and PNG, and copies its spans", async () => {
    await visit(
      "sample",
      async (page) => {
        await page.getByRole("searchbox").fill("layer2.conv1 FF")
        await viewOf(page)
        const tools = page.locator("#run-timeline-heading ~ figure .tools")
        const svgDownload = page.waitForEvent("download")
        await tools.getByRole("button", { name: "Save SVG" }).click()
        const svg = readFileSync(await (await svgDownload).path(), "utf8")
        expect(svg).toMatch(/^<svg.*layer2\.conv1/s)
        expect(svg.match(/var\(|class=/g)).toBeNull()
        const pngDownload = page.waitForEvent("download")
        await tools.getByRole("button", { name: "Save PNG" }).click()
        const png = readFileSync(await (await pngDownload).path())
        expect(png.subarray(1, 4).toString()).toBe("PNG")
        await tools.getByRole("button", { name: "Copy spans" }).click()
        await page.getByText("Copied").waitFor()
        const csv: string = await page.evaluate("navigator.clipboard.readText()")
        expect(csv).toContain("row,span,start cycle,cycles,")
        expect(csv).toContain("Stages,forward / layer2.conv1 / FF,")
        expect(csv).not.toContain("forward / fc")
      },
      { permissions: ["clipboard-read", "clipboard-write"] },
    )
  })

  it.each(["light", "dark"] as const)("has no accessibility finding in %s, at work", async (colorScheme) => {
    await visit(
      "sample",
      async (page) => {
        await page.getByRole("searchbox").fill("layer2")
        await page.evaluate(`for (const d of document.querySelectorAll("details")) d.open = true`)
        await page.evaluate(axe)
        const found: readonly string[] = await page.evaluate(
          `axe.run(document.querySelector("[data-timeline]")).then((r) => r.violations.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 120))))`,
        )
        expect(found).toEqual([])
      },
      { colorScheme },
    )
  })

  it("survives names that files find hard", async () => {
    await visit("hostile", async (page) => {
      await page.getByRole("searchbox").fill("onerror")
      expect(await chosen(page)).toContain("<img src=x onerror=alert(1)>")
      expect(await page.locator("img").count()).toBe(0)
    })
  })

  it("fits a phone, where fingers move it sideways and the page still scrolls", async () => {
    await visit(
      "sample",
      async (page) => {
        expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390)
        expect(
          await page.evaluate(`getComputedStyle(document.querySelector("#run-timeline canvas")).touchAction`),
        ).toBe("pan-y")
      },
      { viewport: { width: 390, height: 844 }, hasTouch: true },
    )
  })

  it("zooms as two fingers spread, and moves under one", async () => {
    await visit(
      "sample",
      async (page) => {
        await page.locator("#run-timeline").scrollIntoViewIfNeeded()
        const box = await page.locator("#run-timeline canvas").boundingBox()
        if (box === null) throw new Error("no canvas")
        const touch = await page.context().newCDPSession(page)
        const send = (
          type: "touchStart" | "touchMove" | "touchEnd",
          xs: readonly number[],
        ): Promise<unknown> =>
          touch.send("Input.dispatchTouchEvent", {
            type,
            touchPoints: xs.map((x, id) => ({ x: box.x + x, y: box.y + 80, id })),
          })
        await send("touchStart", [150, 200])
        for (let spread = 10; spread <= 100; spread += 10)
          await send("touchMove", [150 - spread, 200 + spread])
        await send("touchEnd", [])
        const [from, to] = await viewOf(page)
        expect(cycles / (to - from)).toBeGreaterThan(3)
        await send("touchStart", [200])
        for (let by = 10; by <= 100; by += 10) await send("touchMove", [200 - by])
        await send("touchEnd", [])
        const [after] = await viewOf(page)
        expect((after - from) / (to - from)).toBeGreaterThan(0.2)
      },
      { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
    )
  })

  it("stands still on paper and without a script", async () => {
    await visit("sample", async (page) => {
      expect(await page.locator("#run-timeline-still").isVisible()).toBe(false)
      await page.emulateMedia({ media: "print" })
      expect(await page.locator("#run-timeline-still").isVisible()).toBe(true)
      expect(await page.locator("#run-timeline canvas").isVisible()).toBe(false)
    })
    await visit(
      "sample",
      async (page) => {
        expect(await page.locator("#run-timeline-still").isVisible()).toBe(true)
        expect(await page.getByRole("searchbox").isVisible()).toBe(false)
      },
      { javaScriptEnabled: false },
    )
  })
})
