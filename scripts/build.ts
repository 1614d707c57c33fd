/**
 * Bundles the command line and the library into `dist/` and writes the type declarations beside them. DuckDB stays
 * outside: it is a native module. Machine files (as JSON), the client script and the style sheet are inlined as text.
 */
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "esbuild"
import { parse } from "yaml"
import { builtinFiles } from "../arch/builtin.ts"
import { clientAssets } from "../reports/client-assets.ts"
import { builtinLoops } from "../src/validate/builtin-loops.ts"
import { jsonSchemas } from "../src/schemas/json-schemas.ts"
import { thirdPartyLicenses } from "./third-party-licenses.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
/** Built beside its place and renamed, so that a running command never sees half of it. */
const fresh = `${root}dist.${process.pid}.tmp`

/** Replaces a module by one that holds data known at build time. */
const inline = (filter: RegExp, contents: () => string): Plugin => ({
  name: `inline ${String(filter)}`,
  setup: (hooks) => {
    hooks.onLoad({ filter }, () => ({ contents: contents(), loader: "js" }))
  },
})

/** Machine and energy files as JSON, which is read faster than YAML and means the same. */
const builtinTexts = (): readonly (readonly [string, string])[] =>
  [...builtinFiles].map(([path, text]) => [path, JSON.stringify(parse(text))])

/** Files that went into the bundles, those of the pages' script included. */
const bundle = async (): Promise<readonly string[]> => {
  const assets = await clientAssets()
  const client = await build({
    absWorkingDir: root,
    entryPoints: [
      "viz/client/main.ts",
      "viz/client/array-what-if.ts",
      "viz/client/cpu-what-if.ts",
      "viz/client/gpu-what-if.ts",
      "viz/client/branch-what-if.ts",
    ],
    outdir: fresh,
    bundle: true,
    write: false,
    metafile: true,
  })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: {
      sparsim: "src/cli/main.ts",
      index: "src/index.ts",
      "predictor-worker": "src/branch/predictor-worker.ts",
    },
    outdir: fresh,
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    external: ["@duckdb/node-api", "@duckdb/node-bindings", "wabt"],
    chunkNames: "chunks/[name]-[hash]",
    legalComments: "linked",
    logLevel: "warning",
    metafile: true,
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    plugins: [
      inline(
        /arch[\\/]builtin\.ts$/,
        () => `export const builtinFiles = new Map(${JSON.stringify(builtinTexts())})`,
      ),
      inline(
        /validate[\\/]builtin-loops\.ts$/,
        () => `export const builtinLoops = new Map(${JSON.stringify([...builtinLoops])})`,
      ),
      inline(
        /reports[\\/]client-assets\.ts$/,
        () => `export const clientAssets = async () => (${JSON.stringify(assets)})`,
      ),
    ],
  })
  return [...Object.keys(metafile.inputs), ...Object.keys(client.metafile.inputs)]
}

const declareTypes = (): void => {
  const compiler = `${root}node_modules/typescript/bin/tsc`
  const args = [compiler, "-p", `${root}tsconfig.build.json`, "--outDir", `${fresh}/types`]
  execFileSync(process.execPath, args, { stdio: "inherit" })
}

const writeSchemas = (): void => {
  mkdirSync(`${fresh}/schemas`)
  for (const [name, schema] of Object.entries(jsonSchemas())) {
    writeFileSync(`${fresh}/schemas/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`)
  }
}

try {
  mkdirSync(fresh, { recursive: true })
  writeFileSync(`${fresh}/THIRD_PARTY_LICENSES.txt`, thirdPartyLicenses(root, await bundle()))
  declareTypes()
  writeSchemas()
  cpSync(`${root}src/workload/branch-trace/samples`, `${fresh}/samples`, { recursive: true })
  for (const name of ["branch-capture.c", "COPYING"]) {
    cpSync(`${root}src/branch/capture/${name}`, `${fresh}/capture/${name}`)
  }
  rmSync(`${root}dist`, { recursive: true, force: true })
  renameSync(fresh, `${root}dist`)
} finally {
  rmSync(fresh, { recursive: true, force: true })
}
