/** `sparsim study`: speed-up of a training step over several networks, with its interval and what it hinges on. */
import * as Effect from "effect/Effect"
import type { ArrayMachine } from "../../../arch/machine.ts"
import type { SparsimError } from "../../../arch/errors.ts"
import type { Override } from "../../../arch/machine-catalogue.ts"
import { formatNmPattern, type NmPattern } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { TrainingMethod } from "../../../dataflows/training-method.ts"
import { resolveMachine } from "../../run/resolve-machine.ts"
import { checkGroup } from "../../run/map-run.ts"
import { type StudyResult, trainingSpeedupStudy } from "../../study/training-speedup.ts"
import { attempt } from "../edge.ts"
import { short, times } from "../format.ts"
import { progress } from "../progress.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface StudyCommand {
  readonly machine: string
  readonly overrides: readonly Override[]
  readonly method: TrainingMethod
  readonly pattern: NmPattern
  readonly networks: readonly { readonly network: string; readonly batch: number }[]
  readonly samples: number
  readonly seed: number
  readonly json: boolean
  readonly quiet: boolean
}

const lines = (result: StudyResult, machine: ArrayMachine, width: number): string => {
  const rows = [
    ...result.rows,
    { network: "mean", batch: undefined, operationBound: undefined, ...result.mean },
  ]
  const tornado = result.tornado.slice(0, 10)
  return `${table(
    rows,
    [
      { title: "network", cell: ({ network }) => network },
      { title: "batch", cell: ({ batch }) => (batch === undefined ? "" : String(batch)), align: "right" },
      { title: "speed-up", cell: ({ value }) => times(value), align: "right" },
      { title: "5 %", cell: ({ p5 }) => times(p5), align: "right" },
      { title: "median", cell: ({ median }) => times(median), align: "right" },
      { title: "95 %", cell: ({ p95 }) => times(p95), align: "right" },
      {
        title: "operations alone",
        cell: ({ operationBound }) => (operationBound === undefined ? "" : times(operationBound)),
        align: "right",
      },
    ],
    width,
  )}
What the mean hinges on, each number of ${machine.id} at both ends of its range:
${table(
  tornado,
  [
    { title: "number", cell: ({ path }) => path },
    { title: "at", cell: ({ low }) => short(low), align: "right" },
    { title: "mean", cell: ({ atLow }) => times(atLow), align: "right" },
    { title: "at", cell: ({ high }) => short(high), align: "right" },
    { title: "mean", cell: ({ atHigh }) => times(atHigh), align: "right" },
  ],
  width,
)}`
}

export const runStudy = (command: StudyCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  Effect.gen(function* () {
    const shown = progress(terminal, command.quiet)
    const machine = yield* attempt(() => resolveMachine(command.machine, command.overrides))
    const { method, pattern, networks, samples, seed } = command
    yield* attempt(() => checkGroup(machine, pattern, `--sparsity ${formatNmPattern(pattern)}`))
    const result = yield* attempt(() =>
      trainingSpeedupStudy({ machine, method, pattern, networks, samples, seed, tornado: true }, (share) =>
        shown.step(`${samples} sampled machines`, share),
      ),
    )
    shown.end()
    if (command.json) {
      const output = {
        schema: "sparsim-study/1",
        machine: machine.id,
        method,
        pattern: formatNmPattern(pattern),
        samples,
        seed,
        ...result,
      }
      terminal.out(`${JSON.stringify(output, null, 2)}\n`)
      return
    }
    terminal.out(
      `Speed-up of ${method.toUpperCase()} ${formatNmPattern(pattern)} training over dense, both on ${machine.name}; ${samples} machines drawn from the ranges of its unknown numbers\n\n`,
    )
    terminal.out(lines(result, machine, terminal.width))
  })
