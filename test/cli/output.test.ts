/** Where a command's output goes, and what happens when it cannot go there. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { type CliResult, emptyFolder, sparsim, startSparsim } from "./run-cli.ts"

const folder = emptyFolder()
const trace = join(folder, "gemm_256x256x256-sat-vcu1525-inference.trace")
let made: CliResult

beforeAll(() => {
  made = sparsim(["run", "gemm:256x256x256", "--detail", "tile", "-o", "."], folder)
})

describe("the output", () => {
  it("has no colour codes when it is piped, nor any other control code", () => {
    expect(made.out + made.err).not.toContain("\u001B")
  })

  it("that is closed early (| head) ends the program without a word", async () => {
    const child = startSparsim(["query", trace, "SELECT a.* FROM counters a, range(10000)"], folder)
    const errors: string[] = []
    child.stderr?.on("data", (chunk: Buffer) => errors.push(chunk.toString()))
    child.stdout?.once("data", () => child.stdout?.destroy())
    const code = await new Promise((resolve) => child.once("close", resolve))
    expect({ code, errors }).toEqual({ code: 0, errors: [] })
  })

  it.each([
    ["--version", /^\d+\.\d+\.\d+\n$/],
    ["--help", /Examples:\n {2}\$ sparsim run/],
  ])("of %s is on standard output, with exit code 0", (flag, says) => {
    const { code, out, err } = sparsim([flag])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(says)
  })
})

describe("a place that cannot be written to", () => {
  const cwd = emptyFolder()
  writeFileSync(join(cwd, "file"), "mine")
  mkdirSync(join(cwd, "locked"))
  chmodSync(join(cwd, "locked"), 0o500)
  /** Root may write anywhere, so permissions say nothing there. */
  const root = process.getuid?.() === 0

  it.each([
    [["run", "gemm:64x64x64", "-o", "file"], /file.*cannot write/],
    [["run", "gemm:64x64x64", "-o", "file/deeper"], /file\/deeper.*cannot write.*is a file, not a folder/],
    [
      ["run", "gemm:64x64x64", "--report", "none/page.html"],
      /none\/page\.html: cannot write.*does not exist/,
    ],
    [["run", "gemm:64x64x64", "--report", "locked"], /locked: cannot write.*folder; a file was expected/],
    [["report", trace, "-o", "none/page.html"], /none\/page\.html: cannot write/],
    [["export", trace, "--to", "csv", "-o", "file"], /file: .*folder/],
    [["export", trace, "--to", "perfetto", "-o", "none/p.json"], /none\/p\.json: cannot write/],
    [["validate", "--only", "sat", "--report", "none/v.html"], /none\/v\.html: cannot write/],
    [["compare", trace, trace, "--report", "none/c.html"], /none\/c\.html: cannot write/],
  ])("fails the run by exit code 1 and says where and why: %j", (args, says) => {
    const { code, err } = sparsim(args, cwd)
    expect(code).toBe(1)
    expect(err).toMatch(says)
    expect(err.trim().split("\n")).toHaveLength(1)
    expect(err).not.toMatch(/E[A-Z]{4,}|\n\s+at |internal error/)
    expect(readdirSync(cwd).toSorted()).toEqual(["file", "locked"])
    expect(readFileSync(join(cwd, "file"), "utf8")).toBe("mine")
  })

  it.skipIf(root)(
    "(skipped as root, who may write anywhere) is told apart: a folder without permission",
    () => {
      const { code, err } = sparsim(["run", "gemm:64x64x64", "-o", "locked"], cwd)
      expect(code).toBe(1)
      expect(err).toMatch(/no permission/)
    },
  )
})
