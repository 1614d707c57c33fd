/** `sparsim instructions BOARD`: what each matrix instruction costs, and what it takes to keep the tensor cores busy. */
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { asGpuMachine, type GpuMachine } from "../../../arch/machine.ts"
import type { Override } from "../../../arch/machine-catalogue.ts"
import { instructionSet } from "../../../sim/gpu/instruction/instruction-set.ts"
import { instructionTiming, type InstructionTiming } from "../../../sim/gpu/instruction/instruction-timing.ts"
import { instructionName, type MatrixInstruction } from "../../../sim/gpu/instruction/matrix-instruction.ts"
import { resolveAnyMachine } from "../../run/resolve-machine.ts"
import { attempt } from "../edge.ts"
import { grouped, percent } from "../format.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface InstructionsCommand {
  readonly board: string
  readonly overrides: readonly Override[]
  readonly json: boolean
}

interface Row {
  readonly instruction: MatrixInstruction
  readonly best: InstructionTiming
  /** One warp on each sub-core, with as many chains as help; not for instructions that one issuer keeps in a row. */
  readonly oneWarpEach: InstructionTiming | undefined
}

const rowsOf = (board: GpuMachine): readonly Row[] =>
  instructionSet(board).map((instruction) => ({
    instruction,
    best: instructionTiming(board, instruction),
    oneWarpEach:
      instruction.op === "mma"
        ? instructionTiming(board, instruction, {
            warps: board.family.sm.subCores.value,
            chains: "enough",
          })
        : undefined,
  }))

const point = ({ warps, chains, roundTrip, throughput, shareOfPeak, bound }: InstructionTiming) => ({
  warps,
  chains,
  roundTrip,
  throughput,
  shareOfPeak,
  bound,
})

const asJson = (board: GpuMachine, rows: readonly Row[]): string =>
  JSON.stringify(
    {
      schema: "sparsim-instructions/1",
      machine: board.id,
      instructions: rows.map(({ instruction, best, oneWarpEach }) => ({
        name: instructionName(instruction),
        input: instruction.input,
        accumulate: instruction.accumulate,
        aFrom: instruction.aFrom,
        latency: best.latency,
        interval: best.interval,
        oneWarpEach: oneWarpEach === undefined ? null : point(oneWarpEach),
        saturated: point(best),
      })),
    },
    null,
    2,
  )

const cycles = (n: number): string => n.toFixed(1)
const source = ({ op, aFrom }: MatrixInstruction): string => (op === "mma" ? "" : aFrom)
const perCycle = ({ throughput }: InstructionTiming): string => grouped(Math.round(throughput))

const lines = (board: GpuMachine, rows: readonly Row[], width: number): string =>
  table(
    rows,
    [
      { title: "instruction", cell: ({ instruction }) => instructionName(instruction) },
      { title: "format", cell: ({ instruction: { input, accumulate } }) => `${input}→${accumulate}` },
      ...(board.family.instructions.wgmma === undefined
        ? []
        : [{ title: "A from", cell: ({ instruction }: Row) => source(instruction) }]),
      { title: "latency", cell: ({ best }) => cycles(best.latency), align: "right" },
      { title: "interval", cell: ({ best }) => cycles(best.interval), align: "right" },
      {
        title: "1 each",
        cell: ({ oneWarpEach }) =>
          oneWarpEach === undefined ? "" : `×${oneWarpEach.chains}: ${perCycle(oneWarpEach)}`,
        align: "right",
      },
      {
        title: "saturated",
        cell: ({ instruction, best }) =>
          instruction.op === "mma" ? `${best.warps}×${best.chains}: ${perCycle(best)}` : perCycle(best),
        align: "right",
      },
      { title: "of peak", cell: ({ best }) => percent(best.shareOfPeak, 0), align: "right" },
      { title: "bound by", cell: ({ best }) => best.bound, flexible: true },
    ],
    width,
  )

/** What the columns hold, above the table. */
const legend = `Cycles from issue to a dependent instruction, and between two on a sub-core (mma) or the SM.
FMAs a cycle and SM, on the uncompressed k: with 1 warp on each sub-core and so many independent
instructions in each (×ILP), and with the least warps × ILP that saturate the tensor cores.
`

export const runInstructions = (
  command: InstructionsCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  attempt(async () => {
    const board = asGpuMachine(await resolveAnyMachine(command.board, command.overrides))
    const rows = rowsOf(board)
    if (command.json) {
      terminal.out(`${asJson(board, rows)}\n`)
      return
    }
    terminal.out(`${board.name} (${board.id}), ${board.family.name}\n`)
    terminal.out(`${legend}\n`)
    terminal.out(lines(board, rows, terminal.width))
  })
