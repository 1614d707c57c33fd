/** The same command gives the same bytes: on standard output, in traces, pages and exports. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { type CliResult, emptyFolder, sparsim } from "./run-cli.ts"

/** Every file below a folder with its bytes in hexadecimal. */
const contents = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .toSorted()
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name)).toString("hex")]),
  )

interface Outcome {
  readonly printed: readonly CliResult[]
  readonly files: ReadonlyMap<string, string>
}

/** Runs the commands one after another in a new folder; what they print and what is there then. */
const outcome = (commands: readonly (readonly string[])[], cwd = emptyFolder()): Outcome => {
  const printed = commands.map((args) => sparsim(args, cwd))
  return { printed, files: contents(cwd) }
}

const trace = join("t", "resnet-9-sat-vcu1525-bdwp-2of8.trace")
const commands = [
  [
    "run",
    "resnet9",
    "--train",
    "bdwp",
    "--sparsity",
    "2:8",
    "--detail",
    "tile",
    "-o",
    "t",
    "--report",
    "page.html",
  ],
  ["export", trace, "--to", "perfetto", "-o", "p.json"],
  ["export", trace, "--to", "csv", "-o", "csv"],
  ["report", trace, trace, trace, "-o", "index.html"],
  ["run", "gemm:64x64x64", "--json"],
]

describe("the same commands in two folders", () => {
  let one: Outcome
  let two: Outcome
  beforeAll(() => {
    one = outcome(commands)
    two = outcome(commands)
  })

  it("all succeed and write traces, pages and exports", () => {
    expect(one.printed.map(({ code }) => code)).toEqual(commands.map(() => 0))
    expect(one.files.size).toBe(6 + 1 + 1 + 2 + 4)
  })

  it("print the same", () => {
    expect(two.printed).toEqual(one.printed)
  })

  it("write the same files, byte for byte", () => {
    expect([...two.files.keys()]).toEqual([...one.files.keys()])
    const different = [...one.files]
      .filter(([name, bytes]) => two.files.get(name) !== bytes)
      .map(([name]) => name)
    expect(different).toEqual([])
  })
})

describe("a trace", () => {
  const run = ["run", "gemm:96x96x96", "--no-band", "-o"]

  it("is the same wherever it is written to, and over an older one", () => {
    const cwd = emptyFolder()
    for (const out of ["a", join("deep", "er"), "a"]) expect(sparsim([...run, out], cwd).code).toBe(0)
    expect(contents(join(cwd, "deep", "er"))).toEqual(contents(join(cwd, "a")))
  })

  it("is the same from a workload file wherever that lies: paths do not get into it", () => {
    const cwd = emptyFolder()
    mkdirSync(join(cwd, "elsewhere"))
    writeFileSync(join(cwd, "net.csv"), "Layer, M, N, K,\nfirst, 64, 64, 64,\n")
    cpSync(join(cwd, "net.csv"), join(cwd, "elsewhere", "net.csv"))
    sparsim(["run", "net.csv", "--no-band", "-o", "a"], cwd)
    sparsim(["run", join(cwd, "elsewhere", "net.csv"), "--no-band", "-o", "b"], cwd)
    expect(contents(join(cwd, "a")).size).toBe(3)
    expect(contents(join(cwd, "b"))).toEqual(contents(join(cwd, "a")))
  })

  it("differs as soon as the machine does", () => {
    const cwd = emptyFolder()
    sparsim([...run, "a"], cwd)
    sparsim([...run, "b", "--set", "dram.bandwidth=10GB/s"], cwd)
    expect(contents(join(cwd, "b"))).not.toEqual(contents(join(cwd, "a")))
  })
})
