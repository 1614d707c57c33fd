/** The capture plugin, compiled on first use and kept in the user's cache. */
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { UnsupportedError } from "../../../arch/errors.ts"
import { outputError } from "../../../sim/trace/output-error.ts"
import { captureSource } from "./capture-source.ts"

const install = "On Debian or Ubuntu: apt install qemu-user gcc."

const isMissing = (error: unknown): boolean =>
  error instanceof Error && "code" in error && error.code === "ENOENT"

/** QEMU's own "8.2" of "qemu-x86_64 version 8.2.2 (…)". @throws UnsupportedError where it is not installed */
const emulatorVersion = (emulator: string): readonly [major: number, minor: number] => {
  let text: string
  try {
    text = execFileSync(emulator, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })
  } catch (error) {
    throw new UnsupportedError({
      message: isMissing(error)
        ? `${emulator} is not installed, which runs the program while its branches are recorded`
        : `${emulator} does not start`,
      remedy: install,
    })
  }
  const [, major, minor] = /version (\d+)\.(\d+)/.exec(text) ?? []
  return [Number(major ?? 7), Number(minor ?? 0)]
}

/** Version of QEMU's plugin interface, which changed with 9.0 and 9.1. */
const pluginInterface = ([major, minor]: readonly [number, number]): 1 | 2 | 3 => {
  if (major < 9) return 1
  return major === 9 && minor === 0 ? 2 : 3
}

const cacheFolder = (): string => {
  const given = process.env["XDG_CACHE_HOME"]
  return join(given !== undefined && given.startsWith("/") ? given : join(homedir(), ".cache"), "sparsim")
}

const compile = (source: string, version: number, plugin: string): void => {
  const compiler = process.env["CC"] ?? "cc"
  const fresh = `${plugin}.${process.pid}.tmp`
  const flags = ["-O2", "-shared", "-fPIC", `-DPLUGIN_API=${version}`, "-x", "c", "-", "-o", fresh]
  try {
    execFileSync(compiler, flags, { input: source, stdio: ["pipe", "ignore", "pipe"] })
    renameSync(fresh, plugin)
  } catch (error) {
    rmSync(fresh, { force: true })
    const said = error instanceof Error && "stderr" in error ? String(error.stderr).slice(0, 300) : ""
    throw new UnsupportedError({
      message: isMissing(error)
        ? `there is no C compiler (${compiler}), and the part that records branches inside qemu is compiled here`
        : `${compiler} cannot compile the part that records branches: ${said}`,
      remedy: isMissing(error) ? install : "CC names another compiler.",
    })
  }
}

/** Path of the plugin for that emulator. @throws UnsupportedError, OutputError */
export const capturePlugin = (emulator: string): string => {
  const version = pluginInterface(emulatorVersion(emulator))
  const source = captureSource()
  const hash = createHash("sha256").update(source).digest("hex").slice(0, 16)
  const folder = cacheFolder()
  const plugin = join(folder, `branch-capture-${hash}-${process.arch}-${version}.so`)
  if (existsSync(plugin)) return plugin
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    throw outputError(error, folder)
  }
  compile(source, version, plugin)
  return plugin
}
