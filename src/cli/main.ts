#!/usr/bin/env node
/** The command line. Commands are loaded when they run, so that a start costs little. */
import { Command, CommanderError, InvalidArgumentError, Option } from "commander"
import { version } from "../version.ts"
import { defaultMachine } from "./defaults.ts"
import type { RunFlags, StudyFlags } from "./run-flags.ts"
import { processTerminal } from "./terminal.ts"

const terminal = processTerminal()

/** A closed pipe (`| head`) ends the program without a word. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1)
})

const examples = (lines: readonly string[]): string =>
  `\nExamples:\n${lines.map((line) => `  $ ${line}`).join("\n")}\n`

const layerCount = (text: string): number | "all" => {
  if (text === "all") return "all"
  const n = Number(text)
  if (!Number.isInteger(n) || n < 0) throw new InvalidArgumentError("expected a whole number or all.")
  return n
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value]

const program = new Command("sparsim")
  .description("What does sparsity buy on this machine, and what holds it back?")
  .version(version, "-V, --version")
  .showHelpAfterError("(--help shows what is possible)")
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ writeErr: (text) => terminal.err(text.replace(/^error: /, "sparsim: ")) })
  .addHelpText(
    "after",
    examples([
      "sparsim run resnet50 --on sat-vcu1525 --train bdwp --sparsity 2:8 --batch 32 --report out.html",
      "sparsim run model.onnx --sparsity 2:4 -o traces",
      "sparsim run resnet18.csv --cfg scale.cfg -o out",
      'sparsim query traces/a.trace "SELECT name, sum(duration) FROM spans GROUP BY ALL"',
      "sparsim validate",
    ]),
  )

const workloadOptions = (command: Command): Command =>
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

workloadOptions(
  program
    .command("run")
    .description("simulate a workload on a machine")
    .argument("<workload>", "a built-in network, an operator (gemm:…), or a file (.onnx, SCALE-Sim .csv)"),
)
  .option("--on <machine>", `a machine's id, or a YAML file (default: "${defaultMachine}")`)
  .option("--sparsity <pattern>", "pattern of the pruned operand: 2:8, dbb4:8, v64:2:8, 2:4x4:8")
  .option("--sparsity-file <file>", "patterns of single layers (YAML)")
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
  .option("--activation-density <share>", "share of activations that are not zero, where a design skips them")
  .option("--dtype <format>", "number format; it must be the machine's")
  .option("--energy <table>", "energy table, e.g. horowitz-45nm or horowitz-45nm@16nm")
  .option("--compat <tool>", "scalesim counts as SCALE-Sim v3 does (the default with --cfg), none does not")
  .option("--seed <n>", "seed of whatever is random", "1")
  .option("--detail <level>", "spans in the trace: stage or tile", "stage")
  .addOption(
    new Option("--layers <n>", "layers shown, slowest first, or all").argParser(layerCount).default(12),
  )
  .option("--no-band", "do not work out uncertainty bands")
  .option("-o, --out <dir>", "write the trace into this folder")
  .option("--report <file>", "write a page (HTML)")
  .option("--json", "print JSON on standard output and nothing else")
  .option("--quiet", "no progress, no notes")
  .addHelpText(
    "after",
    examples([
      "sparsim run resnet50 --train bdwp --sparsity 2:8 --batch 32",
      "sparsim run bert-base --seq 384 --sparsity 2:4 --on systolic-128x128",
      "sparsim run gemm:4096x4096x4096 --sparsity 2:8 --set dram.bandwidth=200GB/s",
      "sparsim run gemm:784x512x1152 --sparsity 2:4 --on sparseloop-stc-45nm --design STC",
      "sparsim run alexnet.csv --cfg a32_ws.cfg -o out",
    ]),
  )
  .action(async (workload: string, flags: RunFlags) => {
    const [{ runFromFlags }, { runCommand }] = await Promise.all([
      import("./run-flags.ts"),
      import("./edge.ts"),
    ])
    await runCommand(terminal, runFromFlags(workload, flags, terminal))
  })

program
  .command("compare")
  .description("compare two traces: speed-up, energy, what got slower")
  .argument("<a>", "trace folder of the base")
  .argument("<b>", "trace folder compared with it")
  .option("--report <file>", "write a page (HTML)")
  .option("--force", "compare runs of different workloads or batches all the same")
  .option("--fail-above <share>", "exit with 1 if B is slower than A by more than this, e.g. 5%")
  .option("--json", "print JSON on standard output and nothing else")
  .addHelpText(
    "after",
    examples([
      "sparsim compare dense.trace sparse.trace",
      "sparsim compare old.trace new.trace --fail-above 5%",
    ]),
  )
  .action(
    async (
      a: string,
      b: string,
      flags: { report?: string; failAbove?: string; json?: true; force?: true },
    ) => {
      const [{ attempt, runCommand }, { readShare, runCompare }, Effect] = await Promise.all([
        import("./edge.ts"),
        import("./commands/compare.ts"),
        import("effect/Effect"),
      ])
      const { report, failAbove } = flags
      const command = attempt(() => ({
        a,
        b,
        json: flags.json === true,
        force: flags.force === true,
        ...(report === undefined ? {} : { report }),
        ...(failAbove === undefined ? {} : { failAbove: readShare(failAbove) }),
      }))
      await runCommand(
        terminal,
        Effect.flatMap(command, (c) => runCompare(c, terminal)),
      )
    },
  )

program
  .command("report")
  .description("write pages from traces: one gives its page, two a comparison, more an index")
  .argument("<trace...>", "trace folders")
  .requiredOption("-o, --out <file>", "the page (HTML)")
  .addHelpText("after", examples(["sparsim report dense.trace sparse.trace -o comparison.html"]))
  .action(async (traces: string[], flags: { out: string }) => {
    const [{ runCommand }, { runReport }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/report.ts"),
    ])
    await runCommand(terminal, runReport({ traces, out: flags.out }, terminal))
  })

program
  .command("export")
  .description("write a trace in another tool's format")
  .argument("<trace>", "trace folder")
  .addOption(
    new Option("--to <format>", "format")
      .choices(["perfetto", "speedscope", "csv", "scalesim", "action-counts"])
      .makeOptionMandatory(),
  )
  .requiredOption("-o, --out <path>", "file, or folder for csv and scalesim")
  .addHelpText(
    "after",
    examples(["sparsim export a.trace --to perfetto -o a.json", "sparsim export a.trace --to csv -o a-csv"]),
  )
  .action(async (trace: string, flags: { to: string; out: string }) => {
    const [{ attempt, runCommand }, { exportFormats, runExport }, { readChoice }, Effect] = await Promise.all(
      [
        import("./edge.ts"),
        import("./commands/export.ts"),
        import("../run/run-spec.ts"),
        import("effect/Effect"),
      ],
    )
    const to = attempt(() => readChoice("--to", flags.to, exportFormats))
    await runCommand(
      terminal,
      Effect.flatMap(to, (format) => runExport({ trace, to: format, out: flags.out }, terminal)),
    )
  })

program
  .command("query")
  .description("answer an SQL question about a trace")
  .argument("<trace>", "trace folder")
  .argument("<sql>", "one SELECT over spans, counters, machine_numbers, tracks, energy")
  .option("--json", "print JSON on standard output and nothing else")
  .addHelpText(
    "after",
    examples([
      'sparsim query a.trace "SELECT component, action, sum(count) FROM counters GROUP BY ALL ORDER BY ALL"',
    ]),
  )
  .action(async (trace: string, sql: string, flags: { json?: true }) => {
    const [{ runCommand }, { runQuery }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/query.ts"),
    ])
    await runCommand(terminal, runQuery({ trace, sql, json: flags.json === true }, terminal))
  })

program
  .command("trace")
  .description("look into a trace folder")
  .command("check")
  .description("check that a trace is whole and well formed")
  .argument("<trace>", "trace folder")
  .option("--json", "print JSON on standard output and nothing else")
  .action(async (trace: string, flags: { json?: true }) => {
    const [{ runCommand }, { runTraceCheck }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/query.ts"),
    ])
    await runCommand(terminal, runTraceCheck({ trace, json: flags.json === true }, terminal))
  })

for (const [name, description] of [
  ["machines", "list the built-in machines"],
  ["networks", "list the built-in networks and operator specs"],
] as const) {
  program
    .command(name)
    .description(description)
    .option("--json", "print JSON on standard output and nothing else")
    .action(async (flags: { json?: true }) => {
      const [{ runCommand }, lists] = await Promise.all([import("./edge.ts"), import("./commands/lists.ts")])
      const run = name === "machines" ? lists.runMachines : lists.runNetworks
      await runCommand(terminal, run({ json: flags.json === true }, terminal))
    })
}

workloadOptions(
  program
    .command("describe")
    .description(
      "print every number of a machine or energy table with its source, or every layer of a workload",
    )
    .argument("<name>", "machine, energy table, network, operator or file"),
)
  .option("--json", "print JSON on standard output and nothing else")
  .addHelpText(
    "after",
    examples(["sparsim describe sat-vcu1525", "sparsim describe fpga-16nm", "sparsim describe vit-b/16"]),
  )
  .action(async (name: string, flags: RunFlags) => {
    const [{ describeFromFlags }, { runCommand }] = await Promise.all([
      import("./run-flags.ts"),
      import("./edge.ts"),
    ])
    await runCommand(terminal, describeFromFlags(name, flags, terminal))
  })

program
  .command("instructions")
  .description(
    "latency and throughput of every matrix instruction of a GPU board, and what it takes to saturate it",
  )
  .argument("<board>", "a board's id, or a YAML file")
  .option(
    "--set <path=value>",
    "replace a number of the board, e.g. family.tensor.fp16=2048 (repeatable)",
    collect,
    [],
  )
  .option("--json", "print JSON on standard output and nothing else")
  .addHelpText(
    "after",
    examples([
      "sparsim instructions a100-sxm4-80gb",
      "sparsim instructions h100-sxm --json",
      "sparsim instructions rtx-4090 --set family.instructions.mma.sameWarpGap=0",
    ]),
  )
  .action(async (board: string, flags: { set: readonly string[]; json?: true }) => {
    const [{ runCommand }, { instructionsFromFlags }] = await Promise.all([
      import("./edge.ts"),
      import("./run-flags.ts"),
    ])
    await runCommand(terminal, instructionsFromFlags(board, flags, terminal))
  })

program
  .command("validate")
  .description("run validation cases: predicted, expected, error, next to a naive baseline")
  .argument("[cases...]", "case files (JSON); without any, the built-in ones")
  .option("--cases", "show every case")
  .option("--report <file>", "write a page (HTML)")
  .option("--json", "print JSON on standard output and nothing else")
  .option("--quiet", "no progress")
  .addHelpText("after", examples(["sparsim validate", "sparsim validate my-cases.json --json"]))
  .action(async (files: string[], flags: { cases?: true; report?: string; json?: true; quiet?: true }) => {
    const [{ runCommand }, { runValidate }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/validate.ts"),
    ])
    const { report } = flags
    await runCommand(
      terminal,
      runValidate(
        {
          files,
          json: flags.json === true,
          quiet: flags.quiet === true,
          cases: flags.cases === true,
          ...(report === undefined ? {} : { report }),
        },
        terminal,
      ),
    )
  })

program
  .command("study")
  .description(
    "speed-up of a pruned training step over several networks, its 5-95 % interval and what it hinges on",
  )
  .option("--on <machine>", "a machine's id, or a YAML file", defaultMachine)
  .option("--train <method>", "sr-ste, sdgp or bdwp", "bdwp")
  .option("--sparsity <n:m>", "N:M pattern of the pruned operand", "2:8")
  .option("--networks <list>", "NAME:BATCH, separated by commas; by default SAT's five")
  .option("--set <path=value>", "replace a number of the machine (repeatable)", collect, [])
  .option("--samples <n>", "machines drawn from the ranges of unknown numbers", "200")
  .option("--seed <n>", "seed of the draw", "1")
  .option("--json", "print JSON on standard output and nothing else")
  .option("--quiet", "no progress")
  .addHelpText(
    "after",
    examples([
      "sparsim study",
      "sparsim study --sparsity 2:16 --networks resnet50:32,vit-b/16:32 --samples 200",
    ]),
  )
  .action(async (flags: StudyFlags) => {
    const [{ studyFromFlags }, { runCommand }] = await Promise.all([
      import("./run-flags.ts"),
      import("./edge.ts"),
    ])
    await runCommand(terminal, studyFromFlags(flags, terminal))
  })

program
  .command("demo")
  .description(
    "the main job end to end: a training step dense and BDWP 2:8, a real model, the validation cases",
  )
  .option("-o, --out <dir>", "folder for traces and pages", "out")
  .option("--quiet", "no progress, no notes")
  .action(async (flags: { out: string; quiet?: true }) => {
    const [{ runCommand }, { runDemo }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/demo.ts"),
    ])
    await runCommand(terminal, runDemo({ out: flags.out, quiet: flags.quiet === true }, terminal))
  })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
