import { createHash } from "node:crypto"
import { beforeAll, describe, expect, it } from "vitest"
import { branchComparePage } from "../../../reports/pages/branch-compare-page.ts"
import { branchPage } from "../../../reports/pages/branch-page.ts"
import { comparePage } from "../../../reports/pages/compare-page.ts"
import { indexPage } from "../../../reports/pages/index-page.ts"
import type { ClientAssets } from "../../../reports/pages/page.ts"
import { kernelBenchPage } from "../../../reports/pages/kernel-bench-page.ts"
import { overviewPage } from "../../../reports/pages/overview-page.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import { validationPage } from "../../../reports/pages/validation-page.ts"
import { prepareRun, runOf } from "../../../src/run/prepare-run.ts"
import { specOf } from "../../run/spec-of.ts"
import { clientAssets } from "../../fixtures/client-assets.ts"
import { hostileNames } from "../../fixtures/hostile-names.ts"
import { sampleBranchTrace, type SampleBranchOptions } from "../../fixtures/sample-branch-trace.ts"
import { type SampleLayer, sampleLayers, sampleTrace } from "../../fixtures/sample-trace.ts"
import { sampleKernelBench } from "../../fixtures/sample-kernel-bench.ts"
import { tinyTrace } from "../../fixtures/tiny-trace.ts"
import { sampleValidation } from "../../fixtures/sample-validation.ts"
import { unpackedData } from "../../fixtures/unpacked-data.ts"

let assets: ClientAssets
let pages: Readonly<Record<string, () => string>>

const index = {
  title: "Reports",
  about: "What sparsity buys.",
  command: "sparsim demo",
  entries: [{ file: "a b&c.html", title: "A", verdict: "Good.", kind: "run" }],
}

beforeAll(async () => {
  assets = await clientAssets()
  pages = {
    run: () => runPage({ trace: sampleTrace({ kept: 2 }) }, assets),
    compare: () => comparePage({ a: sampleTrace(), b: sampleTrace({ kept: 2 }) }, assets),
    index: () => indexPage(index, assets),
    overview: () => overviewPage(manyRuns, manyRuns.map(entryOf), assets),
    validation: () => validationPage({ report: sampleValidation, command: "sparsim validate" }, assets),
    kernels: () => kernelBenchPage(sampleKernelBench, "sparsim kernel bench", assets),
    branch: () => branchPage(sampleBranchTrace({ warmUp: [branchWindow(2000)] }), assets),
    "branch comparison": () => branchComparePage(predictors, assets),
  }
})

const branchWindow = (mispredictions: number) => ({
  instructions: 60_000,
  conditional: 10_000,
  mispredictions,
})
const predictors = [
  sampleBranchTrace(),
  sampleBranchTrace({ id: "b", name: "tournament", storageBits: 14_345, windows: [branchWindow(90)] }),
  sampleBranchTrace({ id: "c", name: "always taken", storageBits: 0, windows: [branchWindow(4000)] }),
]

const manyRuns = [
  sampleTrace(),
  sampleTrace({ kept: 4 }),
  sampleTrace({ kept: 2, clockHertz: 100e6 }),
  sampleTrace({ kept: 2, layers: sampleLayers.slice(1), withEnergy: false }),
]
const entryOf = (_: unknown, i: number) => ({ ...index.entries[0], file: `runs-${i + 1}.html` })

const names = ["run", "compare", "index", "overview", "validation", "branch", "branch comparison"] as const
const all = (pattern: RegExp, text: string): readonly string[] =>
  [...text.matchAll(pattern)].map((match) => match[1])

/** The page without its script and style, in which anything may stand. */
const markup = (html: string): string =>
  html.replace(/<script>.*?<\/script>/s, "").replace(/<style>.*?<\/style>/s, "")

