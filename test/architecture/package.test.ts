/** The package as others get it: a lockfile for every platform, and a tarball that installs and runs on its own. */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const read = (name: string): string => readFileSync(join(root, name), "utf8")

interface LockedPackage {
  readonly version: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const locked = (JSON.parse(read("package-lock.json")) as { packages: Record<string, LockedPackage> }).packages

describe("the lockfile", () => {
  it("holds the native parts for linux and macOS, x64 and arm64", () => {
    const native = Object.entries(locked).filter(([name, { optionalDependencies }]) => {
      const parts = Object.keys(optionalDependencies ?? {})
      return name !== "" && parts.some((part) => /linux-x64|linux.*x64/.test(part))
    })
    expect(native.length).toBeGreaterThan(3)
    for (const [name, { optionalDependencies }] of native) {
      const parts = Object.keys(optionalDependencies ?? {}).filter((part) =>
        Object.keys(locked).some((path) => path.endsWith(`node_modules/${part}`)),
      )
      for (const platform of [/linux.*x64/, /linux.*arm64/, /darwin.*x64/, /darwin.*arm64/]) {
        expect(
          parts.filter((part) => platform.test(part)),
          `${name} ${String(platform)}`,
        ).not.toEqual([])
      }
    }
  })

  it("pins every direct dependency to one version", () => {
    const { dependencies, devDependencies } = JSON.parse(read("package.json")) as Record<
      "dependencies" | "devDependencies",
      Record<string, string>
    >
    for (const version of Object.values({ ...dependencies, ...devDependencies })) {
      expect(version).toMatch(/^\d/)
    }
  })
})

describe("the tarball", () => {
  it("installs in an empty folder and simulates, with a trace and a page", () => {
    const folder = mkdtempSync(join(tmpdir(), "sparsim-pack-"))
    const npm = (args: readonly string[], cwd: string): string =>
      execFileSync("npm", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
    // The bundle was just built by the test setup, so the pack needs no second build.
    npm(["pack", "--ignore-scripts", "--pack-destination", folder], root)
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? ""
    writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n')
    npm(["install", "--no-audit", "--no-fund", "--ignore-scripts", `./${tarball}`], folder)
    const out = execFileSync(
      "npx",
      ["sparsim", "run", "resnet9", "--sparsity", "2:4", "-o", "traces", "--report", "page.html", "--quiet"],
      { cwd: folder, encoding: "utf8" },
    )
    expect(out).toContain("as fast as dense")
    expect(readdirSync(join(folder, "traces"))).toHaveLength(2)
    expect(readFileSync(join(folder, "page.html"), "utf8")).toContain("</html>")
    const installed = join(folder, "node_modules", "sparsim")
    // The plugin that records branches is compiled where it is used, from its own file under its own licence.
    expect(readdirSync(join(installed, "dist", "capture")).toSorted()).toEqual([
      "COPYING",
      "branch-capture.c",
    ])
    const stats = execFileSync("npx", ["sparsim", "branch", "stats", "ns-selfcheck"], {
      cwd: folder,
      encoding: "utf8",
    })
    expect(stats).toContain("577,773")
    const licences = readFileSync(join(installed, "dist", "THIRD_PARTY_LICENSES.txt"), "utf8")
    for (const name of ["commander", "d3-scale", "effect", "fzstd", "onnx-buf", "xz-decompress", "yaml"]) {
      expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"))
    }
    const script = `import { buildNetwork, machineIds } from "sparsim"; console.log(machineIds().length, buildNetwork("resnet18").layers.length)`
    const library = execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: folder,
      encoding: "utf8",
    })
    expect(library).toMatch(/^\d+ \d+\n$/)
  }, 180_000)
})
