#!/usr/bin/env node
/** The command line. Commands are loaded when they run, so that a start costs little. */
import { Command, CommanderError, Option } from "commander"
import { version } from "../version.ts"
import { addBranch } from "./commands/branch.ts"
import { addInstructions } from "./commands/matrix-instructions.ts"
import { addKernel } from "./commands/kernel.ts"
import { defaultMachine } from "./defaults.ts"
import type { RunFlags, StudyFlags } from "./run-flags.ts"
import { collect, outputOptions, runOptions, workloadOptions } from "./run-options.ts"
import { processTerminal } from "./terminal.ts"
import { examples } from "./examples.ts"

const terminal = processTerminal()

/** A closed pipe (`| head`) ends the program without a word. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1)
})

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
      "sparsim run resnet50 --train bdwp --sparsity 2:8 --batch 32 --report a.html",
      "sparsim run model.onnx --sparsity 2:4 -o traces",
      "sparsim run resnet18.csv --cfg scale.cfg -o out",
      'sparsim query a.trace "SELECT kind, count(*) FROM spans GROUP BY kind"',
      "sparsim validate",
    ]),
  )

runOptions(
  program
    .command("run")
    .description("simulate a workload on a machine")
    .argument(
      "<workload>",
      "a network, an operator (gemm:…), or a file (.onnx, SCALE-Sim .csv, a branch trace)",
    ),
)
  .addHelpText(
    "after",
    examples([
      "sparsim run resnet50 --train bdwp --sparsity 2:8 --batch 32",
      "sparsim run bert-base --seq 384 --sparsity 2:4 --on systolic-128x128",
      "sparsim run gemm:4096x4096x4096 --sparsity 2:8 --set dram.bandwidth=200GB/s",
      "sparsim run bert-base --on h100-pcie --sparsity 2:4",
      "sparsim run mobilenet-v1 --on snapdragon-835 --sparsity 90%",
      "sparsim run gemm:784x512x1152 --sparsity 2:4 --on sparseloop-stc-45nm",
      "sparsim run alexnet.csv --cfg a32_ws.cfg -o out",
      "sparsim run python-4M --on tage-sc-l-8kb --report branches.html",
    ]),
  )
  .action(async (workload: string, flags: RunFlags) => {
    const [{ runFromFlags }, { runCommand }] = await Promise.all([
      import("./run-flags.ts"),
      import("./edge.ts"),
    ])
    await runCommand(terminal, runFromFlags(workload, flags, terminal))
  })

/** What the options of `outputOptions` say. */
interface OutputFlags {
  readonly json?: true
  readonly quiet?: true
}

const output = ({ json, quiet }: OutputFlags) => ({ json: json === true, quiet: quiet === true })

interface CompareFlags extends OutputFlags {
  readonly report?: string
  readonly failAbove?: string
  readonly force?: true
}

outputOptions(
  program
    .command("compare")
    .description("compare two traces: speed-up, energy, what got slower")
    .argument("<a>", "trace folder of the base")
    .argument("<b>", "trace folder compared with it")
    .option("--report <file>", "write a page (HTML)")
    .option("--force", "compare runs of different workloads or batches all the same")
    .option("--fail-above <share>", "exit with 1 if B is slower than A by more than this, e.g. 5%"),
)
  .addHelpText(
    "after",
    examples([
      "sparsim compare dense.trace sparse.trace",
      "sparsim compare old.trace new.trace --fail-above 5%",
    ]),
  )
  .action(async (a: string, b: string, flags: CompareFlags) => {
    const [{ attempt, runCommand }, { readShare, runCompare }, { readPath }, Effect] = await Promise.all([
      import("./edge.ts"),
      import("./commands/compare.ts"),
      import("./read-path.ts"),
      import("effect/Effect"),
    ])
    const { report, failAbove } = flags
    const command = attempt(() => ({
      a,
      b,
      ...output(flags),
      force: flags.force === true,
      ...(report === undefined ? {} : { report: readPath("--report", report) }),
      ...(failAbove === undefined ? {} : { failAbove: readShare(failAbove) }),
    }))
    await runCommand(
      terminal,
      Effect.flatMap(command, (c) => runCompare(c, terminal)),
    )
  })

