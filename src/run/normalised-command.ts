/** The command that repeats a run. */
import { formatPattern } from "../../dataflows/sparsity/pattern/pattern-text.ts"
import { isBranchTraceName } from "../workload/branch-trace/branch-trace-name.ts"
import { formatUnstructured } from "./run-input.ts"
import type { RunSpec } from "./run-spec.ts"

/** The command that repeats the run in the folder of its files: base names, no output path. */
export const normalisedCommand = (spec: RunSpec): string => {
  const base = (path: string): string => path.split(/[/\\]/).at(-1) ?? path
  // A slash in a network's name, as in vit-b/16, starts no file name.
  const workload =
    /\.(onnx|csv)$/i.test(spec.workload) || isBranchTraceName(spec.workload)
      ? base(spec.workload)
      : spec.workload
  const words = ["sparsim", "run", workload]
  if (spec.cfg === undefined) {
    words.push("--on", base(spec.machine))
  } else {
    words.push("--cfg", base(spec.cfg))
    if (spec.compat === "none") words.push("--compat", "none")
  }
  const { layerPatterns } = spec
  if (layerPatterns !== undefined) words.push("--sparsity-file", base(layerPatterns.file))
  // The file's own default is not said twice.
  if (spec.pattern !== undefined && layerPatterns?.default === undefined) {
    words.push("--sparsity", formatPattern(spec.pattern))
  }
  if (spec.unstructured !== undefined) words.push("--sparsity", formatUnstructured(spec.unstructured))
  if (spec.layerZeros !== undefined) words.push("--sparsity-file", base(spec.layerZeros.file))
  if (spec.ownZeros) words.push("--sparsity", "weights")
  if (spec.library !== undefined) words.push("--library", spec.library)
  if (spec.dtype !== undefined) words.push("--dtype", spec.dtype)
  if (spec.design !== undefined) words.push("--design", spec.design)
  if (spec.activationDensity !== undefined) {
    words.push("--activation-density", String(spec.activationDensity))
  }
  if (spec.metadata !== undefined) words.push("--metadata", spec.metadata)
  if (spec.training !== undefined) words.push("--train", spec.training)
  if (spec.batch !== undefined) words.push("--batch", String(spec.batch))
  if (spec.input !== undefined) words.push("--input", spec.input)
  if (spec.imageSize !== undefined) words.push("--image-size", String(spec.imageSize))
  if (spec.seq !== undefined) words.push("--seq", String(spec.seq))
  if (spec.phase !== undefined) words.push("--phase", spec.phase)
  if (spec.kv !== undefined) words.push("--kv", String(spec.kv))
  for (const [name, shape] of Object.entries(spec.inputShapes ?? {})) {
    words.push("--input-shape", `${name}=${shape.join("x")}`)
  }
  if (spec.dataflow !== undefined) words.push("--dataflow", spec.dataflow)
  for (const feature of spec.ablate) words.push("--ablate", feature)
  if (spec.optimizer !== undefined) words.push("--optimizer", spec.optimizer)
  if (spec.objective !== "time") words.push("--objective", spec.objective)
  if (spec.scheduleFile !== undefined) words.push("--schedule", base(spec.scheduleFile))
  if (spec.energyTable !== undefined) words.push("--energy", base(spec.energyTable))
  if (spec.warmUp !== undefined) words.push("--warm-up", String(spec.warmUp))
  if (spec.traceFormat !== undefined) words.push("--trace-format", spec.traceFormat)
  if (spec.detail === "tile") words.push("--detail", "tile")
  if (spec.seed !== 1) words.push("--seed", String(spec.seed))
  for (const { path, value, unit } of spec.overrides) words.push("--set", `${path}=${value}${unit ?? ""}`)
  return words.map(shellWord).join(" ")
}

/** A word as a shell reads it: quoted where it holds more than letters, digits and harmless signs. */
const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
