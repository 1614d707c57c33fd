/** A validation case of a whole network on one CPU core, read. */
import { cpuLibraryIds } from "../../arch/cpu-library.ts"
import type { CpuMachine } from "../../arch/machine.ts"
import { loadMachine } from "../../arch/machine-catalogue.ts"
import type { Network } from "../../dataflows/network.ts"
import {
  type BlockRule,
  type NetworkSparsity,
  pointwiseSparsity,
  type WeightSparsity,
} from "../../sim/cpu/network/weight-sparsity.ts"
import { buildNetwork } from "../workload/networks/build-network.ts"
import type { ValidationCase } from "./case-file.ts"
import { type Unsupported, unsupported } from "./prediction.ts"
import { text } from "./workload-fields.ts"

/** Blocks as the papers describe them. The first counts blocks from 0, networks here count theirs from 1. */
const blockRule = (words: string): BlockRule => {
  if (/4x1 blocks in last/.test(words)) return { block: 4, from: "last" }
  const later = /block (2|4) from block (\d+)/.exec(words)
  if (later !== null) return { block: later[1] === "2" ? 2 : 4, from: Number(later[2]) + 1 }
  if (/1x4|4x1/.test(words)) return { block: 4, from: 1 }
  if (/1x2|2x1/.test(words)) return { block: 2, from: 1 }
  return { block: 1, from: 1 }
}

export interface NetworkCase {
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

/** @throws ConfigError for an unknown network or machine */
export const networkCaseOf = (validationCase: ValidationCase): NetworkCase | Unsupported => {
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
      return new Map<string, WeightSparsity>([
        ...convolutions,
        ...layers.map(({ id }) => [id, { zeros, block: 1 }] as const),
      ])
    },
  }
}