outputOptions(
  program
    .command("report")
    .description("write pages from traces: one gives its page, two a comparison, more an overview")
    .argument("<trace...>", "trace folders")
    .requiredOption("-o, --out <file>", "the page (HTML)"),
)
  .addHelpText(
    "after",
    examples([
      "sparsim report sparse.trace -o run.html",
      "sparsim report dense.trace sparse.trace -o comparison.html",
    ]),
  )
  .action(async (traces: string[], flags: OutputFlags & { out: string }) => {
    const [{ attempt, runCommand }, { runReport }, { readPath }, Effect] = await Promise.all([
      import("./edge.ts"),
      import("./commands/report.ts"),
      import("./read-path.ts"),
      import("effect/Effect"),
    ])
    const out = attempt(() => readPath("--out", flags.out))
    await runCommand(
      terminal,
      Effect.flatMap(out, (page) => runReport({ traces, out: page, ...output(flags) }, terminal)),
    )
  })

outputOptions(
  program
    .command("export")
    .description("write a trace in another tool's format")
    .argument("<trace>", "trace folder")
    .addOption(
      new Option("--to <format>", "format")
        .choices(["perfetto", "speedscope", "csv", "scalesim", "action-counts", "llvm-mca"])
        .makeOptionMandatory(),
    )
    .requiredOption("-o, --out <path>", "file, or folder for csv, scalesim and llvm-mca"),
)
  .addHelpText(
    "after",
    examples(["sparsim export a.trace --to perfetto -o a.json", "sparsim export a.trace --to csv -o a-csv"]),
  )
  .action(async (trace: string, flags: OutputFlags & { to: string; out: string }) => {
    const [{ attempt, runCommand }, { exportFormats, runExport }, { readChoice }, { readPath }, Effect] =
      await Promise.all([
        import("./edge.ts"),
        import("./commands/export.ts"),
        import("../run/run-spec.ts"),
        import("./read-path.ts"),
        import("effect/Effect"),
      ])
    const command = attempt(() => ({
      trace,
      to: readChoice("--to", flags.to, exportFormats),
      out: readPath("--out", flags.out),
      ...output(flags),
    }))
    await runCommand(
      terminal,
      Effect.flatMap(command, (c) => runExport(c, terminal)),
    )
  })

outputOptions(
  program
    .command("query")
    .description("answer an SQL question about a trace")
    .argument("<trace>", "trace folder")
    .argument(
      "<sql>",
      "one SELECT over spans, counters, machine_numbers, tracks, energy, other_energy, roofs, run",
    ),
)
  .addHelpText(
    "after",
    examples([
      'sparsim query a.trace "SELECT action, sum(count) FROM counters GROUP BY ALL"',
      'sparsim query a.trace "SELECT name, duration FROM spans" --json',
    ]),
  )
  .action(async (trace: string, sql: string, flags: OutputFlags) => {
    const [{ runCommand }, { runQuery }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/query.ts"),
    ])
    await runCommand(terminal, runQuery({ trace, sql, ...output(flags) }, terminal))
  })

outputOptions(
  program
    .command("trace")
    .description("look into a trace folder")
    .addHelpText("after", examples(["sparsim trace check a.trace"]))
    .command("check")
    .description("check that a trace is whole and well formed")
    .argument("<trace>", "trace folder"),
)
  .addHelpText("after", examples(["sparsim trace check a.trace", "sparsim trace check a.trace --json"]))
  .action(async (trace: string, flags: OutputFlags) => {
    const [{ runCommand }, { runTraceCheck }] = await Promise.all([
      import("./edge.ts"),
      import("./commands/query.ts"),
    ])
    await runCommand(terminal, runTraceCheck({ trace, ...output(flags) }, terminal))
  })

