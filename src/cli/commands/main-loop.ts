/** `sparsim main-loop BOARD`: what the feed of a GEMM's main loop leaves of the tensor cores. */
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { asGpuMachine, type GpuMachine } from "../../../arch/machine.ts"
import type { Override } from "../../../arch/machine-catalogue.ts"
import {
  fittingStages,
  type MainLoop,
  mainLoopTiming,
  type MainLoopTiming,
} from "../../../sim/gpu/instruction/main-loop.ts"
import { instructionName } from "../../../sim/gpu/instruction/matrix-instruction.ts"
import { resolveAnyMachine } from "../../run/resolve-machine.ts"
import { attempt } from "../edge.ts"
import { bytes, grouped, percent } from "../format.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface MainLoopCommand {
  readonly board: string
  readonly overrides: readonly Override[]
  readonly json: boolean
  /** Each count that fits where undefined. */
  readonly stages: number | undefined
  readonly loop: Omit<MainLoop, "stages">
}

interface Row {
  readonly stages: number
  readonly timing: MainLoopTiming
}

const rowsOf = (board: GpuMachine, { loop, stages }: MainLoopCommand): readonly Row[] =>
  (stages === undefined ? fittingStages(board, loop) : [stages]).map((each) => ({
    stages: each,
    timing: mainLoopTiming(board, { ...loop, stages: each }),
  }))

const asJson = (board: GpuMachine, { loop }: MainLoopCommand, rows: readonly Row[]): string =>
  JSON.stringify(
    {
      schema: "sparsim-main-loop/1",
      machine: board.id,
      ...loop,
      instruction: instructionName(loop.instruction),
      format: loop.instruction.input,
      rows: rows.map(({ stages, timing }) => ({ stages, ...timing })),
    },
    null,
    2,
  )

const lines = (rows: readonly Row[], width: number): string =>
  table(
    rows,
    [
      { title: "stages", cell: ({ stages }) => String(stages), align: "right" },
      { title: "shared memory", cell: ({ timing }) => bytes(timing.sharedBytes), align: "right" },
      { title: "cycles a stage", cell: ({ timing }) => timing.cycles.toFixed(1), align: "right" },
      {
        title: "closed form",
        cell: ({ timing: { least, most } }) =>
          most - least < 0.05 ? least.toFixed(1) : `${least.toFixed(1)} to ${most.toFixed(1)}`,
        align: "right",
      },
      { title: "FMA/cycle", cell: ({ timing }) => grouped(Math.round(timing.throughput)), align: "right" },
      { title: "of peak", cell: ({ timing }) => percent(timing.shareOfPeak, 0), align: "right" },
      { title: "bound by", cell: ({ timing }) => timing.bound, flexible: true },
    ],
    width,
  )

/** What bounds a stage, below the table. */
const legend = `
waits: the longest way round of one warp alone, from copy to load to product or along its own instructions;
copies: what an SM takes in from L2 or DRAM when all SMs stream; barriers between warps are left out.
`

export const runMainLoop = (
  command: MainLoopCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  attempt(async () => {
    const board = asGpuMachine(await resolveAnyMachine(command.board, command.overrides))
    const rows = rowsOf(board, command)
    if (command.json) {
      terminal.out(`${asJson(board, command, rows)}\n`)
      return
    }
    const { instruction, tile, warps, k, blocks, source, ways } = command.loop
    const { engine, stageBytes } = rows[0].timing
    const feed =
      engine === "tma"
        ? "read in place"
        : ways === 1
          ? "ldmatrix without conflicts"
          : `ldmatrix, ${ways} lanes to a bank`
    terminal.out(`${board.name} (${board.id}): ${instructionName(instruction)} ${instruction.input}\n`)
    terminal.out(
      `${tile.m} × ${tile.n} × ${k} a stage (${bytes(stageBytes)}), ${warps.m} × ${warps.n} ${engine === "tma" ? "groups of warps" : "warps"}, ${blocks} ${blocks === 1 ? "thread block" : "thread blocks"} an SM; ${engine} from ${source === "l2" ? "L2" : "DRAM"}, ${feed}\n\n`,
    )
    terminal.out(lines(rows, terminal.width))
    terminal.out(legend)
  })
