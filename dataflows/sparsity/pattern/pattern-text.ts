/** Patterns as text: `2:8`, `v64:2:8`, `2:4x4:8`, `dbb4:8`, `rowwise:4`. */
import { formatNmPattern, type NmPattern, parseNmPattern } from "../nm-pattern.ts"
import { hierarchical, type SparsityPattern, vectorColumns } from "./sparsity-pattern.ts"

/** One line for whoever typed something else. */
export const patternForms =
  "N:M (2:8), vV:N:M (v64:2:8), N0:M0xN1:M1 (2:4x4:8, innermost first), dbbN:M (dbb4:8) or rowwise:M (rowwise:4)"

/** Products of larger groups would not be exact whole numbers. */
const largestGroup = 2 ** 31

const parseVector = (text: string): SparsityPattern | undefined => {
  const match = /^v(\d{1,6}):(.*)$/.exec(text)
  const nm = match === null ? undefined : parseNmPattern(match[2])
  if (match === null || nm === undefined) return undefined
  const v = Number(match[1])
  return v >= 1 && nm.n <= vectorColumns && nm.m >= vectorColumns ? { kind: "vector", v, ...nm } : undefined
}

const parseHierarchical = (text: string): SparsityPattern | undefined => {
  const levels = text.split(/[x×]/).map(parseNmPattern)
  if (levels.length < 2 || !levels.every((level): level is NmPattern => level !== undefined)) return undefined
  const pattern = hierarchical(levels)
  return pattern.m <= largestGroup ? pattern : undefined
}

const parseBounded = (text: string): SparsityPattern | undefined => {
  const nm = text.startsWith("dbb") ? parseNmPattern(text.slice("dbb".length)) : undefined
  return nm === undefined ? undefined : { kind: "bounded", ...nm }
}

const parseRowWise = (text: string): SparsityPattern | undefined => {
  const match = /^rowwise:(\d{1,6})$/.exec(text)
  if (match === null) return undefined
  const m = Number(match[1])
  return m >= 2 && Number.isInteger(Math.log2(m)) ? { kind: "row-wise", n: m, m } : undefined
}

/** The pattern that a text names; undefined when it names none. */
export const parsePattern = (text: string): SparsityPattern | undefined => {
  const word = text.trim().toLowerCase()
  return (
    parseNmPattern(word) ??
    parseVector(word) ??
    parseBounded(word) ??
    parseRowWise(word) ??
    parseHierarchical(word)
  )
}

/** The text that `parsePattern` reads back. */
export const formatPattern = (pattern: SparsityPattern): string => {
  if (!("kind" in pattern)) return formatNmPattern(pattern)
  switch (pattern.kind) {
    case "vector":
      return `v${pattern.v}:${formatNmPattern(pattern)}`
    case "hierarchical":
      return pattern.levels.map(formatNmPattern).join("x")
    case "bounded":
      return `dbb${formatNmPattern(pattern)}`
    case "row-wise":
      return `rowwise:${pattern.m}`
  }
}
