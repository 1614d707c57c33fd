/** The licences of the packages whose code is inside `dist/`. */
import { readdirSync, readFileSync } from "node:fs"

const packageOf = (file: string): string | undefined =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(file)?.[1]

interface Manifest {
  readonly version: string
  readonly license?: string
  readonly homepage?: string
  readonly repository?: string | { readonly url: string }
}

const sourceOf = ({ homepage, repository }: Manifest): string =>
  (typeof repository === "string" ? repository : repository?.url) ?? homepage ?? ""

const entry = (folder: string, name: string): string => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8")) as Manifest
  if (manifest.license === undefined) throw new Error(`${name} states no licence; do not bundle it`)
  const text = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file))
  const head = `${name} ${manifest.version}, ${manifest.license}\n${sourceOf(manifest)}`
  return text === undefined ? head : `${head}\n\n${readFileSync(`${folder}/${text}`, "utf8").trim()}`
}

/**
 * One entry per package that any of `files` (as a bundler names them, relative to `root`) belongs to, by name. A package
 * without a licence file is named with its licence's identifier and its source.
 * @throws Error where a package states no licence
 */
export const thirdPartyLicenses = (root: string, files: readonly string[]): string => {
  const names = new Set(files.flatMap((file) => packageOf(file) ?? []))
  const entries = [...names].sort().map((name) => entry(`${root}node_modules/${name}`, name))
  return `${entries.join(`\n\n${"-".repeat(80)}\n\n`)}\n`
}