describe.each(names)("%s page", (name) => {
  it("is the same, byte for byte, when it is made again", () => {
    expect(pages[name]() === pages[name]()).toBe(true)
  })

  it("refers to nothing outside itself", () => {
    const html = pages[name]()
    const targets = all(/(?:src|href|action|poster|data)="([^"]*)"/g, markup(html))
    expect(targets.filter((target) => !/^(#|data:|\.\/)/.test(target))).toEqual([])
    expect(assets.style).not.toMatch(/url\(|@import/)
  })

  it("allows by policy its own script and style and nothing else", () => {
    const html = pages[name]()
    const [policy] = all(/http-equiv="Content-Security-Policy" content="([^"]*)"/g, html)
    const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hash(all(/<script>(.*?)<\/script>/gs, html)[0])};`)
    expect(policy).toContain(`style-src ${hash(all(/<style>(.*?)<\/style>/gs, html)[0])};`)
    expect(markup(html)).not.toMatch(/\sstyle="|\son\w+="/)
  })

  it("uses every id once", () => {
    const ids = all(/\sid="([^"]*)"/g, markup(pages[name]()))
    expect(ids).toHaveLength(new Set(ids).size)
  })

  it("has a tooltip for every mark that refers to one", () => {
    const html = pages[name]()
    const book: { readonly tips: object } = JSON.parse(unpackedData(html, "tips"))
    const keys = new Set(Object.keys(book.tips))
    expect(all(/data-tip="([^"]*)"/g, html).filter((key) => !keys.has(key))).toEqual([])
  })

  it("never prints a number that is none", () => {
    expect(all(/(.{0,40}(?:NaN|Infinity|undefined))/g, markup(pages[name]()))).toEqual([])
  })

  it("has one main heading, and it comes before every other", () => {
    const levels = all(/<h(\d)/g, pages[name]())
    expect(levels.filter((level) => level === "1")).toHaveLength(1)
    expect(levels[0]).toBe("1")
  })
})

describe("pages", () => {
  const large: readonly SampleLayer[] = Array.from({ length: 54 }, (_, i) => ({
    id: `layer${Math.floor(i / 14)}.block${i % 14}.conv${i % 3}`,
    m: 200_704 >> Math.floor(i / 14),
    n: 64 << Math.floor(i / 14),
    k: 576 + i,
  }))

  it("stay below 400 kB for a network of 54 layers", () => {
    const [a, b] = [sampleTrace({ layers: large }), sampleTrace({ layers: large, kept: 2 })]
    expect(runPage({ trace: b }, assets).length).toBeLessThan(400_000)
    expect(comparePage({ a, b }, assets).length).toBeLessThan(400_000)
  })

  it("put no name from a file into the markup unescaped", () => {
    const layers = hostileNames.map((id) => ({ ...sampleLayers[1], id }))
    const options = { layers, workloadName: hostileNames[0] }
    const [a, b] = [sampleTrace(options), sampleTrace({ ...options, kept: 2 })]
    // Tips and script; a timeline's data is a third.
    for (const [html, scripts] of [
      [comparePage({ a, b }, assets), 2],
      [runPage({ trace: b }, assets), 3],
    ] as const) {
      expect(all(/(<img|<svg onload|[\u202a-\u202e])/gi, html)).toEqual([])
      expect(all(/<\/(script)>/g, html)).toHaveLength(scripts)
    }
  })

  it("of many runs put no name from a file into the markup unescaped", () => {
    const traces = hostileNames.map((workloadName) => sampleTrace({ workloadName }))
    const entries = hostileNames.map((name, i) => ({ ...entryOf(name, i), title: name, verdict: name }))
    const html = overviewPage(traces, entries, assets)
    expect(all(/(<img|<svg onload|[\u202a-\u202e])/gi, html)).toEqual([])
    expect(all(/<\/(script)>/g, html)).toHaveLength(2)
  })

  it("of predictors put no name from a file into the markup unescaped", () => {
    const traces = hostileNames.map((name) =>
      sampleBranchTrace({
        id: name,
        name,
        workloadName: hostileNames[0],
        worst: hostileNames.map((address, i) => [address, 100, 50, 90 - i] as const),
      }),
    )
    for (const [html, scripts] of [
      [branchPage(traces[0], assets), 3],
      [branchComparePage(traces, assets), 2],
    ] as const) {
      expect(all(/(<img|<svg onload|[\u202a-\u202e])/gi, html)).toEqual([])
      expect(all(/<\/(script)>/g, html)).toHaveLength(scripts)
    }
  })

  it("of a board say its mean power beside the limit, others none", async () => {
    const dataOf = async (spec: Parameters<typeof specOf>[0]): Promise<string> =>
      unpackedData(runPage({ trace: runOf(await prepareRun(specOf(spec))).simulate().trace }, assets), "tips")
    expect(await dataOf({ workload: "gemm:4096x4096x4096", machine: "a100-pcie-80gb" })).toMatch(
      /\d W; the limit is 300 W/,
    )
    expect(await dataOf({ workload: "resnet9" })).not.toContain("the limit is")
  })

  it("of a training step of ResNet-50 stay below 400 KiB", async () => {
    const spec = specOf({ workload: "resnet50", training: "bdwp", pattern: { n: 2, m: 8 }, batch: 32 })
    const { trace } = runOf(await prepareRun(spec)).simulate()
    expect(Buffer.byteLength(runPage({ trace }, assets))).toBeLessThan(400 * 1024)
  })

  it("of predictors stay below 900 kB for 20 of them over 512 windows each", () => {
    const windows = Array.from({ length: 512 }, (_, i) => branchWindow(50 + ((i * 37) % 400)))
    const traces = Array.from({ length: 20 }, (_, i) =>
      sampleBranchTrace({ id: `p${i}`, name: `predictor ${i}`, storageBits: 1000 * 2 ** i, windows }),
    )
    expect(branchPage(traces[0], assets).length).toBeLessThan(500_000)
    expect(branchComparePage(traces, assets).length).toBeLessThan(900_000)
  })

  it.each<[string, SampleBranchOptions]>([
    ["nothing was run", { windows: [], worst: [] }],
    ["nothing was mispredicted", { windows: [branchWindow(0)], worst: [] }],
    ["everything was only warm-up", { warmUp: [branchWindow(10)], windows: [] }],
    ["nothing has a price", { withEnergy: false }],
  ])("of predictors can be made where %s", (_, options) => {
    const trace = sampleBranchTrace(options)
    for (const html of [branchPage(trace, assets), branchComparePage([trace, trace], assets)]) {
      expect(all(/(.{0,40}(?:NaN|Infinity|undefined))/g, markup(html))).toEqual([])
      expect(html.endsWith("</html>\n")).toBe(true)
    }
  })

  it("say in the heading what the comparison says", () => {
    const [heading] = all(/<h1>(.*?)<\/h1>/g, pages["compare"]())
    expect(heading).toMatch(/^BDWP 2:8 is 1\.97× as fast as dense; 66 % of the step is WU/)
  })

  it("print the band beside the headline where one is given", () => {
    const speedup = { low: 1.5, high: 2.5, about: "from the ranges of assumed numbers" }
    const html = comparePage({ a: sampleTrace(), b: sampleTrace({ kept: 2 }), bands: { speedup } }, assets)
    expect(all(/class="note">([^<]*)/g, html)).toContain("1.50× to 2.50×, from the ranges of assumed numbers")
  })

  it("leave energy out, not at zero, where the run has no table", () => {
    const html = runPage({ trace: sampleTrace({ withEnergy: false }) }, assets)
    expect(all(/<dt>(Energy)<\/dt>/g, html)).toEqual([])
    expect(all(/<dt>Energy table<\/dt><dd>([^<]*)/g, html)).toEqual(["none"])
  })

  it("can be made of a run that does nothing", () => {
    expect(runPage({ trace: tinyTrace({ stages: [] }) }, assets).endsWith("</html>\n")).toBe(true)
    const empty = tinyTrace({ stages: [{ cycles: 0 }] })
    const html = comparePage({ a: empty, b: empty }, assets)
    expect(all(/(.{0,40}(?:NaN|Infinity|undefined))/g, markup(html))).toEqual([])
  })

  it("print every warning of the run", () => {
    const trace = sampleTrace()
    const warned = { ...trace, manifest: { ...trace.manifest, warnings: ["bytes <b>rounded</b>"] } }
    expect(all(/<li><bdi>(.*?)<\/bdi>/g, runPage({ trace: warned }, assets))).toEqual([
      "bytes &lt;b&gt;rounded&lt;/b&gt;",
    ])
  })
})