for (const [name, description] of [
  ["machines", "list the built-in machines"],
  ["networks", "list the built-in networks and operator specs"],
] as const) {
  outputOptions(program.command(name).description(description))
    .addHelpText("after", examples([`sparsim ${name}`, `sparsim ${name} --json`]))
    .action(async (flags: OutputFlags) => {
      const [{ runCommand }, lists] = await Promise.all([import("./edge.ts"), import("./commands/lists.ts")])
      const run = name === "machines" ? lists.runMachines : lists.runNetworks
      await runCommand(terminal, run(output(flags), terminal))
    })
}

outputOptions(
  workloadOptions(
    program
      .command("describe")
      .description(
        "print every number of a machine or energy table with its source, or every layer of a workload",
      )
      .argument("<name>", "machine, energy table, network, operator or file"),
  ),
)
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

addInstructions(program, terminal)
addKernel(program, terminal)
addBranch(program, terminal)

outputOptions(
  program
    .command("validate")
    .description("run validation cases: predicted, expected, error, next to a naive baseline")
    .argument("[cases...]", "case files (JSON); without any, the built-in ones")
    .option("--cases", "show every case")
    .option("--only <names>", "of the built-in cases only these, e.g. sat,branch")
    .option("--traces <dir>", "folder of the branch traces that cases name")
    .option("--report <file>", "write a page (HTML)"),
)
  .addHelpText(
    "after",
    examples([
      "sparsim validate --only sat,cpu-networks",
      "sparsim validate my-cases.json --json",
      "sparsim validate branch.json --traces traces",
    ]),
  )
  .action(
    async (
      files: string[],
      flags: OutputFlags & { cases?: true; report?: string; traces?: string; only?: string },
    ) => {
      const [{ attempt, runCommand }, { runValidate }, { readPath }, Effect] = await Promise.all([
        import("./edge.ts"),
        import("./commands/validate.ts"),
        import("./read-path.ts"),
        import("effect/Effect"),
      ])
      const { report } = flags
      const command = attempt(() => ({
        files,
        ...output(flags),
        cases: flags.cases === true,
        ...(flags.only === undefined ? {} : { only: flags.only.split(",") }),
        ...(flags.traces === undefined ? {} : { traces: readPath("--traces", flags.traces) }),
        ...(report === undefined ? {} : { report: readPath("--report", report) }),
      }))
      await runCommand(
        terminal,
        Effect.flatMap(command, (c) => runValidate(c, terminal)),
      )
    },
  )

outputOptions(
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
    .option("--seed <n>", "seed of the draw", "1"),
)
  .addHelpText(
    "after",
    examples(["sparsim study", "sparsim study --sparsity 2:16 --networks resnet50:32,vit-b/16:32"]),
  )
  .action(async (flags: StudyFlags) => {
    const [{ studyFromFlags }, { runCommand }] = await Promise.all([
      import("./run-flags.ts"),
      import("./edge.ts"),
    ])
    await runCommand(terminal, studyFromFlags(flags, terminal))
  })

outputOptions(
  program
    .command("demo")
    .description(
      "the main job end to end: a training step dense and BDWP 2:8, a real model, the validation cases",
    )
    .option("-o, --out <dir>", "folder for traces and pages", "out"),
)
  .addHelpText("after", examples(["sparsim demo", "sparsim demo --out pages --quiet"]))
  .action(async (flags: OutputFlags & { out: string }) => {
    const [{ attempt, runCommand }, { runDemo }, { readPath }, Effect] = await Promise.all([
      import("./edge.ts"),
      import("./commands/demo.ts"),
      import("./read-path.ts"),
      import("effect/Effect"),
    ])
    const out = attempt(() => readPath("--out", flags.out))
    await runCommand(
      terminal,
      Effect.flatMap(out, (folder) => runDemo({ out: folder, ...output(flags) }, terminal)),
    )
  })

try {
  await program.parseAsync()
} catch (error) {
  if (!(error instanceof CommanderError)) throw error
  process.exitCode = error.exitCode === 0 ? 0 : 2
}
