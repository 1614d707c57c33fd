/** Whole networks on one core of a CPU: latency, speed-up of sparse weights, and where they begin to pay. */
import { cpuLibrary, cpuLibraryIds } from "../../../arch/cpu-library.ts"
import type { CpuMachine } from "../../../arch/machine.ts"
import { loadMachine } from "../../../arch/machine-catalogue.ts"
import type { Network } from "../../../dataflows/network.ts"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { lanes } from "../../../sim/cpu/network/core-rates.ts"
import { releaseOf } from "../../../sim/cpu/network/library-release.ts"
import { planCpu, plannedCycles } from "../../../sim/cpu/network/plan-cpu.ts"
import {
  type BlockRule,
  type NetworkSparsity,
  pointwiseSparsity,
} from "../../../sim/cpu/network/weight-sparsity.ts"
import { buildNetwork } from "../../workload/networks/build-network.ts"
import type { ValidationCase } from "../case-file.ts"
import { type Predictor, type Unsupported, unsupported } from "../prediction.ts"
import { text } from "../workload-fields.ts"

/** Blocks as the papers describe them. The first counts blocks from 0, networks here count theirs from 1. */
const blockRule = (words: string): BlockRule => {
  if (/4x1 blocks in last/.test(words)) return { block: 4, from: "last" }
  const later = /block (2|4) from block (\d+)/.exec(words)
  if (later !== null) return { block: later[1] === "2" ? 2 : 4, from: Number(later[2]) + 1 }
  if (/1x4|4x1/.test(words)) return { block: 4, from: 1 }
  if (/1x2|2x1/.test(words)) return { block: 2, from: 1 }
  return { block: 1, from: 1 }
}

interface NetworkCase {
  readonly machine: CpuMachine
  readonly network: Network
  readonly library: string
  /** What of the network is zero at a share of zeros. */
  readonly sparsity: (zeros: number) => NetworkSparsity
}

const cached = new Map<string, Network>()

/** A built-in network of a width and image size, built once. @throws ConfigError for an unknown one */
const networkOf = (name: string, width: number, imageSize: number | undefined): Network => {
  const key = `${name}@${width}/${imageSize ?? ""}`
  const known = cached.get(key)
  if (known !== undefined) return known
  const network = buildNetwork(name, {
    ...(width === 1 ? {} : { width }),
    ...(imageSize === undefined ? {} : { imageSize }),
  })
  cached.set(key, network)
  return network
}

const positive = (value: unknown, otherwise: number): number | undefined =>
  value === undefined ? otherwise : typeof value === "number" && value > 0 ? value : undefined

const caseOf = (validationCase: ValidationCase): NetworkCase | Unsupported => {
  const { workload } = validationCase
  const machine = loadMachine(validationCase.machine)
  if (machine.kind !== "cpu") return unsupported(`${machine.id} is not a CPU`)
  if ((workload["threads"] ?? 1) !== 1) return unsupported("networks on CPUs are predicted for one thread")
  if ((workload["dtype"] ?? "fp32") !== "fp32") return unsupported("networks on CPUs are predicted in fp32")
  const library = text(validationCase, "library") ?? ""
  if (!cpuLibraryIds().includes(library)) return unsupported(`no catalogue of the library ${library}`)
  const width = positive(workload["width"], 1)
  const imageSize = positive(workload["input"], 224)
  if (width === undefined || imageSize === undefined) {
    return unsupported("width and input must be numbers above 0")
  }
  const name = text(validationCase, "network") ?? ""
  const network = networkOf(name, width, workload["input"] === undefined ? undefined : imageSize)
  const words = text(validationCase, "blockPattern") ?? ""
  return {
    machine,
    network,
    library,
    sparsity: (zeros) => {
      const convolutions = pointwiseSparsity(network, zeros, blockRule(words))
      if (zeros === 0 || !/sparse FC/.test(words)) return convolutions
      const layers = network.layers.filter(({ op }) => op.kind === "linear")
      return new Map([...convolutions, ...layers.map(({ id }) => [id, { zeros, block: 1 }] as const)])
    },
  }
}

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
  const asked = caseOf(validationCase)
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
