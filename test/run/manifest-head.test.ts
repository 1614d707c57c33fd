/** The head of a manifest: enough for a report, and the same wherever and whenever the run was made. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadArrayMachine, parseOverride } from "../../arch/machine-catalogue.ts"
import { machineNumbers } from "../../arch/machine.ts"
import { contentHash } from "../../src/run/manifest-head.ts"
import { prepareRun } from "../../src/run/prepare-run.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { simulate } from "../../src/run/simulate.ts"
import type { Manifest } from "../../sim/trace/manifest.ts"
import { specOf } from "./spec-of.ts"

const manifestOf = async (spec: Partial<RunSpec> = {}): Promise<Manifest> =>
  simulate(await prepareRun(specOf({ workload: "resnet9", ...spec }))).trace.manifest

/** The same value with the keys of every object in the opposite order. */
const keysReversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(keysReversed)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, keysReversed(inner)]),
  )
}

describe("a content hash", () => {
  it("does not depend on the order of keys", () => {
    expect(contentHash({ a: 1, b: { c: [2, 3], d: "x" } })).toBe(
      contentHash({ b: { d: "x", c: [2, 3] }, a: 1 }),
    )
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentHash(keysReversed(value))).toBe(contentHash(value))
      }),
    )
  })

  it("depends on everything else: values, their types, the order of lists, nesting", () => {
    const different = [
      { a: 1 },
      { a: "1" },
      { a: [1] },
      { a: null },
      { a: 2 },
      { b: 1 },
      {},
      [],
      null,
      0,
      "",
      [1, 2],
      [2, 1],
      [[1], 2],
      { a: { b: 1 } },
      { "a:1": 1 },
    ]
    expect(new Set(different.map(contentHash)).size).toBe(different.length)
  })

  it("leaves out what is undefined or a function: absent and undefined are the same", () => {
    expect(contentHash({ a: 1, b: undefined, c: () => 1 })).toBe(contentHash({ a: 1 }))
  })

  it("is 64 hexadecimal digits, the same in every release", () => {
    expect(contentHash({})).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
  })
})

describe("the manifest of a run", () => {
  it("holds every number of the machine with value, unit, status and source", async () => {
    const { machine } = await manifestOf()
    expect(machine.numbers).toEqual(machineNumbers(loadArrayMachine("sat-vcu1525")))
  })

  it("holds the clock and the energy table that were used", async () => {
    const { clockHertz, energy } = await manifestOf({ overrides: [parseOverride("clock=250MHz")] })
    expect(clockHertz).toBe(250e6)
    expect(energy).toMatchObject({ table: "fpga-16nm", staticWatts: 10, staticStatus: "assumed" })
    expect((await manifestOf({ energyTable: "horowitz-45nm" })).energy?.table).toBe("horowitz-45nm")
  })

  it("has another machine hash as soon as one number differs, and the same otherwise", async () => {
    const hashOf = async (spec?: Partial<RunSpec>): Promise<string> => (await manifestOf(spec)).machine.hash
    const plain = await hashOf()
    expect(await hashOf({ training: "dense" })).toBe(plain)
    expect(await hashOf({ overrides: [parseOverride("dram.efficiency=0.81")] })).not.toBe(plain)
  })

  it("has another workload hash for another batch or network", async () => {
    const hashOf = async (spec?: Partial<RunSpec>): Promise<string> => (await manifestOf(spec)).workload.hash
    const hashes = [await hashOf(), await hashOf({ batch: 2 }), await hashOf({ workload: "resnet18-cifar" })]
    expect(new Set(hashes).size).toBe(3)
  })

  it("holds no path, no time of day and nothing of the computer it was made on", async () => {
    const text = JSON.stringify(await manifestOf({ training: "bdwp", pattern: { n: 2, m: 8 } }))
    expect(text).not.toContain(process.cwd())
    expect(text).not.toMatch(/(^|[\s"'])\/(home|Users|tmp|work|root|var)\//)
    expect(text).not.toMatch(new RegExp(`${new Date().getFullYear()}-\\d\\d-\\d\\d`))
  })

  it("is the same, byte for byte, when made again", async () => {
    expect(JSON.stringify(await manifestOf())).toBe(JSON.stringify(await manifestOf()))
  })
})
