/**
 * Script and style of the pages. From source they are compiled here; the bundle holds the finished texts in place of this
 * module.
 */
import { readFile } from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { ClientAssets } from "./pages/page.ts"

export const clientAssets = async (): Promise<ClientAssets> => {
  const { build } = await import("esbuild")
  const folder = new URL("../viz/client/", import.meta.url)
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("main.ts", folder))],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
  })
  return { script: outputFiles[0].text, style: await readFile(new URL("style.css", folder), "utf8") }
}
