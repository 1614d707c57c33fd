/** Real Chromium, from the package that the project pins. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import chromium from "@sparticuz/chromium"
import { type Browser, type BrowserContextOptions, chromium as playwright, type Page } from "playwright-core"

/**
 * Starts a headless browser. The package's own arguments suit a function service (one process for everything, which ends
 * with its first page), so only what a container without a display needs is passed.
 */
export const launch = async (): Promise<Browser> =>
  playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ["--no-sandbox", "--no-zygote", "--disable-gpu", "--font-render-hinting=none"],
  })

export interface OpenPage {
  readonly page: Page
  /** Console errors, uncaught errors and policy violations so far. */
  readonly problems: readonly string[]
  /** Every address that was asked for, the page itself included. */
  readonly requests: readonly string[]
  readonly close: () => Promise<void>
}

/** Opens `html` from a file of its own, as a reader who double-clicks it does. */
export const open = async (
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> => {
  const folder = mkdtempSync(join(tmpdir(), "sparsim-page-"))
  const file = join(folder, "page.html")
  writeFileSync(file, html)
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const problems: string[] = []
  const requests: string[] = []
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text())
  })
  page.on("pageerror", (error) => problems.push(String(error)))
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on("request", (request) => requests.push(request.url()))
  await page.addInitScript(
    `document.addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective))`,
  )
  await page.goto(pathToFileURL(file).href)
  return {
    page,
    problems,
    requests,
    close: async () => {
      await context.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
