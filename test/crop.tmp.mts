import { chromium } from "playwright-core"
import sparticuz from "@sparticuz/chromium"
const [, , file, out, theme = "light", width = "1280", from = "0", height = "1400"] = process.argv
const b = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: sparticuz.args,
  headless: true,
})
const p = await b.newPage({
  viewport: { width: Number(width), height: Number(height) },
  colorScheme: theme as "light",
})
await p.goto("file://" + file)
await p.evaluate(`scrollTo(0, ${from})`)
await p.waitForTimeout(300)
await p.screenshot({ path: out })
await b.close()
