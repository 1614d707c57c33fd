/** Whole networks on one core of a CPU: latency, speed-up of sparse weights, and where they begin to pay. */
import { cpuLibrary } from "../../../arch/cpu-library.ts"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { lanes } from "../../../sim/cpu/network/core-rates.ts"
import { releaseOf } from "../../../sim/cpu/network/library-release.ts"
import { planCpu, plannedCycles } from "../../../sim/cpu/network/plan-cpu.ts"
import { type NetworkCase, networkCaseOf } from "../network-case-of.ts"
import { type Predictor, unsupported } from "../prediction.ts"
import { text } from "../workload-fields.ts"

const secondsOf = ({ machine, network, library, sparsity }: NetworkCase, zeros: number): number =>
  plannedCycles(planCpu(network, sparsity(zeros), machine, cpuLibrary(releaseOf(machine, library)))) /
  machine.clock.value

/** Multiply-accumulates that are not pruned away at the core's peak. Seconds. */
const flopsOverPeak = ({ machine, network, sparsity }: NetworkCase, zeros: number): number => {
  const sparse = sparsity(zeros)
  const macs = network.layers.reduce(
    (sum, { id, op }) => sum + forwardMacs(op) * (1 - (sparse.get(id)?.zeros ?? 0)),
    0,
  )
  return macs / (machine.family.vectorFma.value * lanes * machine.clock.value)
}

/** The least share of zeros, in steps of a hundredth, at which the network is faster than dense; 1 where it never is. */
const breakEven = (asked: NetworkCase): number => {
  const dense = secondsOf(asked, 0)
  for (let percent = 1; percent < 100; percent++) {
    if (secondsOf(asked, percent / 100) < dense) return percent / 100
  }
  return 1
}

const weakness = (zeros: number, library: string): string =>
  zeros > 0
    ? "no time of a single sparse layer on such a core is published: one cost of a kept weight stands for all of them"
    : `releases of ${library} differ by tens of percent on one core, and the source does not say which it ran`

export const predictCpuNetwork: Predictor = (validationCase) => {
  if (validationCase.model !== "cpu") return undefined
  const kind = text(validationCase, "kind")
  if (kind !== "network" && kind !== "break-even") return undefined
  const asked = networkCaseOf(validationCase)
  if ("kind" in asked) return asked
  const { metric, unit, workload } = validationCase
  const zeros = workload["sparsity"] ?? 0
  if (typeof zeros !== "number" || !(zeros >= 0 && zeros < 1)) {
    return unsupported("sparsity must be a share of zeros from 0 to below 1")
  }
  const group = `network ${asked.library} on ${asked.machine.id}, ${zeros > 0 ? "sparse" : "dense"}`
  if (kind === "break-even") {
    if (unit !== "fraction") return unsupported(`${metric} in ${unit}: expected a fraction`)
    return {
      kind: "prediction",
      predicted: breakEven(asked),
      group: `break-even ${asked.library} on ${asked.machine.id}`,
      weakness:
        "the same library's own figures disagree: 1.05 times as fast at half of the weights cannot begin to pay at 0.3",
    }
  }
  if (metric === "time" && unit === "ms") {
    return {
      kind: "prediction",
      predicted: secondsOf(asked, zeros) * 1e3,
      baseline: flopsOverPeak(asked, zeros) * 1e3,
      group,
      weakness: weakness(zeros, asked.library),
    }
  }
  if (metric === "speedup over dense" && unit === "x") {
    return {
      kind: "prediction",
      predicted: secondsOf(asked, 0) / secondsOf(asked, zeros),
      baseline: flopsOverPeak(asked, 0) / flopsOverPeak(asked, zeros),
      group: `speed-up ${asked.library} on ${asked.machine.id}`,
      weakness: weakness(zeros, asked.library),
    }
  }
  return unsupported(
    `${metric} in ${unit}: networks on CPUs are predicted as time in ms or speedup over dense in x`,
  )
}
