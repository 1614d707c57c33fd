/** Finding an energy table: a built-in id, with or without another node and voltage to scale it to. */
import { builtinFiles } from "./builtin.ts"
import { type EnergyTable, energyTableFromText } from "./energy-table.ts"
import { ConfigError } from "./errors.ts"
import { didYouMean } from "./nearest.ts"
import { nominalVoltage } from "./node-scaling.ts"
import { scaleTable } from "./scale-table.ts"

const folder = "energy/"
const pathOf = (id: string): string => `${folder}${id}.yaml`

/** Ids of the built-in tables, sorted. */
export const energyTableIds = (): readonly string[] =>
  [...builtinFiles.keys()]
    .filter((path) => path.startsWith(folder))
    .map((path) => path.slice(folder.length).replace(/\.yaml$/, ""))
    .toSorted()

/** Every built-in table as its file gives it. */
export const builtinEnergyTables = (): readonly EnergyTable[] => energyTableIds().map(readBuiltin)

const decodedBuiltins = new Map<string, EnergyTable>()

/** Built-in texts never change, so each is decoded once. */
const readBuiltin = (id: string): EnergyTable => {
  const known = decodedBuiltins.get(id)
  if (known !== undefined) return known
  const table = energyTableFromText(builtinFiles.get(pathOf(id)) ?? "", `arch/${pathOf(id)}`)
  decodedBuiltins.set(id, table)
  return table
}

const scaledName = /^([^@]+)@(\d+(?:\.\d+)?)nm(?:@(\d+(?:\.\d+)?)V)?$/

/**
 * A built-in table by id, as in `horowitz-45nm`, or scaled to a node as in `horowitz-45nm@16nm` (at the node's nominal
 * voltage) or `horowitz-45nm@16nm@0.85V`. A user's own file goes through `energyTableFromText`.
 * @throws ConfigError with the nearest known id, or when the node or voltage cannot be scaled to
 */
export const loadEnergyTable = (name: string): EnergyTable => {
  const scaled = scaledName.exec(name)
  const id = scaled?.[1] ?? name
  if (!builtinFiles.has(pathOf(id))) {
    throw new ConfigError({
      message: `there is no energy table "${name}"`,
      remedy: `${didYouMean(id, energyTableIds())} Any of them can be scaled, e.g. horowitz-45nm@16nm@0.85V.`,
    })
  }
  const table = readBuiltin(id)
  if (scaled === null) return table
  const node = Number(scaled[2])
  const voltage = Number(scaled[3] ?? nominalVoltage(node).toFixed(2))
  return scaleTable(table, node, voltage)
}
