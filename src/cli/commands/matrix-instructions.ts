/** Adds `instructions` and `main-loop` to the program: the tensor cores of a GPU board. What they run loads when it runs. */
import type { Command } from "commander"
import { collect, outputOptions } from "../run-options.ts"
import type { Terminal } from "../terminal.ts"
import { examples } from "../examples.ts"

interface BoardFlags {
  readonly set: readonly string[]
  readonly json?: true
}

export interface MainLoopFlags extends BoardFlags {
  readonly instruction: string
  readonly format: string
  readonly tile: string
  readonly warps?: string
  readonly k?: string
  readonly stages?: string
  readonly blocks: string
  readonly from: string
  readonly ways: string
}

const boardCommand = (program: Command, name: string, description: string): Command =>
  outputOptions(
    program
      .command(name)
      .description(description)
      .argument("<board>", "a board's id, or a YAML file")
      .option(
        "--set <path=value>",
        "replace a number of the board, e.g. family.tensor.fp16=2048 (repeatable)",
        collect,
        [],
      ),
  )

export const addInstructions = (program: Command, terminal: Terminal): void => {
  boardCommand(
    program,
    "instructions",
    "latency and throughput of every matrix instruction of a GPU board, and what it takes to saturate it",
  )
    .addHelpText(
      "after",
      examples([
        "sparsim instructions a100-sxm4-80gb",
        "sparsim instructions h100-sxm --json",
        "sparsim instructions rtx-4090 --set family.instructions.mma.sameWarpGap=0",
      ]),
    )
    .action(async (board: string, flags: BoardFlags) => {
      const [{ runCommand }, { instructionsFromFlags }] = await Promise.all([
        import("../edge.ts"),
        import("../run-flags.ts"),
      ])
      await runCommand(terminal, instructionsFromFlags(board, flags, terminal))
    })

  boardCommand(
    program,
    "main-loop",
    "how a GEMM's main loop feeds the tensor cores: stages copied ahead, loads from shared memory, bank conflicts",
  )
    .option("--instruction <name>", "mma, wgmma or tcgen05, .sp for 2:4, and the shape", "mma.m16n8k16")
    .option("--format <name>", "format of the operands", "fp16")
    .option("--tile <MxN>", "rows of A and columns of B of a thread block", "128x128")
    .option("--warps <MxN>", "its warps along both (2x2); groups of warps for wgmma and tcgen05 (1x1)")
    .option("--k <n>", "uncompressed reduction of a stage (two instructions)")
    .option("--stages <n>", "stages in shared memory (each count from 2 to 8 that fits)")
    .option("--blocks <n>", "thread blocks on the SM", "1")
    .option("--from <level>", "where operands are copied from: l2 or dram", "l2")
    .option("--ways <n>", "most lanes that meet in a bank when operands are loaded", "1")
    .addHelpText(
      "after",
      examples([
        "sparsim main-loop a100-sxm4-80gb",
        "sparsim main-loop a100-sxm4-80gb --instruction mma.sp.m16n8k32 --blocks 2",
        "sparsim main-loop rtx-4090 --tile 64x64 --from dram --ways 8",
        "sparsim main-loop h100-sxm --instruction wgmma.m64n128k16 --warps 2x1",
      ]),
    )
    .action(async (board: string, flags: MainLoopFlags) => {
      const [{ runCommand }, { mainLoopFromFlags }] = await Promise.all([
        import("../edge.ts"),
        import("../main-loop-flags.ts"),
      ])
      await runCommand(terminal, mainLoopFromFlags(board, flags, terminal))
    })
}
