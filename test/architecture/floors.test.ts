/** Imports go down the floors of the house, and nobody looks into another floor's internals. */
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))

/** Top floor first. */
const floors = ["src", "reports", "viz", "sim", "dataflows", "arch"] as const

interface Import {
  readonly from: string
  readonly to: string
}

const importPattern = /(?:from|import)\s*\(?\s*["'](\.{1,2}\/[^"']+)["']/g

const filesOf = (floor: string): readonly string[] =>
  readdirSync(join(root, floor), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(floor, name))

const importsOf = (file: string): readonly Import[] =>
  [...readFileSync(join(root, file), "utf8").matchAll(importPattern)].map(([, target]) => ({
    from: file,
    to: relative(root, resolve(root, dirname(file), target ?? "")),
  }))

const all = floors.flatMap(filesOf).flatMap(importsOf)
const floorOf = (path: string): number => floors.findIndex((floor) => path.startsWith(`${floor}/`))

/** What of an engine, or of the trace's mechanism, only its own folder may use. */
const engines = ["sim/sat/", "sim/gpu/"]

describe("the floors", () => {
  it("are what the imports are read from: every floor has files and imports", () => {
    for (const floor of floors) expect(filesOf(floor).length).toBeGreaterThan(2)
    expect(all.length).toBeGreaterThan(300)
  })

  it("are only left downwards", () => {
    const upward = all.filter(({ from, to }) => floorOf(to) >= 0 && floorOf(to) < floorOf(from))
    expect(upward).toEqual([])
  })

  it("keep their internals to themselves", () => {
    const peeking = all.filter(({ from, to }) => {
      const internal = /^(.*)\/internal\//.exec(to)
      return internal !== null && !from.startsWith(`${internal[1]}/`)
    })
    expect(peeking).toEqual([])
  })

  it("let reports and charts know the trace but no engine, and charts not even the trace", () => {
    const reports = all.filter(
      ({ from, to }) => from.startsWith("reports/") && engines.some((e) => to.startsWith(e)),
    )
    const charts = all.filter(({ from, to }) => from.startsWith("viz/") && to.startsWith("sim/"))
    // The scripts of the sliders are no charts: they carry an engine into the reader's browser.
    const carried = [
      { from: "viz/client/array-what-if.ts", to: "sim/sat/replay.ts" },
      { from: "viz/client/branch-what-if.ts", to: "sim/branch/core/replay.ts" },
      { from: "viz/client/cpu-what-if.ts", to: "sim/cpu/network/replay.ts" },
      { from: "viz/client/gpu-what-if.ts", to: "sim/gpu/replay.ts" },
    ]
    expect([...reports, ...charts]).toEqual(carried)
  })

  it("let engines touch no files: only sim/trace does", () => {
    const touching = [...filesOf("sim/sat"), ...filesOf("dataflows")].filter((file) =>
      /from "node:(?!url)/.test(readFileSync(join(root, file), "utf8")),
    )
    expect(touching).toEqual([])
  })

  it("have no grab-bags", () => {
    const bags = floors
      .flatMap(filesOf)
      .filter((file) => /(^|\/)(utils?|helpers?|common|misc|types)\.ts$/.test(file))
    expect(bags).toEqual([])
  })

  it("use no randomness and no clock where results are made", () => {
    const files = ["sim/sat", "dataflows", "reports", "viz", "arch"].flatMap(filesOf)
    const guilty = files.filter((file) => {
      const text = readFileSync(join(root, file), "utf8")
      return (
        !file.startsWith("viz/client/") && /Math\.random|Date\.now|new Date\(|performance\.now/.test(text)
      )
    })
    expect(guilty).toEqual([])
  })
})
