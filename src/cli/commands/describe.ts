/** `sparsim describe NAME`: every number of a machine or energy table, or every layer of a network. */
import * as Effect from "effect/Effect"
import { cpuCore, cpuCoreIds } from "../../../arch/cpu-core-catalogue.ts"
import { cpuCoreNumbers } from "../../../arch/cpu-core-numbers.ts"
import { ConfigError, type SparsimError, WorkloadError } from "../../../arch/errors.ts"
import { energyTableIds, loadEnergyTable } from "../../../arch/energy-catalogue.ts"
import { energyTableNumbers } from "../../../arch/energy-table-numbers.ts"
import { loadFpgaDevice, loadFpgaUnits } from "../../../arch/fpga-cost-table.ts"
import type { FpgaResource } from "../../../arch/fpga-resources.ts"
import { type Machine, machineNumbers } from "../../../arch/machine.ts"
import { machineIds, type Override } from "../../../arch/machine-catalogue.ts"
import { didYouMean } from "../../../arch/nearest.ts"
import { forwardMacs, weightElements } from "../../../dataflows/operator.ts"
import { fpgaCost } from "../../../sim/sat/fpga-cost.ts"
import {
  type FpgaCostRow,
  fpgaColumns,
  fpgaCostLines,
  fpgaCostRows,
} from "../../../sim/sat/fpga-cost-rows.ts"
import { resolveAnyMachine } from "../../run/resolve-machine.ts"
import { networkNames } from "../../workload/networks/registry.ts"
import { resolveWorkload, type Workload, type WorkloadOptions } from "../../workload/resolve-workload.ts"
import { attempt } from "../edge.ts"
import { grouped, percent, short } from "../format.ts"
import { table } from "../table.ts"
import type { Terminal } from "../terminal.ts"

export interface DescribeCommand extends WorkloadOptions {
  readonly name: string
  readonly overrides: readonly Override[]
  readonly json: boolean
  readonly quiet: boolean
}

const describeMachine = (machine: Machine, command: DescribeCommand, terminal: Terminal): void => {
  const numbers = machineNumbers(machine)
  if (command.json) {
    const { id, kind, name, about } = machine
    terminal.out(
      `${JSON.stringify({ schema: "sparsim-machine/1", id, kind, name, about, numbers }, null, 2)}\n`,
    )
    return
  }
  terminal.out(`${machine.name} (${machine.id})\n${machine.about.trim()}\n\n`)
  terminal.out(designLines(machine))
  terminal.out(numberTable(numbers, terminal.width))
  terminal.out(fpgaLines(machine, terminal.width))
}

/** The designs to choose from, where a machine has several. */
const designLines = (machine: Machine): string => {
  if (machine.kind !== "spatial-array") return ""
  const lines = Object.entries(machine.designs).map(
    ([id, { about }]) => `  ${id}${id === machine.design ? " (default)" : ""}: ${about.trim()}`,
  )
  return `Designs (--design):\n${lines.join("\n")}\n\n`
}

/** Estimated FPGA resources and power, for a machine whose energy table is an FPGA's. */
const fpgaLines = (machine: Machine, width: number): string => {
  if (machine.kind !== "array" || !machine.energy.table.startsWith("fpga")) return ""
  const cost = fpgaCost(machine, loadFpgaUnits("ultrascale-plus-units"), loadFpgaDevice("vu9p"))
  const amount = ({ kind, amounts }: FpgaCostRow, id: FpgaResource): string =>
    kind === "share" ? percent(amounts[id]) : grouped(Math.round(amounts[id]))
  const rows = table(
    fpgaCostRows(cost),
    [
      { title: "part", cell: ({ name }) => name, flexible: true },
      { title: "count", cell: ({ count }) => (count === undefined ? "" : grouped(count)), align: "right" },
      ...fpgaColumns.map(({ id, name }) => ({
        title: name,
        cell: (row: FpgaCostRow) => amount(row, id),
        align: "right" as const,
      })),
    ],
    width,
  )
  return `\nEstimated FPGA cost; unit costs are mostly assumed, each with a range:\n${rows}\n${fpgaCostLines(cost).join("\n")}\n`
}

const numberTable = (numbers: ReturnType<typeof machineNumbers>, width: number): string =>
  table(
    numbers,
    [
      { title: "number", cell: ({ path }) => path },
      { title: "value", cell: ({ written, unit }) => `${written} ${unit}`, align: "right" },
      { title: "status", cell: ({ status }) => status },
      { title: "source", cell: ({ source }) => source, flexible: true },
    ],
    width,
  )

