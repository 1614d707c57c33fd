/** Writes a text file under a temporary name and renames it when it is complete: readers never see half of it. */
import { existsSync, realpathSync, renameSync, rmSync, statSync } from "node:fs"
import { open } from "node:fs/promises"
import { basename, dirname, join, resolve } from "node:path"
import { outputError } from "../output-error.ts"
import { forgetUnfinished, rememberUnfinished } from "../unfinished-output.ts"

/**
 * Writes `chunks`, as UTF-8, to `file`; an existing file is replaced when the last chunk is on disk. What is not a regular
 * file (a pipe, `/dev/stdout`) is written to directly.
 * @throws OutputError where that fails; an existing file is then as it was. An error of `chunks` itself passes through.
 */
export const writeAtomically = async (
  file: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> => {
  let target: string
  try {
    target = existsSync(file) ? realpathSync(file) : resolve(file)
    if (existsSync(target) && statSync(target).isDirectory()) {
      throw Object.assign(new Error("is a directory"), { code: "EISDIR" })
    }
  } catch (error) {
    throw outputError(error, file)
  }
  if (existsSync(target) && !statSync(target).isFile()) {
    await writeChunks(target, file, chunks)
    return
  }
  const temporary = join(dirname(target), `.${basename(target).slice(0, 60)}.${process.pid}.${++written}.tmp`)
  rememberUnfinished(temporary)
  try {
    await writeChunks(temporary, file, chunks)
    rename(temporary, target, file)
  } finally {
    if (existsSync(temporary)) rmSync(temporary)
    forgetUnfinished(temporary)
  }
}

/** Files written by this process so far: two at once must not share a temporary name. */
let written = 0

const rename = (from: string, to: string, file: string): void => {
  try {
    renameSync(from, to)
  } catch (error) {
    throw outputError(error, file)
  }
}

/** Writes to `path`; errors name `file`. */
const writeChunks = async (
  path: string,
  file: string,
  chunks: Iterable<string> | AsyncIterable<string>,
): Promise<void> => {
  const attempt = async <A>(step: () => Promise<A>): Promise<A> => {
    try {
      return await step()
    } catch (error) {
      throw outputError(error, file)
    }
  }
  const handle = await attempt(() => open(path, "w"))
  try {
    for await (const chunk of chunks) await attempt(() => handle.writeFile(chunk))
  } finally {
    await attempt(() => handle.close())
  }
}
