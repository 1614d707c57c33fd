import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { runLabels } from "../../reports/run-labels.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import { sampleTrace } from "../fixtures/sample-trace.ts"
import { smallTraining } from "../fixtures/small-training.ts"

const base = sampleTrace().manifest
const withSettings = (settings: Readonly<Record<string, string>>): Manifest => ({ ...base, settings })

describe("labels of many runs", () => {
  it("say the method and pattern where these differ, and nothing that all have", () => {
    const traces = [sampleTrace(), sampleTrace({ kept: 2 }), sampleTrace({ kept: 4 })]
    expect(runLabels(traces.map(({ manifest }) => manifest))).toEqual(["dense", "BDWP 2:8", "BDWP 4:8"])
  })

  it("leave out a setting that only says that a method is there", () => {
    const labels = runLabels([
      withSettings({ method: "dense" }),
      withSettings({ method: "BDWP", pattern: "2:8", masks: "pregenerated" }),
      withSettings({ method: "BDWP", pattern: "4:8", masks: "pregenerated" }),
    ])
    expect(labels).toEqual(["dense", "BDWP 2:8", "BDWP 4:8"])
  })

  it("keep a setting that is the only difference, and say where it is missing", () => {
    const labels = runLabels([
      withSettings({ method: "BDWP" }),
      withSettings({ method: "BDWP", masks: "late" }),
    ])
    expect(labels).toEqual(["no masks", "masks late"])
  })

  it("say a number of the machine that was swept", () => {
    const swept = ["10GB/s", "25GB/s"].map((rate) => smallTraining([`dram.bandwidth=${rate}`]).manifest)
    expect(runLabels(swept)).toEqual(["dram.bandwidth 10 GB/s", "dram.bandwidth 25 GB/s"])
  })

  it("count runs that are alike", () => {
    expect(runLabels([base, base, sampleTrace({ kept: 2 }).manifest])).toEqual([
      "dense (1)",
      "dense (2)",
      "BDWP 2:8",
    ])
    expect(runLabels([base, base])).toEqual(["run (1)", "run (2)"])
  })

  it("are never empty, and never two alike", () => {
    const setting = fc.dictionary(
      fc.constantFrom("method", "pattern", "masks", "dtype"),
      fc.constantFrom("a", "b", "1"),
    )
    fc.assert(
      fc.property(fc.array(setting, { minLength: 2, maxLength: 6 }), (all) => {
        const labels = runLabels(all.map(withSettings))
        expect(labels.every((label) => label !== "")).toBe(true)
        expect(new Set(labels).size).toBe(labels.length)
      }),
    )
  })
})
