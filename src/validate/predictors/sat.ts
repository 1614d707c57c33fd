/** SAT: what follows from its method by arithmetic, and its one published speed-up. */
import { loadArrayMachine } from "../../../arch/machine-catalogue.ts"
import { idealOperationShare, trainingOperations } from "../../../dataflows/operation-count.ts"
import { compressedBitsPerGroup } from "../../../dataflows/sparsity/compressed-size.ts"
import type { NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { TrainingMethod } from "../../../dataflows/training-method.ts"
import { soreCycles } from "../../../sim/sat/stage-cost.ts"
import { paperNetworks, trainingSpeedupStudy } from "../../study/training-speedup.ts"
import { buildNetwork } from "../../workload/networks/build-network.ts"
import type { ValidationCase } from "../case-file.ts"
import { type Prediction, type Predictor, type Unsupported, unsupported } from "../prediction.ts"
import { pattern, size, text } from "../workload-fields.ts"

const methodOf = (name: string | undefined): TrainingMethod | undefined => {
  if (name === undefined) return undefined
  if (/bdwp/i.test(name)) return "bdwp"
  if (/sr-ste/i.test(name)) return "sr-ste"
  if (/sdgp/i.test(name)) return "sdgp"
  return undefined
}

/** Mean speed-up of a method over dense training on the same machine, over the paper's networks. */
export const meanTrainingSpeedup = (machineId: string, method: TrainingMethod, nm: NmPattern): number =>
  trainingSpeedupStudy({
    machine: loadArrayMachine(machineId),
    method,
    pattern: nm,
    networks: paperNetworks,
    samples: 0,
    seed: 1,
    tornado: false,
  }).mean.value

type Metric = (validationCase: ValidationCase, nm: NmPattern) => Prediction | Unsupported

const predicted = (validationCase: ValidationCase, value: number, baseline?: number): Prediction => ({
  kind: "prediction",
  predicted: value,
  group: text(validationCase, "kind") ?? "",
  ...(baseline === undefined ? {} : { baseline }),
})

/** A published figure that the machine file or the case itself holds: checked, but no prediction of the model. */
const restated = (validationCase: ValidationCase, value: number): Prediction => ({
  ...predicted(validationCase, value),
  group: "published figures restated",
})

const metrics: Readonly<Record<string, Metric>> = {
  training_ops_reduction: (validationCase, nm) => {
    const method = methodOf(text(validationCase, "method"))
    if (text(validationCase, "pattern") === undefined) return unsupported("the source states no N:M pattern")
    if (method === undefined) return unsupported(`unknown training method ${text(validationCase, "method")}`)
    const ideal = (1 - idealOperationShare(method, nm)) * 100
    const name = text(validationCase, "network")
    if (name === undefined) return predicted(validationCase, ideal, ideal)
    const { dense, sparse } = trainingOperations(buildNetwork(name, {}), method, nm)
    return predicted(validationCase, (1 - sparse / dense) * 100, ideal)
  },
  op_limited_speedup: (validationCase, nm) => {
    const method = methodOf(text(validationCase, "method"))
    if (method === undefined) return unsupported(`unknown training method ${text(validationCase, "method")}`)
    return predicted(validationCase, 1 / idealOperationShare(method, nm), nm.m / nm.n)
  },
  sore_cycles: (validationCase, nm) => {
    const weights = size(validationCase, "weights")
    const lanes = size(validationCase, "lanes")
    const directions = size(validationCase, "directions") ?? 1
    if (weights === undefined || lanes === undefined) return unsupported("workload needs weights and lanes")
    const fill = text(validationCase, "fill") === "excluded" ? 0 : nm.m
    return predicted(validationCase, soreCycles(weights, directions, lanes, fill))
  },
  parallel_lanes: (validationCase) =>
    restated(validationCase, loadArrayMachine(validationCase.machine).sore.lanes.value),
  compressed_bits_per_group: (validationCase, nm) => {
    const valueBits = size(validationCase, "value_bits")
    if (valueBits === undefined) return unsupported("workload needs value_bits")
    return predicted(validationCase, compressedBitsPerGroup(nm, valueBits, "index"), valueBits * nm.m)
  },
  fraction_of_op_limited_speedup: (validationCase) => {
    const { speedup, ops_reduction: reduction } = validationCase.workload
    if (typeof speedup !== "number" || typeof reduction !== "number") {
      return unsupported("workload needs speedup and ops_reduction")
    }
    return restated(validationCase, speedup * (1 - reduction / 100))
  },
  training_time_speedup: (validationCase, nm) =>
    predicted(
      validationCase,
      meanTrainingSpeedup(validationCase.machine, "bdwp", nm),
      1 / idealOperationShare("bdwp", nm),
    ),
}

/** Metrics that no model here has, with the reason. */
const unmodelled: ReadonlyMap<string, string> = new Map([
  ["accuracy_loss", "accuracy is not modelled"],
  ["throughput_ratio", "the accelerators compared with are not named in any readable source"],
  ["energy_efficiency_ratio", "the accelerators compared with are not named in any readable source"],
])

export const predictSat: Predictor = (validationCase) => {
  if (validationCase.model !== "sat" || validationCase.machine !== "sat-vcu1525") return undefined
  const reason = unmodelled.get(validationCase.metric)
  if (reason !== undefined) return unsupported(reason)
  if (!Object.hasOwn(metrics, validationCase.metric)) {
    return unsupported(`unknown metric ${validationCase.metric}`)
  }
  const metric = metrics[validationCase.metric]
  const nm = pattern(validationCase, "pattern")
  return nm === undefined ? unsupported("workload.pattern is not N:M") : metric(validationCase, nm)
}
