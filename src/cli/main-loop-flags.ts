/** Reads the flags of `sparsim main-loop`. */
import * as Effect from "effect/Effect"
import { ConfigError, type SparsimError } from "../../arch/errors.ts"
import { copySources } from "../../sim/gpu/instruction/asynchronous-copy.ts"
import {
  type MatrixInstruction,
  matrixOps,
  parseShape,
} from "../../sim/gpu/instruction/matrix-instruction.ts"
import { accumulatorsOf, operandFormat } from "../../sim/gpu/instruction/operand-format.ts"
import { parseOverride } from "../../arch/machine-catalogue.ts"
import { type MainLoopCommand, runMainLoop } from "./commands/main-loop.ts"
import type { MainLoopFlags } from "./commands/matrix-instructions.ts"
import { attempt } from "./edge.ts"
import type { Terminal } from "./terminal.ts"

const refuse = (flag: string, text: string, remedy: string): ConfigError =>
  new ConfigError({ message: `--${flag} ${text}`, remedy })

const count = (flag: string, text: string): number => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw refuse(flag, text, "Expected a whole number of at least 1.")
}

const pair = (flag: string, text: string): { readonly m: number; readonly n: number } => {
  const match = /^([1-9]\d{0,4})x([1-9]\d{0,4})$/.exec(text)
  if (match !== null) return { m: Number(match[1]), n: Number(match[2]) }
  throw refuse(flag, text, "Expected rows x columns, e.g. 128x64.")
}

const instructionOf = ({ instruction: name, format }: MainLoopFlags): MatrixInstruction => {
  const [op = "", ...rest] = name.split(".")
  const known = matrixOps.find((each) => each === op)
  const sparse = rest[0] === "sp"
  const shape = rest.slice(sparse ? 1 : 0).join(".")
  if (known === undefined) {
    throw refuse(
      "instruction",
      name,
      `Names begin with ${matrixOps.join(", ")}, as sparsim instructions lists them.`,
    )
  }
  const input = operandFormat(format)
  return {
    op: known,
    ...parseShape(shape),
    input,
    accumulate: accumulatorsOf(input)[0],
    a: sparse ? "2:4" : "dense",
    aFrom: known === "mma" ? "registers" : "shared",
  }
}

const commandOf = (board: string, flags: MainLoopFlags): MainLoopCommand => {
  const instruction = instructionOf(flags)
  const source = copySources.find((each) => each === flags.from)
  if (source === undefined) throw refuse("from", flags.from, `Expected ${copySources.join(" or ")}.`)
  return {
    board,
    overrides: flags.set.map(parseOverride),
    json: flags.json === true,
    stages: flags.stages === undefined ? undefined : count("stages", flags.stages),
    loop: {
      instruction,
      tile: pair("tile", flags.tile),
      warps: pair("warps", flags.warps ?? (instruction.op === "mma" ? "2x2" : "1x1")),
      k: flags.k === undefined ? 2 * instruction.k : count("k", flags.k),
      blocks: count("blocks", flags.blocks),
      source,
      ways: count("ways", flags.ways),
    },
  }
}

export const mainLoopFromFlags = (
  board: string,
  flags: MainLoopFlags,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  Effect.flatMap(
    attempt(() => commandOf(board, flags)),
    (command) => runMainLoop(command, terminal),
  )
