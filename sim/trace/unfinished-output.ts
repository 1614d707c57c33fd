/**
 * Files and folders that are being written under a temporary name. Normal code removes its own; this list is for the ways
 * out that run no `finally`: `process.exit`, and the signal handler of the command line.
 */
import { rmSync } from "node:fs"

const unfinished = new Set<string>()
let onExit = false

/** Remembers a temporary path until `forgetUnfinished`. */
export const rememberUnfinished = (path: string): void => {
  unfinished.add(path)
  if (onExit) return
  onExit = true
  process.once("exit", removeUnfinishedOutput)
}

/** The path was renamed or removed. */
export const forgetUnfinished = (path: string): void => {
  unfinished.delete(path)
}

/** Removes everything that is half written. Synchronous, for signal handlers; never throws. */
export const removeUnfinishedOutput = (): void => {
  for (const path of unfinished) {
    try {
      rmSync(path, { recursive: true, force: true })
    } catch {
      // Nothing more can be done on the way out.
    }
  }
  unfinished.clear()
}
