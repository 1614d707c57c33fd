/** Typed access to the free-form `workload` of a case. */
import { parseNmPattern, type NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import type { ValidationCase } from "./case-file.ts"

/** A positive whole number, or undefined. */
export const size = ({ workload }: ValidationCase, field: string): number | undefined => {
  const value = workload[field]
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

export const text = ({ workload }: ValidationCase, field: string): string | undefined => {
  const value = workload[field]
  return typeof value === "string" ? value : undefined
}

/** N:M in a field; "dense" and a missing field are 1:1. Undefined when the field holds neither. */
export const pattern = ({ workload }: ValidationCase, field: string): NmPattern | undefined => {
  const value = workload[field] ?? "dense"
  if (value === "dense") return { n: 1, m: 1 }
  return typeof value === "string" ? parseNmPattern(value) : undefined
}
