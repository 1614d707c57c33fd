/**
 * Bundles the command line and the library into `dist/` and writes the type declarations beside them. DuckDB stays
 * outside: it is a native module. Machine files, the client script and the style sheet are inlined as text.
 */
import { execFileSync } from "node:child_process"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { build, type Plugin } from "esbuild"
import { builtinFiles } from "../arch/builtin.ts"
import { clientAssets } from "../reports/client-assets.ts"

const root = fileURLToPath(new URL("..", import.meta.url))
const dist = `${root}dist`

/** Replaces a module by one that holds data known at build time. */
const inline = (filter: RegExp, contents: () => string): Plugin => ({
  name: `inline ${String(filter)}`,
  setup: (hooks) => {
    hooks.onLoad({ filter }, () => ({ contents: contents(), loader: "js" }))
  },
})

const assets = await clientAssets()

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
await build({
  absWorkingDir: root,
  entryPoints: { sparsim: "src/cli/main.ts", index: "src/index.ts" },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: ["@duckdb/node-api", "@duckdb/node-bindings"],
  chunkNames: "chunks/[name]-[hash]",
  legalComments: "linked",
  logLevel: "warning",
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  plugins: [
    inline(
      /arch[\\/]builtin\.ts$/,
      () => `export const builtinFiles = new Map(${JSON.stringify([...builtinFiles])})`,
    ),
    inline(
      /reports[\\/]client-assets\.ts$/,
      () => `export const clientAssets = async () => (${JSON.stringify(assets)})`,
    ),
  ],
})
writeFileSync(`${dist}/package.json`, '{ "type": "module" }\n')
execFileSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  {
    stdio: "inherit",
  },
)
