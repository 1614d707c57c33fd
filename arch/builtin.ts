/**
 * Texts of the built-in machine and energy files. From source they are read from this folder; in the bundle the build
 * replaces this module by one that holds the same texts, so that a start costs no directory walk.
 */
import { readdirSync, readFileSync } from "node:fs"

const folders = [
  "sat",
  "gpu",
  "gpu-architecture",
  "gpu-kernels",
  "cpu",
  "cpu-core",
  "cpu-family",
  "cpu-library",
  "energy",
  "fpga",
  "wasm",
  "branch",
  "branch-core",
  "branch-sparse",
] as const

const read = (): ReadonlyMap<string, string> => {
  const texts = new Map<string, string>()
  for (const folder of folders) {
    const url = new URL(`./${folder}/`, import.meta.url)
    for (const name of readdirSync(url).toSorted()) {
      if (name.endsWith(".yaml")) texts.set(`${folder}/${name}`, readFileSync(new URL(name, url), "utf8"))
    }
  }
  return texts
}

/** Path below `arch/`, e.g. `sat/sat-vcu1525.yaml`, to file text. */
export const builtinFiles: ReadonlyMap<string, string> = read()
