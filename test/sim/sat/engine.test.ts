/** The array engine's traces: well formed, complete and the same every time. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { loadArrayMachine } from "../../../arch/machine-catalogue.ts"
import { gemmLayers, type Network } from "../../../dataflows/network.ts"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { trainingMethods } from "../../../dataflows/training-method.ts"
import { aggregate, totalOf } from "../../../reports/aggregate.ts"
import { energyReport } from "../../../reports/energy.ts"
import { operationsOf } from "../../../reports/operation-counts.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { planCycles, planRun } from "../../../sim/sat/plan.ts"
import { arrayModel } from "../../../sim/sat/stage-cost.ts"
import { mapRun, modelOptions } from "../../../src/run/map-run.ts"
import { type ArrayRunInput, denseTwin } from "../../../src/run/run-input.ts"
import { simulate } from "../../../src/run/simulate.ts"
import { ablations, type RunSpec } from "../../../src/run/run-spec.ts"
import { buildNetwork } from "../../../src/workload/networks/build-network.ts"
import { smallNetwork } from "../../arbitraries/network.ts"
import { runs } from "../../arbitraries/runs.ts"

const machine = loadArrayMachine("sat-vcu1525")

const input = (network: Network, spec: Partial<RunSpec> = {}): ArrayRunInput => ({
  spec: {
    workload: network.id,
    machine: machine.id,
    overrides: [],
    ablate: [],
    objective: "time",
    seed: 1,
    detail: "stage",
    compat: "none",
    ...spec,
  },
  network,
  machine,
  warnings: [],
})

/** Networks that end in a classifier, so that there is always something to prune. */
const prunableNetwork = smallNetwork.map((network): Network => ({
  ...network,
  layers: [
    ...network.layers,
    { id: "classifier", op: { kind: "linear", rows: 3, inFeatures: 24, outFeatures: 10 } },
  ],
}))

const nm = { n: 2, m: 8 }
const settings = fc.record({
  training: fc.option(fc.constantFrom(...trainingMethods), { nil: undefined }),
  ablate: fc.subarray([...ablations]),
  objective: fc.constantFrom("time", "energy" as const),
  detail: fc.constantFrom("stage", "tile" as const),
  pattern: fc.constantFrom({ n: 1, m: 4 }, nm, { n: 2, m: 16 }, { n: 3, m: 5 }),
})

const runOf = (network: Network, spec: Partial<RunSpec>): Trace => {
  const { training, ...rest } = spec
  return simulate(input(network, training === undefined ? rest : { ...rest, training })).trace
}

