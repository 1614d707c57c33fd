/** What each action of a machine's components costs, looked up in an energy table. */
import { builtinEnergyTables } from "./energy-catalogue.ts"
import { energyActions, type EnergyComponent } from "./energy-component.ts"
import type { EnergyTable } from "./energy-table.ts"
import { ConfigError } from "./errors.ts"
import type { Quantity, Status } from "./quantity.ts"
import { sramEnergy } from "./sram-energy.ts"
import { type Picojoules, picojoules } from "./units.ts"
import { worstStatus } from "./worst-status.ts"

/** The energy of one count of (component, action) of a trace. */
export interface ActionEnergy {
  readonly component: string
  readonly action: string
  /** Picojoules per count. */
  readonly picojoules: Picojoules
  /** What one count is. */
  readonly per: "byte" | "operation"
  /** The worst of the numbers it was computed from. */
  readonly status: Status
  readonly source: string
}

interface Price {
  readonly action: string
  readonly picojoules: number
  readonly status: Status
  readonly source: string
}

/**
 * Energies of every action of every component, in the order of `components` and of `energyActions`.
 * `alternatives` are the tables that an error names as able to price what this one cannot.
 * @throws ConfigError when the table lacks a price (never zero), or a component's capacity or width is not positive
 */
export const resolveEnergy = (
  table: EnergyTable,
  components: readonly EnergyComponent[],
  alternatives: () => readonly EnergyTable[] = builtinEnergyTables,
): readonly ActionEnergy[] =>
  components.flatMap((component) => {
    const prices = pricesOf(table, checked(component))
    if (prices === undefined) throw unpriced(table, component, alternatives())
    return prices.map(({ action, picojoules: energy, status, source }) => ({
      component: component.component,
      action,
      picojoules: picojoules(energy),
      per: countedIn[component.kind],
      status,
      source,
    }))
  })

/** Whether a table has a price for every action of the components. @throws ConfigError as `resolveEnergy` does for a bad component */
export const pricesAll = (table: EnergyTable, components: readonly EnergyComponent[]): boolean =>
  components.every((component) => pricesOf(table, checked(component)) !== undefined)

const countedIn = {
  mac: "operation",
  alu: "operation",
  comparator: "operation",
  sram: "byte",
  register: "byte",
  dram: "byte",
} as const satisfies Record<EnergyComponent["kind"], ActionEnergy["per"]>

/** The prices of a component's actions, or undefined when the table has no row for it. */
const pricesOf = (
  { entries, dram }: EnergyTable,
  component: EnergyComponent,
): readonly Price[] | undefined => {
  switch (component.kind) {
    case "mac": {
      const { dtype, accumulate } = component
      const row = entries.mac?.find((mac) => mac.dtype === dtype && mac.accumulate === accumulate)
      return row && [stated("compute", row.compute), stated("gated", row.gated)]
    }
    case "alu": {
      const row = entries.alu?.find(({ dtype }) => dtype === component.dtype)
      return row && [stated("add", row.add), stated("mul", row.mul)]
    }
    case "comparator":
      return entries.comparator && [perBit(entries.comparator.compare, component.bits)]
    case "sram": {
      const law = entries.sram
      return (
        law &&
        (["read", "write"] as const).map((action) => ({
          action,
          ...sramEnergy(law, component.capacityBytes, action),
        }))
      )
    }
    case "register":
      return entries.register && storage(entries.register)
    case "dram":
      break
  }
  const row = dram.find(({ technology }) => technology === component.technology)
  return row && storage(row)
}

const stated = (action: string, { value, status, source }: Quantity): Price => ({
  action,
  picojoules: value,
  status,
  source,
})

const storage = ({
  read,
  write,
}: {
  readonly read: Quantity
  readonly write: Quantity
}): readonly Price[] => [stated("read", read), stated("write", write)]

/** A comparison of `bits` bits at a price per bit. */
const perBit = ({ value, status, source }: Quantity, bits: number): Price => ({
  action: "compare",
  picojoules: bits * value,
  status: worstStatus("derived", status),
  source: `${bits} bits × ${Number(value.toPrecision(4))} pJ/bit (${source})`,
})

const checked = (component: EnergyComponent): EnergyComponent => {
  const [what, size] =
    component.kind === "sram"
      ? ["capacity in bytes", component.capacityBytes]
      : component.kind === "comparator"
        ? ["width in bits", component.bits]
        : ["", 1]
  if (size > 0 && Number.isFinite(size)) return component
  throw new ConfigError({
    message: `${component.component} (${component.kind}) has the ${what} ${size}`,
    remedy: "Give it a positive size; without one its energy is not defined.",
  })
}

const described = (component: EnergyComponent): string => {
  switch (component.kind) {
    case "mac":
      return `mac, ${component.dtype} into ${component.accumulate}`
    case "alu":
      return `alu, ${component.dtype}`
    case "dram":
      return `dram, ${component.technology}`
    default:
      return component.kind
  }
}

const unpriced = (
  table: EnergyTable,
  component: EnergyComponent,
  alternatives: readonly EnergyTable[],
): ConfigError => {
  const able = alternatives.filter((other) => pricesOf(other, component) !== undefined).map(({ id }) => id)
  const actions = energyActions[component.kind].map((action) => `${component.component}.${action}`)
  const technologies =
    component.kind === "dram"
      ? ` ${table.id} knows ${table.dram.map(({ technology }) => technology).join(", ") || "no DRAM"}.`
      : ""
  return new ConfigError({
    message: `energy table "${table.id}" has no price for ${actions.join(" and ")} (${described(component)})`,
    remedy:
      (able.length > 0
        ? `Tables that have one: ${able.join(", ")}.`
        : "No built-in table has one; add a row to a table of your own.") + technologies,
  })
}
