/** `manifest.json` as text: written with its fingerprints, read back only when it is whole and of a known version. */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { type Place, TraceError } from "../../../arch/errors.ts"
import { Manifest, StoredManifest, traceVersion } from "../manifest.ts"
import { integrityOfFile, manifestDigest } from "./integrity.ts"
import { countersFile, manifestFile, spansFile } from "./layout.ts"

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** Decodes by a manifest schema. @throws TraceError with the path of the first wrong field. */
const decode = <S extends Schema.ConstraintDecoder<unknown>>(
  schema: S,
  value: unknown,
  file: string,
  remedy: string,
): S["Type"] => {
  const exit = Schema.decodeUnknownExit(schema)(value)
  if (Exit.isSuccess(exit)) return exit.value
  const reason = exit.cause.reasons.find((r) => r._tag === "Fail")
  const first = reason === undefined ? undefined : formatIssues(reason.error.issue).issues[0]
  const path = (first?.path ?? [])
    .map((segment) => String(typeof segment === "object" ? segment.key : segment))
    .join(".")
  throw new TraceError({
    message: `the manifest is wrong at "${path}": ${first?.message ?? "unexpected value"}`,
    place: { file, path },
    remedy,
  })
}

/**
 * Text of the manifest for the Parquet files that lie in `folder`.
 * @throws TraceError where a field is not of its schema, e.g. a number that is not finite.
 */
export const manifestText = (folder: string, manifest: Manifest): string => {
  const checked = decode(
    Manifest,
    manifest,
    manifestFile,
    "This is a defect of the model that wrote the trace; please report it with the command you ran.",
  )
  // Through JSON once, so that the digest is of what a reader will parse.
  const plain: Record<string, unknown> = JSON.parse(JSON.stringify(checked))
  const files = {
    spans: integrityOfFile(join(folder, spansFile)),
    counters: integrityOfFile(join(folder, countersFile)),
  }
  const stored = { ...plain, integrity: { manifest: manifestDigest(plain, files), ...files } }
  return `${JSON.stringify(stored, null, 2)}\n`
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const runAgain = "Write the trace again with the command that made it, or copy it again from its source."

/** Line and column of the character offset that V8 puts into its message, if it does. */
const placeOfSyntaxError = (file: string, text: string, message: string): Place => {
  const offset = /at position (\d+)/.exec(message)?.[1]
  if (offset === undefined) return { file }
  const before = text.slice(0, Number(offset)).split("\n")
  return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new TraceError({
      message: `the manifest is not valid JSON, it is damaged or cut short: ${message}`,
      place: placeOfSyntaxError(file, text, message),
      remedy: runAgain,
    })
  }
}

const checkVersion = (version: unknown, file: string): void => {
  const known = traceVersion.split(".")[0]
  const written = typeof version === "string" ? /^(\d+)\.\d+$/.exec(version)?.[1] : undefined
  if (written === known) return
  throw new TraceError({
    message:
      written === undefined
        ? `the trace's version is ${JSON.stringify(version)}, which is no version number`
        : `the trace has format version ${String(version)}; this sparsim reads version ${known}`,
    place: { file, path: "version" },
    remedy:
      written !== undefined && Number(written) > Number(known)
        ? "Update sparsim, or write the trace again with this version."
        : runAgain,
  })
}

/**
 * The manifest of the trace folder `directory`, known to be as it was written.
 * @throws TraceError
 */
export const readManifestFile = (directory: string): StoredManifest => {
  const file = join(directory, manifestFile)
  const raw = parseJson(readFileSync(file, "utf8"), file)
  if (!isRecord(raw) || raw.schema !== "sparsim-trace") {
    throw new TraceError({
      message: `this is not the manifest of a sparsim trace: its "schema" is not "sparsim-trace"`,
      place: { file, path: "schema" },
      remedy: "Give the folder that `sparsim run` wrote.",
    })
  }
  checkVersion(raw.version, file)
  const manifest = decode(StoredManifest, raw, file, runAgain)
  if (manifest.integrity.manifest !== manifestDigest(raw, manifest.integrity)) {
    throw new TraceError({
      message: "the manifest is damaged or was changed: it does not match its own SHA-256",
      place: { file, path: "integrity.manifest" },
      remedy: runAgain,
    })
  }
  return manifest
}

/** Compares a Parquet file with what the manifest says of it. @throws TraceError where it is not the file that was written. */
export const checkFile = (file: string, expected: StoredManifest["integrity"]["spans"]): void => {
  const found = integrityOfFile(file)
  if (found.bytes !== expected.bytes) {
    throw new TraceError({
      message: `the file has ${found.bytes} bytes where the manifest says ${expected.bytes}: it was cut short or replaced`,
      place: { file },
      remedy: runAgain,
    })
  }
  if (found.sha256 !== expected.sha256) {
    throw new TraceError({
      message: "the file is damaged or was changed: it does not match its SHA-256 in the manifest",
      place: { file },
      remedy: runAgain,
    })
  }
}
