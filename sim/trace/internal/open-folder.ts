/** A trace folder whose files are known to be whole. */
import { join } from "node:path"
import { existsSync, statSync } from "node:fs"
import { TraceError } from "../../../arch/errors.ts"
import type { Manifest } from "../manifest.ts"
import { countersFile, manifestFile, spansFile } from "./layout.ts"
import { checkFile, readManifestFile } from "./manifest-file.ts"

export interface TraceFolder {
  readonly directory: string
  readonly manifest: Manifest
  /** Paths of the two Parquet files. */
  readonly spans: string
  readonly counters: string
}

const remedy = "Give the folder that `sparsim run` wrote: it holds manifest.json and two Parquet files."

/** Opens `directory` as a trace. Files it does not know are ignored. @throws TraceError */
export const openTraceFolder = (directory: string): TraceFolder => {
  const place = { file: directory }
  const spans = join(directory, spansFile)
  const counters = join(directory, countersFile)
  if (!existsSync(directory)) throw new TraceError({ message: "there is no such trace", place, remedy })
  if (!statSync(directory).isDirectory()) {
    throw new TraceError({ message: "a trace is a folder, but this is a file", place, remedy })
  }
  if (!existsSync(join(directory, manifestFile))) {
    throw new TraceError({ message: `this folder is not a trace: it has no ${manifestFile}`, place, remedy })
  }
  for (const file of [spans, counters]) {
    if (!existsSync(file)) {
      throw new TraceError({ message: "this file of the trace is missing", place: { file }, remedy })
    }
  }
  try {
    const { integrity, ...manifest } = readManifestFile(directory)
    checkFile(spans, integrity.spans)
    checkFile(counters, integrity.counters)
    return { directory, manifest, spans, counters }
  } catch (error) {
    if (error instanceof TraceError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new TraceError({ message: `the trace cannot be read: ${reason}`, place, remedy })
  }
}
