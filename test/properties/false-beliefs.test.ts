/** Beliefs about sparse machines that are common and false, each with a counter-example from the models. */
import { describe, expect, it } from "vitest"
import { loadArrayMachine, type Override } from "../../arch/machine-catalogue.ts"
import { aggregate } from "../../reports/aggregate.ts"
import { energyReport } from "../../reports/energy.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { simulateOnArray as simulate } from "../../src/run/array-run.ts"
import { type ArrayRunInput, denseTwin } from "../../src/run/run-input.ts"
import { buildNetwork } from "../../src/workload/networks/build-network.ts"
import { readOperatorSpec } from "../../src/workload/operator-spec.ts"
import type { Network } from "../../dataflows/network.ts"

const input = (
  network: Network,
  machine: string,
  spec: Partial<RunSpec> = {},
  overrides: readonly Override[] = [],
): ArrayRunInput => ({
  spec: {
    workload: network.id,
    machine,
    overrides: [],
    ablate: [],
    objective: "time",
    seed: 1,
    detail: "stage",
    compat: "none",
    ...spec,
  },
  network,
  machine: loadArrayMachine(machine, overrides),
  warnings: [],
})

/** Two equal products: the first layer of a network stays dense, so the second is the one that is pruned. */
const twice = (spec: string): Network => {
  const [layer] = readOperatorSpec(spec).layers
  return {
    id: spec,
    name: spec,
    batch: 1,
    source: "made for a test",
    layers: [layer, { ...layer, id: `${layer.id}-pruned` }],
  }
}

const secondLayer = (run: ArrayRunInput): number => {
  const { stages } = simulate(run)
  return stages[1].cost.cycles
}

const speedupOf = (network: Network, spec: Partial<RunSpec>, overrides: readonly Override[]): number => {
  const run = input(network, "sat-vcu1525", { pattern: { n: 2, m: 4 }, ...spec }, overrides)
  return secondLayer(denseTwin(run)) / secondLayer(run)
}

describe("commonly believed but false", () => {
  it("2:4 makes a product twice as fast: one row of activations gains only what its weights shrink, 1.78×", () => {
    // 16-bit values with 2-bit indices: 64 bits become 36 (analysis of compressed sizes, 2:4 at 16 bits).
    const gain = speedupOf(twice("gemm:1x4096x4096"), {}, [{ path: "dram.bandwidth", value: 4e9 }])
    expect(gain).toBeGreaterThan(1.7)
    expect(gain).toBeLessThan(64 / 36 + 0.01)
  })

  it("half the weights halve the time: a reduction that fits one weight-stationary fold gains nothing", () => {
    expect(speedupOf(twice("gemm:4096x32x32"), { dataflow: "ws" }, [])).toBeLessThan(1.05)
  })

  it("faster takes less energy: MobileNet v2 runs faster weight-stationary, and takes more for it", () => {
    const network = buildNetwork("mobilenet-v2")
    const of = (dataflow: "os" | "ws"): readonly [number, number] => {
      const { trace, cycles } = simulate(input(network, "systolic-32x32", { dataflow }))
      return [cycles, energyReport(aggregate(trace))?.dynamic ?? 0]
    }
    const [fastCycles, fastEnergy] = of("ws")
    const [slowCycles, slowEnergy] = of("os")
    expect(fastCycles).toBeLessThan(0.7 * slowCycles)
    expect(fastEnergy).toBeGreaterThan(1.05 * slowEnergy)
  })

  it("the stalls of all units together are the time lost: units overlap, so only one track's sum to the run", () => {
    const run = input(buildNetwork("resnet18-cifar"), "sat-vcu1525")
    const { trace, cycles } = simulate(run)
    const { counters, strings } = trace
    let onArray = 0
    let onAll = 0
    for (let i = 0; i < counters.length; i++) {
      const component = strings[counters.component[i]]
      if (!component.startsWith("time.")) continue
      onAll += counters.count[i]
      if (component === "time.array") onArray += counters.count[i]
    }
    expect(onArray).toBe(cycles)
    expect(onAll).toBeGreaterThan(1.5 * cycles)
  })

  it("a larger array is faster on a whole network: at batch 1 the edge of 64 gains far less than 4×", () => {
    const network = buildNetwork("mobilenet-v2")
    const cycles = (machine: string): number => simulate(input(network, machine)).cycles
    const gain = cycles("systolic-32x32") / cycles("systolic-64x64")
    expect(gain).toBeLessThan(2.5)
  })
})
