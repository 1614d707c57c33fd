/** Flags of a run that only some kinds of machine know. */
import type { Machine } from "../../arch/machine.ts"
import { UnsupportedError } from "../../arch/errors.ts"
import type { RunSpec } from "./run-spec.ts"

const flags = {
  training: "--train",
  dataflow: "--dataflow",
  metadata: "--metadata",
  ablate: "--ablate",
  optimizer: "--optimizer",
  objective: "--objective",
  schedule: "--schedule",
  detail: "--detail",
  design: "--design",
  unstructured: "--sparsity with a share of zeros",
  layerZeros: "--sparsity-file with shares of zeros",
  ownZeros: "--sparsity weights",
  library: "--library",
  activationDensity: "--activation-density",
  warmUp: "--warm-up",
  traceFormat: "--trace-format",
} as const satisfies Partial<Record<keyof RunSpec, string>>
export type KindFlag = keyof typeof flags

/** Where a flag is left out, the spec has no value, nothing in a list, or this. */
const defaults: Partial<Record<KindFlag, string>> = { objective: "time", detail: "stage" }

const isGiven = (spec: RunSpec, flag: KindFlag): boolean => {
  const value = spec[flag]
  return value !== undefined && value !== defaults[flag] && !(Array.isArray(value) && value.length === 0)
}

/** Refuses what a kind of machine does not know, so that no flag is silently without effect. @throws UnsupportedError */
export const refuseOtherFlags = (machine: Machine, spec: RunSpec, known: readonly KindFlag[]): void => {
  const [other] = (Object.keys(flags) as KindFlag[]).filter(
    (flag) => isGiven(spec, flag) && !known.includes(flag),
  )
  if (other === undefined) return
  const name = machine.kind.replace("-", " ")
  throw new UnsupportedError({
    message: `${flags[other]}: ${machine.id} is ${/^[aeiou]/.test(name) ? "an" : "a"} ${name} machine, for which it has no meaning`,
    remedy:
      other === "training"
        ? "Leave it out to run inference, or take an array machine such as sat-vcu1525 for a training step."
        : `Leave it out; of these flags it takes ${known.map((flag) => flags[flag]).join(", ")}.`,
  })
}
