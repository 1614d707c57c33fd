/** `sparsim machines` and `sparsim networks`: what is built in. */
import * as Effect from "effect/Effect"
import type { SparsimError } from "../../../arch/errors.ts"
import { machineNumbers } from "../../../arch/machine.ts"
import { loadMachine, machineIds } from "../../../arch/machine-catalogue.ts"
import { describeNetworks } from "../../workload/networks/build-network.ts"
import { operatorGrammars } from "../../workload/operator-spec.ts"
import { attempt } from "../edge.ts"
import { short } from "../format.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface ListCommand {
  readonly json: boolean
  readonly quiet: boolean
}

export const runMachines = (command: ListCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  attempt(() => {
    const machines = machineIds().map((id) => {
      const machine = loadMachine(id)
      const numbers = machineNumbers(machine)
      return {
        id,
        kind: machine.kind,
        name: machine.name,
        about: machine.about.trim(),
        numbers: numbers.length,
        assumed: numbers.filter(({ status }) => status === "assumed").length,
      }
    })
    if (command.json) {
      terminal.out(`${JSON.stringify({ schema: "sparsim-machines/1", machines }, null, 2)}\n`)
      return
    }
    terminal.out(
      table(
        machines,
        [
          { title: "id", cell: ({ id }) => id },
          { title: "name", cell: ({ name }) => name, flexible: true },
          { title: "numbers", cell: ({ numbers }) => String(numbers), align: "right" },
          { title: "assumed", cell: ({ assumed }) => String(assumed), align: "right" },
        ],
        terminal.width,
      ),
    )
    terminal.out(
      "\nBesides these: systolic-ROWSxCOLS of any size, and a YAML file of your own (--on ./my-machine.yaml).\n",
    )
  })

export const runNetworks = (command: ListCommand, terminal: Terminal): Effect.Effect<void, SparsimError> =>
  attempt(() => {
    const networks = describeNetworks()
    if (command.json) {
      terminal.out(
        `${JSON.stringify({ schema: "sparsim-networks/1", networks, operators: operatorGrammars() }, null, 2)}\n`,
      )
      return
    }
    terminal.out(
      table(
        networks,
        [
          { title: "id", cell: ({ id }) => id },
          { title: "description", cell: ({ description }) => description, flexible: true },
          { title: "input", cell: ({ defaultInput }) => defaultInput },
          { title: "GMAC", cell: ({ forwardGmacs }) => forwardGmacs.toPrecision(4), align: "right" },
          { title: "parameters", cell: ({ parameters }) => short(parameters), align: "right" },
        ],
        terminal.width,
      ),
    )
    terminal.out(`\nSingle operators: ${operatorGrammars().join("  ")}\n`)
    terminal.out("Files: .onnx models and SCALE-Sim .csv topologies.\n")
  })
