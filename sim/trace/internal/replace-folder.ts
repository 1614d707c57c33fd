/** Puts a finished folder in the place of an older one, without a moment in which neither is complete. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs"
import { basename, dirname, join, resolve } from "node:path"
import { OutputError } from "../../../arch/errors.ts"
import { countersFile, manifestFile, spansFile } from "./layout.ts"

/** True when the folder's manifest says that it is a sparsim trace, of whatever version. */
const isTraceFolder = (folder: string): boolean => {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, manifestFile), "utf8"))
    return (
      typeof manifest === "object" &&
      manifest !== null &&
      "schema" in manifest &&
      manifest.schema === "sparsim-trace"
    )
  } catch {
    return false
  }
}

/**
 * The real path to write a trace folder to.
 * @throws OutputError where something else is in its place: a file, or a folder that is neither empty nor a trace.
 */
export const traceTarget = (directory: string): string => {
  if (!existsSync(directory)) return resolve(directory)
  const target = realpathSync(directory)
  if (!statSync(target).isDirectory()) {
    throw new OutputError({
      message: "a trace is a folder, but this is a file",
      place: { file: directory },
      remedy: "Choose another name for the trace.",
    })
  }
  if (readdirSync(target).length > 0 && !isTraceFolder(target)) {
    throw new OutputError({
      message: "this folder is not empty and is not a sparsim trace; it was left as it is",
      place: { file: directory },
      remedy: "Choose another name for the trace, or empty the folder yourself.",
    })
  }
  return target
}

/** A new, empty folder beside `target`, on the same disk, so that a rename can put it in place. */
export const siblingFolder = (target: string): string => {
  for (let attempt = 0; ; attempt++) {
    const name = `.${basename(target).slice(0, 60)}.${process.pid}.${attempt}.tmp`
    const folder = join(dirname(target), name)
    if (existsSync(folder)) continue
    mkdirSync(folder)
    return folder
  }
}

/** Renames `finished` to `target`. Files in an older trace that are not the trace's own are kept. */
export const replaceFolder = (finished: string, target: string): void => {
  if (!existsSync(target)) {
    renameSync(finished, target)
    return
  }
  const old = siblingFolder(target)
  renameSync(target, old)
  try {
    renameSync(finished, target)
  } catch (error) {
    renameSync(old, target)
    throw error
  }
  const own = new Set([manifestFile, spansFile, countersFile])
  for (const entry of readdirSync(old)) {
    if (!own.has(entry)) renameSync(join(old, entry), join(target, entry))
  }
  rmSync(old, { recursive: true, force: true })
}
