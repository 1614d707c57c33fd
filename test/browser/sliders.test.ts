/** The sliders of pages, in a real browser and by keyboard. */
import type { Browser, Locator, Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { ipcOf } from "../../reports/branch/branch-counts.ts"
import { branchReport } from "../../reports/branch/branch-report.ts"
import { branchPage } from "../../reports/pages/branch-page.ts"
import { runPage } from "../../reports/pages/run-page.ts"
import { cyclesText, secondsText, shortNumber } from "../../viz/number-format.ts"
import { clientAssets } from "../fixtures/client-assets.ts"
import { smallBranchRun } from "../fixtures/small-branch-run.ts"
import { smallTraining } from "../fixtures/small-training.ts"
import { parseOverride } from "../../arch/machine-catalogue.ts"
import type { Trace } from "../../sim/trace/trace.ts"
import { prepareRun, runOf } from "../../src/run/prepare-run.ts"
import { specOf } from "../run/spec-of.ts"
import { launch, open } from "./browser.ts"

let browser: Browser
let html: Readonly<Record<"array" | "tight" | "board" | "branch", string>>

beforeAll(async () => {
  browser = await launch()
  const assets = await clientAssets()
  html = {
    array: runPage({ trace: smallTraining() }, assets),
    tight: runPage({ trace: smallTraining(["buffers.ofmap=8192", "buffers.filter=32768"]) }, assets),
    board: runPage({ trace: await onBoard([]) }, assets),
    branch: branchPage(await smallBranchRun(), assets),
  }
})

afterAll(async () => {
  await browser.close()
})

const onBoard = async (sets: readonly string[]): Promise<Trace> => {
  const overrides = sets.map(parseOverride)
  const spec = specOf({ workload: "resnet9", machine: "a100-pcie-80gb", overrides })
  return runOf(await prepareRun(spec)).simulate().trace
}

/** What the page says of where its sliders stand now, not of a move before the last. */
const estimate = async (page: Page): Promise<string> => {
  const settled = page.locator("#what-if-result[aria-busy=false]")
  await settled.getByText("Estimate:").waitFor()
  return settled.innerText()
}

const slider = (page: Page, name: string): Locator => page.getByRole("slider", { name })

describe("the sliders of a run", () => {
  it("move by keyboard, say the estimate in words, name its command, and go back", async () => {
    const { page, problems, close } = await open(browser, html.array, {
      permissions: ["clipboard-read", "clipboard-write"],
    })
    const result = page.locator("#what-if-result")
    const command = page.locator("#what-if-command")
    try {
      const before = await command.innerText()
      await slider(page, "Clock").focus()
      await page.keyboard.press("End")
      expect(await slider(page, "Clock").getAttribute("aria-valuetext")).toBe("1.60\u00a0GHz")
      await slider(page, "Array rows").focus()
      await page.keyboard.press("ArrowLeft")
      const said = await estimate(page)
      expect(await result.getAttribute("role")).toBe("status")
      expect(await command.innerText()).toBe(`${before} --set clock=1600MHz --set array.rows=24`)

      // The engine on the machine that the command asks for.
      const { totals, clockHertz } = smallTraining(["clock=1600MHz", "array.rows=24"]).manifest
      expect(said).toContain(cyclesText(totals.cycles))
      expect(said).toContain(secondsText(totals.cycles / clockHertz))

      await page.getByRole("button", { name: "Copy command" }).click()
      await page.getByRole("button", { name: "Copied" }).waitFor()
      expect(await page.evaluate("navigator.clipboard.readText()")).toBe(await command.textContent())

      await page.getByRole("button", { name: "Back to the run" }).click()
      await result.getByText("1.00× as fast as").waitFor()
      expect(await command.innerText()).toBe(before)
      expect(problems).toEqual([])
    } finally {
      await close()
    }
  })

  it("say why there is no estimate where a fold of the array no longer fits its buffers", async () => {
    const { page, problems, close } = await open(browser, html.tight)
    try {
      for (const label of ["Array rows", "Array columns"]) {
        await slider(page, label).focus()
        await page.keyboard.press("End")
      }
      await page.locator("#what-if-result").getByText("the buffers do not hold one fold").waitFor()
      expect(problems).toEqual([])
    } finally {
      await close()
    }
  })

  it("of a board say what the engine says of the board that the command asks for", async () => {
    const { page, problems, close } = await open(browser, html.board)
    try {
      await slider(page, "DRAM bandwidth").focus()
      await page.keyboard.press("Home")
      const said = await estimate(page)
      expect(await page.locator("#what-if-command").innerText()).toContain("--set dram.bandwidth=241.9GB/s")
      const { totals } = (await onBoard(["dram.bandwidth=241.9GB/s"])).manifest
      expect(said).toContain(cyclesText(totals.cycles))
      expect(problems).toEqual([])
    } finally {
      await close()
    }
  })

  it("of a predictor say cycles an instruction, as the engine does on the core that the command asks for", async () => {
    const { page, problems, close } = await open(browser, html.branch)
    try {
      await slider(page, "Width").focus()
      await page.keyboard.press("Home")
      const said = await estimate(page)
      const command = await page.locator("#what-if-command").innerText()
      expect(command).toBe("sparsim run ns-selfcheck --on gshare-13 --set family.width=1")
      const { total } = branchReport(await smallBranchRun(["family.width=1"]))
      expect(said).toContain(`${shortNumber(1 / ipcOf(total))} CPI`)
      expect(problems).toEqual([])
    } finally {
      await close()
    }
  })
})
