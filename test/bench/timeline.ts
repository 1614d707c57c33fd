/**
 * What a page with a long timeline costs: seconds to make it, its size, and the time that a frame takes to draw in Chromium
 * from the whole run down to single tiles. Usage: tsx test/bench/timeline.ts [SPANS]
 */
import { runPage } from "../../reports/pages/run-page.ts"
import { launch, open } from "../browser/browser.ts"
import { clientAssets } from "../fixtures/client-assets.ts"
import { manyTilesTrace } from "../fixtures/many-tiles-trace.ts"

const spans = Number(process.argv[2] ?? 1_000_000)
const zooms = 24

/** Zooms in step by step at several places and reads what each frame took. */
const measure = `(async () => {
  const frame = document.querySelector("#run-timeline")
  const key = (key, shiftKey = false) => frame.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey }))
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  const times = []
  for (let round = 0; round < 3; round++) {
    key("0")
    await painted()
    for (let i = 0; i < ${zooms}; i++) {
      key("+")
      await painted()
      times.push(Number(frame.dataset.drawn))
      for (let j = 0; j < round; j++) key("ArrowRight", true)
      await painted()
      times.push(Number(frame.dataset.drawn))
    }
  }
  // Frame to frame while it zooms without a pause, so that what the browser does after the script counts too.
  const intervals = []
  for (let round = 0; round < 4; round++) {
    key("0")
    await painted()
    let last = 0
    for (let i = 0; i < 40; i++) {
      key(i % 3 === 2 ? "ArrowRight" : "+", i % 3 === 2)
      const now = await new Promise(requestAnimationFrame)
      if (i > 0) intervals.push(now - last)
      last = now
    }
  }
  const spread = (list) => {
    list.sort((a, b) => a - b)
    return [list[list.length >> 1], list[Math.floor(list.length * 0.95)], list[list.length - 1]]
  }
  return [...spread(times), ...spread(intervals)]
})()`

const threeOf = ([median, high, most]: readonly number[]): string =>
  `${median.toFixed(1)} ms median, ${high.toFixed(1)} 95 %, ${most.toFixed(1)} at most`

const assets = await clientAssets()
const browser = await launch()
for (const lengths of ["regular", "irregular"] as const) {
  const trace = manyTilesTrace(spans, lengths)
  const before = process.cpuUsage()
  const html = runPage({ trace }, assets)
  const { user, system } = process.cpuUsage(before)
  const { page, close } = await open(browser, html)
  const began = Date.now()
  await page.reload()
  await page.locator("#run-timeline canvas").waitFor()
  const opened = Date.now() - began
  const times: readonly number[] = await page.evaluate(measure)
  const kept = /carries the ([\d,]+) longest of/.exec(html)?.[1] ?? "all"
  console.log(
    `${lengths}, ${trace.spans.length} spans: page made in ${((user + system) / 1e6).toFixed(2)} s CPU, ${(html.length / 1e6).toFixed(2)} MB, ${kept} spans kept; opened in ${opened} ms; drawn in ${threeOf(times)}; frame to frame ${threeOf(times.slice(3))}`,
  )
  await close()
}
await browser.close()