const describeCore = (id: string, command: DescribeCommand, terminal: Terminal): void => {
  const core = cpuCore(id)
  const { name, about } = core
  const numbers = cpuCoreNumbers(core)
  if (command.json) {
    const output = { schema: "sparsim-machine/1", id, kind: "cpu-core", name, about, numbers }
    terminal.out(`${JSON.stringify(output, null, 2)}\n`)
    return
  }
  terminal.out(`${name} (${id})\n${about.trim()}\n\n${numberTable(numbers, terminal.width)}`)
}

const describeEnergyTable = (name: string, command: DescribeCommand, terminal: Terminal): void => {
  const energyTable = loadEnergyTable(name)
  const numbers = energyTableNumbers(energyTable)
  if (command.json) {
    terminal.out(`${JSON.stringify({ schema: "sparsim-energy/1", table: energyTable, numbers }, null, 2)}\n`)
    return
  }
  terminal.out(`${energyTable.name} (${energyTable.id})\n${energyTable.about.trim()}\n\n`)
  terminal.out(numberTable(numbers, terminal.width))
}

const describeWorkload = (
  { network, warnings }: Workload,
  command: DescribeCommand,
  terminal: Terminal,
): void => {
  const layers = network.layers.map(({ id, op, weights, sparsity }) => ({
    id,
    op,
    macs: forwardMacs(op),
    weights: weightElements(op),
    hasValues: weights !== undefined,
    sparsity: sparsity ?? null,
  }))
  if (command.json) {
    const { id, name, batch, source } = network
    terminal.out(
      `${JSON.stringify({ schema: "sparsim-network/1", id, name, batch, source, layers, warnings }, null, 2)}\n`,
    )
    return
  }
  terminal.out(`${network.name} (${network.id}), batch ${network.batch}\n${network.source}\n\n`)
  terminal.out(
    table(
      layers,
      [
        { title: "layer", cell: ({ id }) => id, flexible: true },
        { title: "operator", cell: ({ op }) => (op.kind === "vector" ? op.function : op.kind) },
        { title: "MACs", cell: ({ macs }) => (macs === 0 ? "" : short(macs)), align: "right" },
        { title: "weights", cell: ({ weights }) => (weights === 0 ? "" : short(weights)), align: "right" },
      ],
      terminal.width,
    ),
  )
  if (command.quiet) return
  for (const warning of warnings) terminal.err(`note: ${warning}\n`)
}

/** Flags that shape a workload, as `WorkloadOptions` has them. */
const workloadKeys = ["batch", "input", "imageSize", "seq", "phase", "kv", "inputShapes", "cfg"] as const

/** @throws ConfigError for a flag that would change nothing of what is described */
const refuseWithoutEffect = (
  command: DescribeCommand,
  what: "machine" | "core" | "energy table" | "workload",
): void => {
  const numbers = command.overrides.length > 0 && what !== "machine"
  const shapes = what !== "workload" && workloadKeys.some((key) => command[key] !== undefined)
  if (!numbers && !shapes) return
  const articled = what === "energy table" ? "an energy table" : `a ${what}`
  throw new ConfigError({
    message: numbers
      ? `--set replaces numbers of a machine, but ${command.name} is ${articled}`
      : `${command.name} is ${articled}, which has no batch, input or other shape`,
    remedy: "Drop the flag.",
  })
}

/** Machines, then cores, then energy tables, then workloads are looked for; a name that is none of them is an error. */
export const runDescribe = (
  command: DescribeCommand,
  terminal: Terminal,
): Effect.Effect<void, SparsimError> =>
  attempt(async () => {
    const { name } = command
    const isMachine = machineIds().includes(name) || name.startsWith("systolic-") || /\.ya?ml$/i.test(name)
    if (isMachine) {
      refuseWithoutEffect(command, "machine")
      return describeMachine(await resolveAnyMachine(name, command.overrides), command, terminal)
    }
    if (cpuCoreIds().includes(name)) {
      refuseWithoutEffect(command, "core")
      return describeCore(name, command, terminal)
    }
    if (energyTableIds().includes(name.split("@")[0] ?? "")) {
      refuseWithoutEffect(command, "energy table")
      return describeEnergyTable(name, command, terminal)
    }
    refuseWithoutEffect(command, "workload")
    try {
      describeWorkload(await resolveWorkload(name, command), command, terminal)
    } catch (error) {
      if (!(error instanceof WorkloadError) || !/^[\w@-]+$/.test(name)) throw error
      throw new ConfigError({
        message: `"${name}" is no machine, core, energy table or network`,
        remedy: didYouMean(name, [...machineIds(), ...cpuCoreIds(), ...energyTableIds(), ...networkNames()]),
      })
    }
  })
