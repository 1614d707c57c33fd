/** Every number of a core with its place, and a core with one of them replaced. */
import type { CpuCoreFile } from "./cpu-core.ts"
import type { PlacedQuantity } from "./machine.ts"
import { decoded, QuantityFile } from "./quantity.ts"

const isQuantity = (node: object): node is QuantityFile => "value" in node && "source" in node

const numbersBelow = (node: unknown, path: string): readonly PlacedQuantity[] => {
  if (typeof node !== "object" || node === null) return []
  if (isQuantity(node)) return [{ path, ...decoded(node) }]
  return Object.entries(node).flatMap(([key, value]) =>
    numbersBelow(value, path === "" ? key : `${path}.${key}`),
  )
}

/** In file order; rows of lists are placed by their index, as `operations.fma.uses.0.slots`. */
export const cpuCoreNumbers = (core: CpuCoreFile): readonly PlacedQuantity[] => numbersBelow(core, "")

const replaced = (node: unknown, [key, ...rest]: readonly string[], value: number): unknown => {
  if (key === undefined) return { ...(node as QuantityFile), value }
  if (Array.isArray(node)) return node.map((row, i) => (String(i) === key ? replaced(row, rest, value) : row))
  const fields = node as Readonly<Record<string, unknown>>
  return { ...fields, [key]: replaced(fields[key], rest, value) }
}

/** The number at a path of `cpuCoreNumbers` replaced. */
export const withCoreNumber = (core: CpuCoreFile, path: string, value: number): CpuCoreFile =>
  replaced(core, path.split("."), value) as CpuCoreFile
