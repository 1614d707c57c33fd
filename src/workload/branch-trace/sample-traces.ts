/** The branch traces that come with the package. */
import { existsSync } from "node:fs"
import { basename } from "node:path"
import { fileURLToPath } from "node:url"

/** Name on the command line, file, and what is in it. */
export const sampleTraces = [
  { name: "gzip-4M", file: "gzip-4M.sbbt.zst", about: "gzip -9, 4 M branches" },
  { name: "perl-4M", file: "perl-4M.sbbt.zst", about: "perl 5.36, 4 M branches" },
  { name: "python-4M", file: "python-4M.sbbt.zst", about: "python 3.11, 4 M branches" },
  { name: "sqlite-4M", file: "sqlite-4M.sbbt.zst", about: "sqlite3, 4 M branches" },
  {
    name: "ns-selfcheck",
    file: "ns-selfcheck.sbbt.zst",
    about: "sorting without a libc, 0.58 M branches, counts confirmed by single-stepping",
  },
  {
    name: "synthetic-sparse",
    file: "synthetic-sparse-880k.sbbt.zst",
    about: "generated: branches that copy, vote on, AND and XOR outcomes far back among noise",
  },
] as const

/** Beside this file, or in the bundle. */
const folder = (): URL => {
  const here = import.meta.url
  return new URL(here.includes("/chunks/") ? "../samples/" : "./samples/", here)
}

/** Path of the sample with that name or file name; undefined where there is none. */
export const samplePath = (name: string): string | undefined => {
  const sample = sampleTraces.find(
    (one) => one.name === name || one.file.startsWith(`${basename(name)}.`) || one.file === basename(name),
  )
  const path = sample && fileURLToPath(new URL(sample.file, folder()))
  return path !== undefined && existsSync(path) ? path : undefined
}
