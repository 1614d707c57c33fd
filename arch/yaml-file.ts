/** YAML text decoded by a schema; an error says file, line, column and path. */
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml"
import { ConfigError, type Place } from "./errors.ts"
import { nearest } from "./nearest.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** The node at `path`, or the deepest one above it that exists. */
const nodeAt = (document: Document, path: readonly PropertyKey[]): Node | null => {
  let node: Node | null = document.contents
  for (const key of path) {
    let next: unknown
    if (isMap(node)) next = node.items.find((pair) => isScalar(pair.key) && pair.key.value === key)?.value
    else if (isSeq(node)) next = node.items[Number(key)]
    if (next === undefined || next === null) return node
    node = next as Node
  }
  return node
}

const placeOf = (file: string, lines: LineCounter, offset: number | undefined, path?: string): Place => {
  const at = offset === undefined ? undefined : lines.linePos(offset)
  return {
    file,
    ...(at === undefined ? {} : { line: at.line, column: at.col }),
    ...(path === undefined || path === "" ? {} : { path }),
  }
}

/** JSON is read without YAML's machinery, tens of times faster; undefined for anything that is not a JSON object. */
const plainJson = (text: string): unknown => {
  if (!text.startsWith("{")) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The document's value. @throws ConfigError for an alias of nothing, or aliases that multiply beyond reason */
const plainValue = (document: Document, file: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new ConfigError({
      message: `an alias cannot be resolved: ${error instanceof Error ? error.message : String(error)}`,
      place: { file },
      remedy: "Write the value out instead of the alias.",
    })
  }
}

/**
 * Parses YAML (JSON is YAML too) and decodes it.
 * @throws ConfigError with the place of the first defect: a syntax error, a wrong or missing field, an unknown key.
 */
export const decodeYaml = <S extends Schema.ConstraintDecoder<unknown>>(
  text: string,
  file: string,
  schema: S,
  unknownFields: "error" | "ignore" = "error",
): S["Type"] => {
  const plain = plainJson(text)
  if (plain !== undefined) {
    const exit = Schema.decodeUnknownExit(schema)(plain, { onExcessProperty: unknownFields })
    if (Exit.isSuccess(exit)) return exit.value
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" })
  const syntax = document.errors[0]
  if (syntax !== undefined) {
    throw new ConfigError({
      message: `not valid YAML: ${syntax.message}`,
      place: placeOf(file, lines, syntax.pos[0]),
      remedy: "Correct the syntax at this place.",
    })
  }
  return decodeAt(plainValue(document, file), schema, unknownFields, (path) => {
    const node = nodeAt(document, path)
    return { node, place: placeOf(file, lines, node?.range?.[0], dotted(path)) }
  })
}

/** Decodes a plain object, with `origin` in place of a file name. @throws ConfigError */
export const decodeObject = <S extends Schema.ConstraintDecoder<unknown>>(
  value: unknown,
  origin: string,
  schema: S,
): S["Type"] =>
  decodeAt(value, schema, "error", (path) => ({ node: null, place: { file: origin, path: dotted(path) } }))

const decodeAt = <S extends Schema.ConstraintDecoder<unknown>>(
  value: unknown,
  schema: S,
  unknownFields: "error" | "ignore",
  locate: (path: readonly PropertyKey[]) => { readonly node: Node | null; readonly place: Place },
): S["Type"] => {
  const exit = Schema.decodeUnknownExit(schema)(value, { onExcessProperty: unknownFields, errors: "all" })
  if (Exit.isSuccess(exit)) return exit.value
  const reason = exit.cause.reasons.find((r) => r._tag === "Fail")
  const issues =
    reason === undefined
      ? []
      : formatIssues(reason.error.issue).issues.map((issue) => ({
          message: issue.message,
          path: (issue.path ?? []).map((segment) => (typeof segment === "object" ? segment.key : segment)),
        }))
  // An unknown key is most often a misspelt required one, so it is reported before the key that is then missing.
  const first = issues.find((issue) => isExcess(issue.message)) ??
    issues[0] ?? { message: "wrong value", path: [] }
  const missingBeside = issues
    .filter(
      (issue) =>
        isMissing(issue.message) && dotted(issue.path.slice(0, -1)) === dotted(first.path.slice(0, -1)),
    )
    .map((issue) => String(issue.path.at(-1)))
  const { node, place } = locate(first.path)
  throw new ConfigError({ ...explain(first, missingBeside, node), place })
}

const isExcess = (message: string): boolean => /excess property/i.test(message)
const isMissing = (message: string): boolean => /missing key/i.test(message)
const dotted = (path: readonly PropertyKey[]): string => path.map(String).join(".")

const explain = (
  issue: { readonly message: string; readonly path: readonly PropertyKey[] },
  missingBeside: readonly string[],
  node: Node | null,
): { readonly message: string; readonly remedy: string } => {
  const path = dotted(issue.path)
  const key = String(issue.path.at(-1) ?? "")
  if (isExcess(issue.message)) {
    const meant = nearest(key, missingBeside)
    return {
      message: `"${path}" is not a field that is known here`,
      remedy: meant === undefined ? "Remove it." : `Did you mean "${meant}", which is missing here?`,
    }
  }
  if (isMissing(issue.message)) return { message: `"${path}" is missing`, remedy: `Add "${key}" here.` }
  if (
    path !== "" &&
    isScalar(node) &&
    typeof node.value === "number" &&
    /expected object/i.test(issue.message)
  ) {
    return {
      message: `"${path}" is the bare number ${node.value}`,
      remedy: "Every number says where it comes from: write { value, unit, source, status }.",
    }
  }
  const found = isScalar(node) ? ` (found ${JSON.stringify(node.value) ?? String(node.value)})` : ""
  return {
    message:
      path === ""
        ? `the file is not what it should be: ${issue.message}`
        : `"${path}": ${issue.message}${found}`,
    remedy: "Correct this field.",
  }
}
