/**
 * Texts of the built-in loops. From source they are read from the folder `loops/`; in the bundle the build replaces this module
 * by one that holds the same texts.
 */
import { readdirSync, readFileSync } from "node:fs"

const folder = new URL("loops/", import.meta.url)

const read = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith(".s"))
      .toSorted()
      .map((name) => [name.replace(/\.s$/, ""), readFileSync(new URL(name, folder), "utf8")]),
  )

/** Name, e.g. `spmm-32x1-pipelined`, to assembly text. */
export const builtinLoops: ReadonlyMap<string, string> = read()
