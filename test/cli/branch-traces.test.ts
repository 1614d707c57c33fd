/** `branch stats`, `convert` and `capture` as a user runs them: what they say, and what they leave behind. */
import { spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { describe, expect, it, onTestFinished } from "vitest"
import { samplePath } from "../../src/workload/branch-trace/sample-traces.ts"
import { bin, emptyFolder, hasCapture, sparsim, startSparsim } from "./run-cli.ts"

describe("branch convert", () => {
  it("gives the sample back byte for byte when it is unpacked and packed again", () => {
    const folder = emptyFolder()
    const convert = (from: string, to: string) => sparsim(["branch", "convert", from, "-o", to], folder).code
    expect([
      convert("ns-selfcheck", "a.sbbt"),
      convert("a.sbbt", "b.sbbt.zst"),
      convert("b.sbbt.zst", "c.sbbt"),
    ]).toEqual([0, 0, 0])
    const [a, c] = ["a.sbbt", "c.sbbt"].map((name) => readFileSync(join(folder, name)))
    expect(a.equals(c)).toBe(true)
    expect(a).toHaveLength(24 + 16 * 577_773)
    const packed = readFileSync(join(folder, "b.sbbt.zst")).length
    expect(packed).toBeLessThan(2 * readFileSync(samplePath("ns-selfcheck") ?? "").length)
  })

  it("keeps the older file, and leaves nothing else, where the trace is cut off", () => {
    const folder = emptyFolder()
    const whole = readFileSync(samplePath("ns-selfcheck") ?? "")
    writeFileSync(join(folder, "cut.zst"), whole.subarray(0, 60_000))
    writeFileSync(join(folder, "out.sbbt"), "mine")
    const { code, out, err } = sparsim(["branch", "convert", "cut.zst", "-o", "out.sbbt"], folder)
    expect({ code, out }).toEqual({ code: 2, out: "" })
    expect(err).toMatch(/^sparsim: cut\.zst: the file is damaged or cut off.*\.\n$/)
    expect(readdirSync(folder).toSorted()).toEqual(["cut.zst", "out.sbbt"])
    expect(readFileSync(join(folder, "out.sbbt"), "utf8")).toBe("mine")
  })

  it.each([
    [["-o", "x.zst"], 2, /written as \.sbbt or \.sbbt\.zst/],
    [["-o", "no/x.sbbt"], 1, /a folder of this path does not exist/],
    [["-o", "x.sbbt", "--format", "bt8"], 2, /bt9/],
    [["-o", "x.sbbt", "--skip", "-1"], 2, /--skip -1: expected a whole number/],
    [["-o", "x.sbbt", "--max", "0"], 2, /--max 0: expected a whole number/],
    [["-o", "x.sbbt", "--format", "bt9"], 2, /ns-selfcheck/],
  ] as const)("with %j is an error in one paragraph", (flags, code, message) => {
    const folder = emptyFolder()
    const result = sparsim(["branch", "convert", "ns-selfcheck", ...flags], folder)
    expect({ ...result, err: "" }).toEqual({ code, out: "", err: "" })
    expect(result.err).toMatch(message)
    expect(result.err.trimEnd().split("\n")).toHaveLength(1)
    expect(readdirSync(folder)).toEqual([])
  })

  it("leaves nothing behind on Ctrl-C, and goes at once", async () => {
    const folder = emptyFolder()
    // Long enough to be caught: unpacked text of ten million branches.
    const lines = Buffer.from("0x40d7f9 0\n0x40d81e 1\n".repeat(50_000))
    writeFileSync(join(folder, "long.txt"), Buffer.concat(Array.from({ length: 100 }, () => lines)))
    const child = startSparsim(["branch", "convert", "long.txt", "-o", "x.sbbt.zst"], folder)
    onTestFinished(() => void child.kill("SIGKILL"))
    const ended = new Promise((resolve) => {
      child.once("close", resolve)
    })
    while (child.exitCode === null && !readdirSync(folder).some((name) => name.endsWith(".tmp")))
      await setTimeout(2)
    child.kill("SIGINT")
    expect(await ended).toBe(130)
    expect(readdirSync(folder)).toEqual(["long.txt"])
  })
})

describe("branch stats", () => {
  it("says what the header declares and what was counted, and each class", () => {
    const { code, out, err } = sparsim(["branch", "stats", "ns-selfcheck", "--hottest", "2"])
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toContain("2,872,752 declared, 2,872,748 counted up to the last branch")
    expect(out).toMatch(/conditional +438,605/)
    expect(out.match(/0x[\da-f]+ /g)).toHaveLength(2)
  })

  /** `xz -9` and `bzip2 -9` of four branches of UCSD text; their unpacking is a part of the bundle that is loaded late. */
  it.each([
    ["a.bz2", "QlpoOTFBWSZTWc+HYksAAAdZgAAQQABk4AcAAEAgACCqmQBoQNA0JujvIjLRolxR4p08pJ8XckU4UJDPh2JL"],
    [
      "a.xz",
      "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AArAB1dABgeAoMCo17pHRDmWdsev/L+MQJ+1TB7zWGQUPOAAAAAAO3J2REEFoMKAAE5LHJU2hwftvN9AQAAAAAEWVo=",
    ],
  ])("unpacks %s", (name, base64) => {
    const folder = emptyFolder()
    writeFileSync(join(folder, name), Buffer.from(base64, "base64"))
    const { code, out, err } = sparsim(["branch", "stats", name, "--format", "ucsd"], folder)
    expect({ code, err }).toEqual({ code: 0, err: "" })
    expect(out).toMatch(/conditional +4/)
  })

  it("of something that is no trace says which formats there are", () => {
    const folder = emptyFolder()
    writeFileSync(join(folder, "a.sbbt"), "hello")
    const { code, err } = sparsim(["branch", "stats", "a.sbbt"], folder)
    expect(code).toBe(2)
    expect(err).toMatch(/sbbt, bt9, cbp-ng, cbp2025, champsim, cloudsuite, ucsd/)
  })
})

const capturing = (env: Readonly<Record<string, string>>, args: readonly string[]) => {
  const folder = emptyFolder()
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [bin, "branch", "capture", "-o", "a.sbbt.zst", ...args],
    { cwd: folder, encoding: "utf8", env: { ...process.env, ...env } },
  )
  return { code: status, err: stderr, out: stdout, left: readdirSync(folder) }
}

