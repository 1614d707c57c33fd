import { writeFileSync } from "node:fs"
import { readTrace } from "../sim/trace/read.ts"
import { branchPage } from "../reports/pages/branch-page.ts"
import { branchComparePage } from "../reports/pages/branch-compare-page.ts"
import { clientAssets } from "./fixtures/client-assets.ts"
const assets = await clientAssets()
const [out, ...ins] = process.argv.slice(2)
const traces = await Promise.all(ins.map((i) => readTrace(i)))
const html = traces.length === 1 ? branchPage(traces[0], assets) : branchComparePage(traces, assets)
writeFileSync(out, html)
console.log(html.length)
