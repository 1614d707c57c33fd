/** Tensors stored in files beside the model (`data_location: EXTERNAL`). */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from "node:fs"
import { dirname, isAbsolute, relative, resolve, sep } from "node:path"
import { WorkloadError } from "../../../arch/errors.ts"
import type { ExternalData } from "./tensor-proto.ts"

const remedy =
  "Keep the external data files in the model's folder, as the exporter wrote them, or save the model with its weights inside."

const isInside = (folder: string, file: string): boolean => {
  const path = relative(folder, file)
  return path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path)
}

/** External data of the model at `file`. Locations are relative to its folder and may not leave it, links included. */
export const externalDataBeside = (file: string): ExternalData => {
  const folder = dirname(resolve(file))

  const open = (path: string, location: string): number => {
    const fail = (message: string) => new WorkloadError({ message, place: { file, path }, remedy })
    const target = resolve(folder, location)
    // A backslash separates folders on Windows only; refusing it everywhere makes a file mean the same everywhere.
    if (
      isAbsolute(location) ||
      location.includes("\\") ||
      location.includes("\0") ||
      !isInside(folder, target)
    )
      throw fail(`External data at "${location}" lies outside the model's folder.`)
    let real: string
    try {
      real = realpathSync(target)
    } catch {
      throw fail(`External data file "${location}" is missing.`)
    }
    if (!isInside(realpathSync(folder), real))
      throw fail(`External data at "${location}" is a link that leaves the model's folder.`)
    try {
      return openSync(real, "r")
    } catch {
      throw fail(`External data file "${location}" cannot be opened.`)
    }
  }

  const withRange = <Result>(
    path: string,
    location: string,
    end: number,
    use: (descriptor: number) => Result,
  ): Result => {
    const descriptor = open(path, location)
    try {
      const stat = fstatSync(descriptor)
      if (!stat.isFile() || stat.size < end)
        throw new WorkloadError({
          message: stat.isFile()
            ? `External data file "${location}" is too short: the tensor ends at byte ${end}, the file at ${stat.size}.`
            : `External data at "${location}" is not a file.`,
          place: { file, path },
          remedy,
        })
      return use(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }

  return {
    check: (path, location, offset, length) => withRange(path, location, offset + length, () => undefined),
    read: (path, location, offset, length) =>
      withRange(path, location, offset + length, (descriptor) => {
        const bytes = new Uint8Array(length)
        // One read call delivers at most 2 GiB.
        for (let done = 0; done < length;) {
          const count = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), offset + done)
          if (count === 0)
            throw new WorkloadError({
              message: `External data file "${location}" became shorter while it was read.`,
              place: { file, path },
              remedy,
            })
          done += count
        }
        return bytes
      }),
  }
}

/** For models that exist in memory only: any external tensor is an error. */
export const noExternalData = (file: string): ExternalData => {
  const refuse = (path: string, location: string): never => {
    throw new WorkloadError({
      message: `The tensor's data is in "${location}", but the model was not read from a file.`,
      place: { file, path },
      remedy,
    })
  }
  return { check: refuse, read: refuse }
}
