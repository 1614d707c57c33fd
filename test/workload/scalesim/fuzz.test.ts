import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { ConfigError, WorkloadError } from "../../../arch/errors.ts"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { readScaleSimConfig } from "../../../src/workload/scalesim/config.ts"
import { scaleSimGemm } from "../../../src/workload/scalesim/gemm-view.ts"
import { networkFromTopology } from "../../../src/workload/scalesim/topology-network.ts"
import { readScaleSimTopology } from "../../../src/workload/scalesim/topology.ts"
import {
  annotatedTopology,
  completeConfig,
  convTopology,
  gemmTopology,
  shortestConfig,
} from "./sample-files.ts"

/** What a slip of the editor leaves behind. */
const fragment = fc.oneof(
  fc.constantFrom(
    "",
    ",",
    ",,",
    "\n",
    "\r\n",
    "0",
    "-1",
    "1.5",
    "NaN",
    "1e999",
    "2:4",
    ":",
    "=",
    "[",
    "]",
    '"',
  ),
  fc.constantFrom(
    "DP",
    "\t",
    " ",
    "#",
    "\uFEFF",
    "\u0000",
    "999999999",
    "9007199254740993",
    "M",
    "Sparsity",
    "ws",
  ),
  fc.string({ maxLength: 4 }),
)

/** `text` with up to six stretches of it replaced. */
const mutated = (text: string): fc.Arbitrary<string> => {
  const edit = fc.record({
    at: fc.nat(text.length),
    remove: fc.oneof(fc.nat(3), fc.nat(40)),
    insert: fragment,
  })
  return fc
    .array(edit, { maxLength: 6 })
    .map((edits) =>
      edits.reduce(
        (current, { at, remove, insert }) => current.slice(0, at) + insert + current.slice(at + remove),
        text,
      ),
    )
}

const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => new TextDecoder().decode(bytes))

/** Every number anywhere in a value. */
const numbersIn = (value: unknown): number[] => {
  if (typeof value === "number") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : []
}

const positioned = (
  text: string,
  place: { readonly line?: number; readonly column?: number } | undefined,
) => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r\n|\n|\r/)
  const line = lines[(place?.line ?? 0) - 1]
  expect(line).toBeDefined()
  expect(place?.column).toBeGreaterThanOrEqual(1)
  expect(place?.column).toBeLessThanOrEqual(line.length + 1)
}

describe("whatever a topology holds, it is read or refused with a place inside it", () => {
  const text = fc.oneof(
    mutated(convTopology),
    mutated(gemmTopology),
    mutated(annotatedTopology),
    anyBytes,
    fc.string(),
  )

  it("and what is read makes layers of whole, positive, exact sizes", () => {
    let read = 0
    fc.assert(
      fc.property(text, (csv) => {
        try {
          const topology = readScaleSimTopology(csv, "net.csv")
          expect(topology.layers.length).toBeGreaterThan(0)
          const network = networkFromTopology(topology)
          for (const number of [topology.layers, topology.layers.map(scaleSimGemm)].flatMap(numbersIn)) {
            expect(Number.isSafeInteger(number) && number >= 1).toBe(true)
          }
          for (const { op } of network.layers) expect(Number.isSafeInteger(forwardMacs(op))).toBe(true)
          read++
        } catch (error) {
          if (!(error instanceof WorkloadError)) throw error
          positioned(csv, error.place)
        }
      }),
      { numRuns: 5000 },
    )
    // Both outcomes must occur for the property to say anything.
    expect(read).toBeGreaterThan(100)
    expect(read).toBeLessThan(4900)
  })
})

describe("whatever a configuration holds, it is read or refused with a place inside it", () => {
  const text = fc.oneof(mutated(completeConfig), mutated(shortestConfig), anyBytes, fc.string())

  it("and what is read has only whole numbers from 0", () => {
    let read = 0
    fc.assert(
      fc.property(text, (cfg) => {
        try {
          const config = readScaleSimConfig(cfg, "x.cfg")
          for (const number of numbersIn(config)) {
            expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
          }
          for (const warning of config.warnings) positioned(cfg, warning.place)
          read++
        } catch (error) {
          if (!(error instanceof ConfigError)) throw error
          positioned(cfg, error.place)
        }
      }),
      { numRuns: 5000 },
    )
    expect(read).toBeGreaterThan(100)
    expect(read).toBeLessThan(4900)
  })
})
