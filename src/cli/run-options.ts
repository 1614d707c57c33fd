/** Options that commands share, and those of `run`. */
import { type Command, InvalidArgumentError, Option } from "commander"
import { defaultMachine } from "./defaults.ts"

const layerCount = (text: string): number | "all" => {
  if (text === "all") return "all"
  const n = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!Number.isInteger(n)) throw new InvalidArgumentError("expected a whole number or all.")
  return n
}

/** Adds a value to those of an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

/** What every command has. */
export const outputOptions = (command: Command): Command =>
  command
    .option("--json", "print JSON on standard output and nothing else")
    .option("--quiet", "no progress, no notes")

/** What shapes a workload; `run` and `describe` have it. */
export const workloadOptions = (command: Command): Command =>
  command
    .option("--batch <n>", "images or sequences at once")
    .option("--input <set>", "data set of a built-in network: imagenet, cifar, cifar100")
    .option("--image-size <pixels>", "side of the square image")
    .option("--seq <tokens>", "tokens of a transformer's input")
    .option("--phase <phase>", "decoder: prefill or decode")
    .option("--kv <tokens>", "decoder, decode: positions in the key-value cache")
    .option(
      "--input-shape <name=shape>",
      "shape of an ONNX input, e.g. x=1x3x640x640 (repeatable)",
      collect,
      [],
    )
    .option("--cfg <file>", "SCALE-Sim configuration of a .csv topology")
    .option(
      "--set <path=value>",
      "replace a number of the machine, e.g. dram.bandwidth=100GB/s (repeatable)",
      collect,
      [],
    )

/** Everything that `run` can be asked. */
export const runOptions = (command: Command): Command =>
  outputOptions(
    workloadOptions(command)
      .option("--on <machine>", `a machine's id, or a YAML file (default: "${defaultMachine}")`)
      .option(
        "--sparsity <pattern>",
        "pattern of the pruned operand: 2:8, dbb4:8, v64:2:8; on CPUs 90%, or weights for the zeros that the model has",
      )
      .option("--sparsity-file <file>", "patterns of single layers (YAML); on CPUs shares of zeros")
      .option("--metadata <format>", "positions of kept values: index, bitmap or combinadic")
      .option(
        "--train <method>",
        "one training step: dense, sr-ste, sdgp, bdwp, transposable, bi-mask, mvue, fst, or custom:FF=W,BP=W,WU=G; without it, inference",
      )
      .option("--dataflow <name>", "os, ws or is for every product; without it, the best of the machine's")
      .option(
        "--ablate <feature>",
        "switch a feature off: pregeneration, interleave, scheduling, fusion or double-buffering (repeatable)",
        collect,
        [],
      )
      .option("--ablations", "also print what each feature buys")
      .option("--optimizer <name>", "weight update: sgd, momentum, adam or adamw (momentum)")
      .option("--objective <what>", "what the offline schedule is for: time or energy", "time")
      .option("--schedule <file>", "use the mappings of a saved schedule")
      .option("--save-schedule <file>", "save the schedule: dataflow, tile and loop order of every product")
      .option("--design <name>", "design of a machine that has several (sparseloop-stc-45nm)")
      .option("--library <name>", "kernels on a CPU: xnnpack, fastconvnets, ncnn, mnn (xnnpack)")
      .option(
        "--activation-density <share>",
        "share of activations that are not zero, where a design skips them",
      )
      .option(
        "--dtype <format>",
        "number format: the machine's own, or one of a GPU's (fp16, bf16, fp8, int8)",
      )
      .option("--energy <table>", "energy table, e.g. horowitz-45nm or horowitz-45nm@16nm")
      .option(
        "--compat <tool>",
        "scalesim counts as SCALE-Sim v3 does (the default with --cfg), none does not",
      )
      .option("--warm-up <instructions>", "start of a branch trace that only trains the predictor (0)")
      .option("--trace-format <name>", "format of a branch trace, where it is not found out")
      .option("--seed <n>", "seed of whatever is random", "1")
      .option(
        "--detail <level>",
        "spans in the trace: stage or tile (on CPUs also instructions of a sampled stretch)",
        "stage",
      )
      .addOption(
        new Option("--layers <n>", "layers shown, slowest first, or all").argParser(layerCount).default(12),
      )
      .option("--no-band", "do not work out uncertainty bands")
      .option("-o, --out <dir>", "write the trace into this folder")
      .option("--report <file>", "write a page (HTML)"),
  )