/** A folder with links to these programs alone. */
const onlyPrograms = (names: readonly string[]): string => {
  const folder = emptyFolder()
  for (const name of names)
    symlinkSync(spawnSync("which", [name], { encoding: "utf8" }).stdout.trim(), join(folder, name))
  return folder
}

describe.skipIf(process.platform !== "linux" || process.arch !== "x64")(
  "branch capture without what it needs (on x86-64)",
  () => {
    it("says how to install qemu", () => {
      const { code, err, left } = capturing({ PATH: onlyPrograms(["true"]) }, ["--", "true"])
      expect({ code, left }).toEqual({ code: 2, left: [] })
      expect(err).toMatch(/qemu-x86_64 is not installed.*apt install qemu-user gcc/)
    })
  },
)

describe.skipIf(!hasCapture())("branch capture (skipped without qemu-user and a C compiler)", () => {
  it("says how to install a compiler, once there is no plugin from before", () => {
    const env = { PATH: onlyPrograms(["true", "qemu-x86_64"]), XDG_CACHE_HOME: emptyFolder(), CC: "cc" }
    const { code, err, left } = capturing(env, ["--", "true"])
    expect({ code, left }).toEqual({ code: 2, left: [] })
    expect(err).toMatch(/no C compiler \(cc\).*apt install qemu-user gcc/)
  })

  it("compiles the plugin once, into the user's cache", () => {
    const cache = emptyFolder()
    expect(capturing({ XDG_CACHE_HOME: cache }, ["--", "true"]).code).toBe(0)
    const plugins = readdirSync(join(cache, "sparsim"))
    expect(plugins).toHaveLength(1)
    expect(capturing({ XDG_CACHE_HOME: cache, CC: "false" }, ["--", "true"]).code).toBe(0)
    expect(readdirSync(join(cache, "sparsim"))).toEqual(plugins)
  })

  it("hands through what the program prints, its arguments as they are, and tells how it ended", () => {
    const { code, out, err, left } = capturing({}, [
      "--",
      "sh",
      "-c",
      "echo \"$0\" -o '$HOME'; exit 7",
      "--max",
    ])
    expect({ code, left }).toEqual({ code: 0, left: ["a.sbbt.zst"] })
    expect(out).toMatch(/^--max -o \$HOME\n[\d,]+ branches of/)
    expect(err).toBe("note: the program ended with exit code 7\n")
  })

  it("says which libraries a program for another processor needs", () => {
    const folder = emptyFolder()
    mkdirSync(join(folder, "root"))
    const program = join(folder, "foreign")
    // An AArch64 program of one segment that names its dynamic linker.
    const header = Buffer.alloc(64 + 56 + 32)
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
    header.writeUInt16LE(183, 18)
    header.writeBigUInt64LE(64n, 32)
    header.writeUInt16LE(56, 54)
    header.writeUInt16LE(1, 56)
    header.writeUInt32LE(3, 64)
    header.writeBigUInt64LE(120n, 64 + 8)
    header.writeBigUInt64LE(16n, 64 + 32)
    header.write("/lib/no-such.so\0", 120, "latin1")
    writeFileSync(program, header)
    chmodSync(program, 0o755)
    const plain = capturing({}, ["--", program])
    expect(plain.err).toMatch(/no-such\.so of AArch64.*apt install libc6-arm64-cross.*--sysroot/)
    const given = capturing({}, ["--sysroot", join(folder, "root"), "--", program])
    expect(given.err).toMatch(/does not hold \/lib\/no-such\.so/)
    expect([plain.code, given.code]).toEqual([2, 2])
  })
})
