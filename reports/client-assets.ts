/**
 * Scripts and style of the pages. From source they are compiled here; the bundle holds the finished texts in place of this
 * module.
 */
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { ClientAssets } from "./pages/page.ts"

const folder = new URL("../viz/client/", import.meta.url)

const compiled = async (entry: string): Promise<string> => {
  const { build } = await import("esbuild")
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, folder))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
    // A page throws and catches the engine's errors and needs no more of them.
    alias: { "effect/Data": fileURLToPath(new URL("tagged-error.ts", folder)) },
  })
  return outputFiles[0].text
}

const styled = async (sheet: string): Promise<string> => {
  const { transform } = await import("esbuild")
  const source = await readFile(new URL(sheet, folder), "utf8")
  const { code } = await transform(source, { loader: "css", minify: true, charset: "utf8" })
  return code
}

export const clientAssets = async (): Promise<ClientAssets> => ({
  script: await compiled("main.ts"),
  whatIf: {
    array: await compiled("array-what-if.ts"),
    cpu: await compiled("cpu-what-if.ts"),
    gpu: await compiled("gpu-what-if.ts"),
    branch: await compiled("branch-what-if.ts"),
  },
  style: await styled("style.css"),
})
