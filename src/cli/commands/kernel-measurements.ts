/** Adds `bench` and `calibrate` to the command `kernel`. What they run loads when it runs. */
import type { Command } from "commander"
import { outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"
import { examples } from "../examples.ts"

interface KernelFlags {
  readonly json?: true
  readonly quiet?: true
  readonly samples: string
  readonly processes: string
}

/** Arguments that start this program again, in a process that only measures. */
const measureArguments = (): readonly string[] => [
  ...process.execArgv,
  process.argv[1] ?? "",
  "kernel",
  "measure",
]

const kernelOptions = (command: Command): Command =>
  outputOptions(command)
    .option("--samples <n>", "samples of each kernel in a process; the least processor time counts", "9")
    .option("--processes <n>", "processes, one after the other", "5")

export const addKernelMeasurements = (kernel: Command, terminal: Terminal): void => {
  kernelOptions(
    kernel
      .command("bench")
      .description(
        "the 13 pointwise layers of MobileNet v1, dense and sparse: measured here, and what the model predicts",
      )
      .option("--sparsities <list>", "percentages of zeros, separated by commas", "50,60,70,80,90,95")
      .option("--machine <file>", "numbers that kernel calibrate wrote; by default the built-in ones")
      .option(
        "--calibrate",
        "fit the numbers in the same run, on other layers measured in turns with these (twice the time)",
        false,
      )
      .option("-o, --out <file>", "write the table as CSV")
      .option("--report <file>", "write an HTML page: measured beside predicted"),
  )
    .addHelpText(
      "after",
      examples([
        "sparsim kernel bench --sparsities 90 --processes 1 --report kernels.html",
        "sparsim kernel bench --calibrate --sparsities 90 --processes 1 --samples 3",
        "sparsim kernel bench --machine my-machine.yaml --sparsities 80 --processes 1",
      ]),
    )
    .action(
      async (
        flags: KernelFlags & {
          sparsities: string
          machine?: string
          calibrate: boolean
          out?: string
          report?: string
        },
      ) => {
        const [{ runCommand }, { benchFromFlags }] = await Promise.all([
          import("../edge.ts"),
          import("../kernel-flags.ts"),
        ])
        await runCommand(terminal, benchFromFlags({ ...flags, self: measureArguments() }, terminal))
      },
    )

  kernelOptions(
    kernel
      .command("calibrate")
      .description("measure the numbers of this machine, on other layers than those of bench")
      .requiredOption("-o, --out <file>", "the machine file (YAML)"),
  )
    .addHelpText("after", examples(["sparsim kernel calibrate -o my-v8.yaml --processes 1 --samples 3"]))
    .action(async (flags: KernelFlags & { out: string }) => {
      const [{ runCommand }, { calibrateFromFlags }] = await Promise.all([
        import("../edge.ts"),
        import("../kernel-flags.ts"),
      ])
      await runCommand(terminal, calibrateFromFlags({ ...flags, self: measureArguments() }, terminal))
    })

  kernel.command("measure", { hidden: true }).action(async () => {
    const [{ attempt, runCommand }, { answerRequest }, { text }] = await Promise.all([
      import("../edge.ts"),
      import("../../kernel/measure-request.ts"),
      import("node:stream/consumers"),
    ])
    await runCommand(
      terminal,
      attempt(async () => answerRequest(await text(process.stdin), terminal.out)),
    )
  })
}
