/** Which column of a topology file holds what. */
import { WorkloadError } from "../../../arch/errors.ts"
import { nearest } from "../../../arch/nearest.ts"
import type { Cell } from "./csv-cells.ts"

export type TopologyKind = "conv" | "gemm"

const commonRoles = ["name", "sparsity", "batch"] as const
const convRoles = [
  "ifmapHeight",
  "ifmapWidth",
  "filterHeight",
  "filterWidth",
  "channels",
  "filters",
  "stride",
  "strideWidth",
] as const
const gemmRoles = ["m", "n", "k"] as const

export type ConvRole = (typeof convRoles)[number]
export type GemmRole = (typeof gemmRoles)[number]
export type Role = (typeof commonRoles)[number] | ConvRole | GemmRole

/** Column titles as SCALE-Sim's own files spell them. */
export const titles: Readonly<Record<Role, string>> = {
  name: "Layer name",
  ifmapHeight: "IFMAP Height",
  ifmapWidth: "IFMAP Width",
  filterHeight: "Filter Height",
  filterWidth: "Filter Width",
  channels: "Channels",
  filters: "Num Filter",
  stride: "Strides",
  strideWidth: "Stride width",
  m: "M",
  n: "N",
  k: "K",
  sparsity: "Sparsity",
  batch: "Batch Size",
}

/** Columns in SCALE-Sim's order; its parser goes by position alone. */
const order: Readonly<Record<TopologyKind, readonly Role[]>> = {
  conv: [
    "name",
    "ifmapHeight",
    "ifmapWidth",
    "filterHeight",
    "filterWidth",
    "channels",
    "filters",
    "stride",
    "sparsity",
  ],
  gemm: ["name", "m", "n", "k", "sparsity"],
}

/** Other spellings, letters and digits only. */
const spellings: Readonly<Record<string, Role>> = {
  layer: "name",
  name: "name",
  channel: "channels",
  numfilters: "filters",
  filters: "filters",
  stride: "stride",
  strideheight: "stride",
  batch: "batch",
}

const compact = (title: string): string => title.toLowerCase().replace(/[^a-z0-9]/g, "")

const roleOf = (title: string): Role | undefined => {
  const key = compact(title)
  const roles: readonly Role[] = [...commonRoles, ...convRoles, ...gemmRoles]
  return (
    roles.find((role) => compact(titles[role]) === key) ??
    (Object.hasOwn(spellings, key) ? spellings[key] : undefined)
  )
}

export interface TopologyColumns {
  readonly kind: TopologyKind
  readonly indices: ReadonlyMap<Role, number>
  /**
   * Index where SCALE-Sim itself looks for the sparsity, when the header has no title there and none named Sparsity:
   * an N:M in that column counts.
   */
  readonly untitledSparsity: number | undefined
  /** Titles of columns that are not read. */
  readonly ignored: readonly string[]
}

export const expectedHeader = (kind: TopologyKind): string =>
  order[kind].map((role) => (role === "sparsity" ? "[Sparsity]" : titles[role])).join(", ")

/** Columns from the header row. `kind` undefined: whichever the titles say. */
export const readHeader = (
  header: readonly Cell[],
  file: string,
  kind: TopologyKind | undefined,
): TopologyColumns => {
  const roles = header.map((cell) => roleOf(cell.text))
  const detected = detectKind(roles)
  const found = kind ?? detected
  if (found === undefined) throw notAHeader(header, file)
  if (detected !== undefined && detected !== found) {
    throw headerError(header[0], file, `the header is that of a ${detected} topology`, found)
  }
  const usable = order[found]
  const extra: readonly Role[] = found === "conv" ? ["strideWidth", "batch"] : ["batch"]
  const indices = new Map<Role, number>()
  for (const [index, named] of roles.entries()) {
    if (named === undefined || !(usable.includes(named) || extra.includes(named))) continue
    const role = misnamedDuplicate(roles, index, found) ?? named
    if (indices.has(role)) {
      throw headerError(header[index], file, `column ${titles[role]} stands twice in the header`, found)
    }
    indices.set(role, index)
  }
  const read = new Set(indices.values())
  const unread = header.filter((cell, index) => cell.text !== "" && !read.has(index))
  for (const role of usable) {
    if (role === "sparsity" || indices.has(role)) continue
    throw missingColumn(header, file, role, unread, found)
  }
  const untitled = usable.indexOf("sparsity")
  return {
    kind: found,
    indices,
    untitledSparsity: indices.has("sparsity") || (header[untitled]?.text ?? "") !== "" ? undefined : untitled,
    ignored: unread.map((cell) => cell.text),
  }
}

const detectKind = (roles: readonly (Role | undefined)[]): TopologyKind | undefined => {
  const gemm = gemmRoles.filter((role) => roles.includes(role)).length
  const conv = convRoles.filter((role) => roles.includes(role)).length
  if (gemm === conv) return undefined
  return gemm > conv ? "gemm" : "conv"
}

const notAHeader = (header: readonly Cell[], file: string): WorkloadError => {
  const isData = header.slice(1).some((cell) => /^[+-]?\d+(\.\d+)?$/.test(cell.text))
  const found = isData
    ? "the first line is data, expected a header"
    : "the first line is not the header of a topology"
  return headerError(header[0], file, found)
}

/**
 * Some topologies in circulation title height and width alike ("IFMAP Width, IFMAP Width"). Where a title stands twice
 * and SCALE-Sim's own column at one of the two places is missing, that one is meant.
 */
const misnamedDuplicate = (
  roles: readonly (Role | undefined)[],
  index: number,
  kind: TopologyKind,
): Role | undefined => {
  const standard = order[kind][index]
  const twice = roles.filter((role) => role === roles[index]).length > 1
  return twice && standard !== undefined && !roles.includes(standard) ? standard : undefined
}

const missingColumn = (
  header: readonly Cell[],
  file: string,
  role: Role,
  unread: readonly Cell[],
  kind: TopologyKind,
): WorkloadError => {
  const title = compact(titles[role])
  const candidates = unread.map((cell) => compact(cell.text))
  // One-letter titles are near anything.
  const near = title.length > 1 ? nearest(title, candidates) : undefined
  const meant = near === undefined ? undefined : unread[candidates.indexOf(near)]
  return meant === undefined
    ? headerError(header[0], file, `column ${titles[role]} is missing in the header`, kind)
    : headerError(meant, file, `column is titled "${meant.text}", expected ${titles[role]}`, kind)
}

const headerError = (cell: Cell, file: string, found: string, kind?: TopologyKind): WorkloadError => {
  const kinds: readonly TopologyKind[] = kind === undefined ? ["conv", "gemm"] : [kind]
  return new WorkloadError({
    message: `SCALE-Sim topology: ${found}.`,
    place: { file, line: cell.line, column: cell.column },
    remedy: `Expected header: ${kinds.map(expectedHeader).join("; or ")}.`,
  })
}
