import { chromium } from "playwright-core"
import sparticuz from "@sparticuz/chromium"
const [, , file, out, theme = "light", width = "1280"] = process.argv
const b = await chromium.launch({
  executablePath: await sparticuz.executablePath(),
  args: sparticuz.args,
  headless: true,
})
const p = await b.newPage({ viewport: { width: Number(width), height: 900 }, colorScheme: theme as "light" })
await p.goto("file://" + file)
await p.waitForTimeout(500)
await p.screenshot({ path: out, fullPage: true })
await b.close()