describe("a trace of the array engine", () => {
  it("is well formed for any network, method, pattern and level of detail (X63–X67, T36)", () => {
    fc.assert(
      fc.property(prunableNetwork, settings, (network, spec) => {
        expect(checkTrace(runOf(network, spec as Partial<RunSpec>))).toEqual([])
      }),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it("lasts as long as the closed form says (no trace needed for what-if)", () => {
    fc.assert(
      fc.property(prunableNetwork, settings, (network, spec) => {
        const run = input(network, spec as Partial<RunSpec>)
        expect(simulate(run).cycles).toBe(
          planCycles(planRun(mapRun(run), arrayModel(machine, modelOptions(run.spec)))),
        )
      }),
      { numRuns: Math.ceil(runs / 5) },
    )
  })

  it("prices every counter (E49)", () => {
    fc.assert(
      fc.property(prunableNetwork, settings, (network, spec) => {
        const energy = energyReport(aggregate(runOf(network, spec as Partial<RunSpec>)))
        expect(energy?.total).toBeGreaterThan(0)
      }),
      { numRuns: Math.ceil(runs / 10) },
    )
  })

  it("counts useful ≤ non-zero ≤ dense-equivalent and useful ≤ issued in every stage", () => {
    const { counters, strings } = runOf(buildNetwork("resnet18-cifar"), { training: "bdwp", pattern: nm })
    const ops = new Map<number, Record<string, number>>()
    for (let i = 0; i < counters.length; i++) {
      if (strings[counters.component[i]] !== "ops") continue
      const of = ops.get(counters.span[i]) ?? {}
      of[strings[counters.action[i]]] = counters.count[i]
      ops.set(counters.span[i], of)
    }
    expect(ops.size).toBeGreaterThan(50)
    for (const of of ops.values()) {
      expect(of["useful"]).toBeLessThanOrEqual(of["non-zero"])
      expect(of["non-zero"]).toBeLessThanOrEqual(of["dense-equivalent"])
      expect(of["useful"]).toBeLessThanOrEqual(of["issued"])
    }
  })

  it("says whose bytes DRAM moves, and they sum to all that it moves", () => {
    fc.assert(
      fc.property(prunableNetwork, settings, (network, spec) => {
        const { counters, strings } = runOf(network, spec as Partial<RunSpec>)
        const sums = { read: [0, 0], write: [0, 0] }
        for (let i = 0; i < counters.length; i++) {
          const component = strings[counters.component[i]]
          const action = strings[counters.action[i]]
          if (action !== "read" && action !== "write") continue
          if (component === "dram") sums[action][0] += counters.count[i]
          if (component.startsWith("traffic.")) sums[action][1] += counters.count[i]
        }
        for (const [moved, attributed] of [sums.read, sums.write]) {
          expect(Math.abs(moved - attributed)).toBeLessThanOrEqual(1e-9 * (1 + moved))
        }
      }),
      { numRuns: Math.ceil(runs / 10) },
    )
  })

  it("has three times the forward MACs in a dense step, less the first layer's input gradient", () => {
    const network = buildNetwork("vgg19-cifar")
    const run = aggregate(runOf(network, { training: "dense" }))
    const layers = gemmLayers(network).map(({ op }) => forwardMacs(op))
    const forward = layers.reduce((sum, macs) => sum + macs, 0)
    expect(operationsOf(run, totalOf(run))["dense-equivalent"]).toBe(3 * forward - layers[0])
  })

  it("is equal, row for row, when made again", () => {
    const make = (): Trace => runOf(buildNetwork("mobilenet-v2"), { training: "bdwp", pattern: nm })
    expect(make()).toEqual(make())
  })
})

describe("sparse against dense on the same machine", () => {
  it("is never faster than its operations allow", () => {
    fc.assert(
      fc.property(
        prunableNetwork,
        fc.constantFrom("sr-ste", "sdgp", "bdwp" as const),
        (network, training) => {
          const run = input(network, { training, pattern: nm })
          const sparse = simulate(run)
          const dense = simulate(denseTwin(run))
          // Pruning adds masks and removes work; M/N is the most that any product can gain.
          expect(dense.cycles / sparse.cycles).toBeLessThanOrEqual(nm.m / nm.n + 0.05)
        },
      ),
      { numRuns: Math.ceil(runs / 10) },
    )
  })

  it("gains more from both passes than from either alone", () => {
    const network = buildNetwork("resnet18-cifar", { batch: 16 })
    const cycles = (training: RunSpec["training"]): number =>
      simulate(input(network, training === undefined ? {} : { training, pattern: nm })).cycles
    expect(cycles("bdwp")).toBeLessThan(cycles("sr-ste"))
    expect(cycles("bdwp")).toBeLessThan(cycles("sdgp"))
    expect(cycles("sr-ste")).toBeLessThan(cycles("dense"))
  })

  it("costs more when masks are made inline than behind the update", () => {
    const network = buildNetwork("resnet18-cifar", { batch: 1 })
    const cycles = (ablate: RunSpec["ablate"]): number =>
      simulate(input(network, { training: "bdwp", pattern: nm, ablate })).cycles
    expect(cycles([])).toBeLessThan(cycles(["pregeneration"]))
  })

  it("gains nothing on a depthwise layer: there is one channel to prune", () => {
    const network = buildNetwork("mobilenet-v1")
    const run = input(network, { pattern: nm })
    const of = (trace: Trace): number => {
      const { spans, strings } = trace
      const layer = network.layers.find(({ op }) => op.kind === "conv2d" && op.groups > 1)?.id ?? ""
      return spans.duration[Array.from(spans.name).indexOf(strings.indexOf(layer))]
    }
    expect(of(simulate(run).trace)).toBe(of(simulate(denseTwin(run)).trace))
  })
})
