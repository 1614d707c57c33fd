/** The one place where errors become text: one paragraph with place and remedy. */
import type { SparsimError } from "../../arch/errors.ts"
import { printable } from "./table.ts"

const tags: ReadonlySet<string> = new Set([
  "ConfigError",
  "WorkloadError",
  "TraceError",
  "UnsupportedError",
  "OutputError",
])

export const isSparsimError = (error: unknown): error is SparsimError =>
  error instanceof Error && "_tag" in error && tags.has(String(error._tag))

/** `FILE:LINE:COLUMN (PATH): message. Remedy` on one line. */
export const renderError = (error: SparsimError): string => {
  const { place } = error
  const position = [place?.line, place?.column].filter((n) => n !== undefined).join(":")
  const where =
    place === undefined
      ? ""
      : `${place.file}${position === "" ? "" : `:${position}`}${place.path === undefined ? "" : ` (${place.path})`}: `
  const message = error.message.replace(/[.\s]+$/, "")
  const remedy = error.remedy === undefined ? "" : ` ${error.remedy}`
  return `sparsim: ${printable((where + message).replaceAll(/\s+/g, " "))}.${printable(remedy)}\n`
}

/** 2 for input that is wrong, 1 for a run that failed. */
export const exitCodeOf = (error: SparsimError): 1 | 2 => (error._tag === "OutputError" ? 1 : 2)
