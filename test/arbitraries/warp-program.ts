/** Warp programs small enough to step until they repeat. */
import fc from "fast-check"
import { chainProgram, type WarpProgram } from "../../sim/gpu/instruction/warp-program.ts"

const ticks = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max })

export const pipelineTicks = fc.record({ latency: ticks(60), interval: ticks(20), gap: ticks(24) })
export const chainCount = fc.integer({ min: 1, max: 6 })
export const warpCount = fc.integer({ min: 1, max: 8 })

/** Equal matrix instructions in independent chains. */
export const chains: fc.Arbitrary<WarpProgram> = fc
  .tuple(chainCount, pipelineTicks)
  .map(([count, cost]) => chainProgram(count, cost))

/** Loads, then matrix instructions of mixed costs, each after its own predecessor and after loads of an iteration before. */
export const mainloop: fc.Arbitrary<WarpProgram> = fc
  .record({
    loads: fc.array(pipelineTicks, { minLength: 1, maxLength: 3 }),
    products: fc.array(pipelineTicks, { minLength: 1, maxLength: 5 }),
    prefetch: fc.integer({ min: 0, max: 2 }),
  })
  .map(({ loads, products, prefetch }): WarpProgram => [
    ...loads.map((cost) => ({ unit: "shared" as const, ...cost, after: [] })),
    ...products.map((cost, i) => ({
      unit: "tensor" as const,
      ...cost,
      after: [
        { on: loads.length + i, iterationsBack: 1 },
        ...loads.map((_, on) => ({ on, iterationsBack: prefetch })),
      ],
    })),
  ])
