/**
 * How pages look, at three sizes, against screenshots that were looked at. They are taken at a fifth of the size and in a
 * font of the package, so that they show layout and colour, not a machine's fonts; a few pixels may differ.
 * `SPARSIM_UPDATE_GOLDENS=1 npx vitest run test/browser/goldens.test.ts` takes them anew: look at them before they are kept.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import pixelmatch from "pixelmatch"
import type { Browser } from "playwright-core"
import { PNG } from "pngjs"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { indexPage } from "../../reports/pages/index-page.ts"
import { kernelBenchPage } from "../../reports/pages/kernel-bench-page.ts"
import { overviewPage } from "../../reports/pages/overview-page.ts"
import { validationPage } from "../../reports/pages/validation-page.ts"
import { clientAssets } from "../fixtures/client-assets.ts"
import { realPage } from "../fixtures/real-pages.ts"
import { sampleKernelBench } from "../fixtures/sample-kernel-bench.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { sampleValidation } from "../fixtures/sample-validation.ts"
import { launch, open } from "./browser.ts"

const folder = new URL("goldens/", import.meta.url)
const update = process.env["SPARSIM_UPDATE_GOLDENS"] === "1"

/** Share of the pixels that may differ: a number that became longer, not a chart that moved. */
const tolerance = 0.004
const scale = 0.2

const views = [
  { name: "phone", width: 390, colorScheme: "light" },
  { name: "tablet", width: 820, colorScheme: "light" },
  { name: "desk", width: 1280, colorScheme: "light" },
] as const
const dark = { name: "desk-dark", width: 1280, colorScheme: "dark" } as const

const entry = {
  file: "run.html",
  title: "ResNet-9, dense against BDWP 2:8",
  verdict: "BDWP 2:8 is 1.7× faster.",
  kind: "comparison",
}
const pages: Readonly<Record<string, () => Promise<string>>> = {
  array: () => realPage("training on an array"),
  comparison: () => realPage("two trainings on an array"),
  board: () => realPage("a board"),
  core: () => realPage("a core"),
  predictor: () => realPage("a predictor with sparse models"),
  overview: async () =>
    overviewPage(
      [sampleTrace(), sampleTrace({ kept: 4 }), sampleTrace({ kept: 2 })],
      ["dense", "half", "quarter"].map((name) => ({ ...entry, file: `${name}.html`, title: name })),
      await clientAssets(),
    ),
  index: async () =>
    indexPage(
      { title: "Reports", about: "What sparsity buys.", command: "sparsim demo", entries: [entry, entry] },
      await clientAssets(),
    ),
  kernels: async () => kernelBenchPage(sampleKernelBench, "sparsim kernel bench", await clientAssets()),
  validation: async () =>
    validationPage({ report: sampleValidation, command: "sparsim validate" }, await clientAssets()),
}

const fontOf = (file: string, weight: number): string => {
  const path = createRequire(import.meta.url).resolve(`dejavu-fonts-ttf/ttf/${file}.ttf`)
  return `@font-face { font-family: Golden; font-weight: ${weight}; src: url(data:font/ttf;base64,${readFileSync(path, "base64")}) }`
}
const typeface = `${fontOf("DejaVuSans", 400)} ${fontOf("DejaVuSans-Bold", 700)} :root { --font: Golden; --mono: Golden }`

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(async () => {
  await browser.close()
})

const screenshot = async (
  html: string,
  { width, colorScheme }: (typeof views)[number] | typeof dark,
): Promise<PNG> => {
  const { page, close } = await open(browser, html, {
    viewport: { width, height: 900 },
    colorScheme,
    deviceScaleFactor: scale,
    // The page's own policy would refuse the font.
    bypassCSP: true,
  })
  try {
    await page.addStyleTag({ content: typeface })
    await page.evaluate("document.fonts.ready.then(() => undefined)")
    return PNG.sync.read(await page.screenshot({ fullPage: true, animations: "disabled" }))
  } finally {
    await close()
  }
}

describe.each(Object.keys(pages))("the page of %s", (name) => {
  let html: string
  beforeAll(async () => {
    html = await pages[name]()
  })

  it.each(name === "array" ? [...views, dark] : views)("looks as it did, $name", async (view) => {
    const file = new URL(`${name}-${view.name}.png`, folder)
    const taken = await screenshot(html, view)
    if (update) {
      mkdirSync(folder, { recursive: true })
      writeFileSync(file, PNG.sync.write(taken, { colorType: 2 }))
    }
    expect(existsSync(file), `${name}-${view.name}.png is not there`).toBe(true)
    const golden = PNG.sync.read(readFileSync(file))
    expect(taken.width).toBe(golden.width)
    expect(taken.height).toBe(golden.height)
    const { width, height } = golden
    const differing = pixelmatch(taken.data, golden.data, undefined, width, height, { threshold: 0.2 })
    expect(differing / (width * height)).toBeLessThanOrEqual(tolerance)
  })
})
