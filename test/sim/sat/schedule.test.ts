/** The offline schedule against trying everything. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { type EstimatedMapping } from "../../../sim/sat/best-mapping.ts"
import { shortestSchedule } from "../../../sim/sat/schedule.ts"
import { runs } from "../../arbitraries/runs.ts"

const tiling = { m: 1, n: 1, k: 1, order: "mnk" } as const
const flows = ["os", "ws", "is"] as const

const options = fc.array(
  fc
    .tuple(fc.nat(100), fc.nat(100), fc.nat(100), fc.integer({ min: 1, max: 3 }))
    .map(([a, b, c, n]) =>
      flows.slice(0, n).map((dataflow, i): EstimatedMapping => ({ dataflow, tiling, time: [a, b, c][i] })),
    ),
  { minLength: 1, maxLength: 6 },
)

const costOf = (path: readonly EstimatedMapping[], switchLatency: number): number =>
  path.reduce(
    (sum, { dataflow, time }, i) =>
      sum + time + (i > 0 && path[i - 1].dataflow !== dataflow ? switchLatency : 0),
    0,
  )

/** Every way to choose one mapping for each product. */
const everyPath = (
  products: readonly (readonly EstimatedMapping[])[],
): readonly (readonly EstimatedMapping[])[] =>
  products.reduce<readonly (readonly EstimatedMapping[])[]>(
    (paths, mappings) => paths.flatMap((path) => mappings.map((mapping) => [...path, mapping])),
    [[]],
  )

describe("the offline schedule", () => {
  it("is as cheap as the cheapest of all schedules, switches included (M96)", () => {
    fc.assert(
      fc.property(options, fc.nat(60), (products, switchLatency) => {
        const chosen = shortestSchedule(products, switchLatency).map(
          ({ dataflow }, i) => products[i].find((mapping) => mapping.dataflow === dataflow) ?? products[i][0],
        )
        const best = Math.min(...everyPath(products).map((path) => costOf(path, switchLatency)))
        expect(costOf(chosen, switchLatency)).toBe(best)
      }),
      { numRuns: runs },
    )
  })

  it("never switches when switching costs more than all products together", () => {
    const products = [0, 1, 2, 3].map((i): readonly EstimatedMapping[] => [
      { dataflow: "os", tiling, time: i % 2 === 0 ? 1 : 9 },
      { dataflow: "ws", tiling, time: i % 2 === 0 ? 9 : 1 },
    ])
    const used = (latency: number): number =>
      new Set(shortestSchedule(products, latency).map(({ dataflow }) => dataflow)).size
    expect(used(0)).toBe(2)
    expect(used(1000)).toBe(1)
  })
})
