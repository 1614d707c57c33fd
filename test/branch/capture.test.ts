/** Captured programs whose branches are known: from the bounds of their loops, from single-stepping, from being deterministic. */
import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { ConfigError, UnsupportedError, WorkloadError } from "../../arch/errors.ts"
import { classOf } from "../../sim/branch/measure/trace-statistics.ts"
import { captureBranches, type CaptureRequest } from "../../src/branch/capture/capture-branches.ts"
import { samplePath } from "../../src/workload/branch-trace/sample-traces.ts"
import type { BranchRecord } from "../arbitraries/branch-records.ts"
import { temporaryFolder } from "../sim/trace/temporary-folder.ts"
import { readTraceFile } from "../workload/branch-trace/read-records.ts"
import { chainLength, loopCounts, type LoopProgram, loopPrograms } from "./loop-programs.ts"

const missing = (tools: readonly string[]): readonly string[] =>
  tools.filter((tool) => spawnSync(tool, ["--version"]).status !== 0)

/** True where a tool is not there, which is said loudly. */
const cannot = (what: string, tools: readonly string[]): boolean => {
  const names = missing(tools)
  if (names.length > 0) process.emitWarning(`${what}: skipped, since ${names.join(" and ")} cannot be run`)
  return names.length > 0
}

const capture = (request: Partial<CaptureRequest> & Pick<CaptureRequest, "program" | "out">) =>
  captureBranches(
    { args: [], stretch: { skip: 0 }, programOutput: "stderr", ...request },
    () => undefined,
    new AbortController().signal,
  )

const built = (folder: string, { compiler, flags }: LoopProgram, text: string): string => {
  const [source, program] = [join(folder, "a.s"), join(folder, "a")]
  writeFileSync(source, text)
  execFileSync(compiler, ["-static", "-nostdlib", "-no-pie", ...flags, "-o", program, source], {
    stdio: "pipe",
  })
  return program
}

const start = ({ pc, target, taken }: BranchRecord, width: bigint): bigint => (taken ? target : pc + width)

for (const program of loopPrograms) {
  const { guest, compiler, emulator, instructions, width, text } = program
  const what = `a loop on ${guest}${text.includes(".option rvc") ? ", compressed" : ""}`
  describe.skipIf(cannot(what, [compiler, emulator, "cc"]))(
    `${what} (skipped without ${compiler} and ${emulator})`,
    () => {
      it("has the branches and the instructions that its bounds say", async () => {
        const folder = temporaryFolder()
        const out = join(folder, "a.sbbt.zst")
        const result = await capture({ program: built(folder, program, text), out })
        expect(result).toMatchObject({
          guest,
          instructions,
          complete: true,
          ended: { code: 0, signal: null },
        })
        const { records, instructions: declared } = await readTraceFile(out)
        const of = (name: string) => records.filter(({ opcode }) => classOf(opcode) === name)
        const { taken, ...classes } = loopCounts
        for (const [name, count] of Object.entries(classes))
          expect([name, of(name).length]).toEqual([name, count])
        expect(of("conditional").filter((record) => record.taken)).toHaveLength(taken)
        expect(declared).toBe(instructions)
        // Behind the last branch stand the three instructions that end the program.
        expect(records.reduce((sum, { gap }) => sum + gap, 0)).toBe(instructions - 3)
      })

      it("reads every offset: in a chain of branches, each leads to the next", async () => {
        const folder = temporaryFolder()
        const out = join(folder, "a.sbbt")
        await capture({ program: built(folder, program, program.chain), out })
        const { records } = await readTraceFile(out)
        expect(records).toHaveLength(chainLength)
        expect(records.slice(1).map(({ pc }) => pc)).toEqual(records.slice(0, -1).map(({ target }) => target))
        expect(new Set(records.slice(1).map(({ gap }) => gap))).toEqual(new Set([1]))
        expect(records.filter(({ opcode, taken }) => opcode === 1 && taken)).toHaveLength(chainLength / 3)
      })

      it("goes from each branch to the next: where one leads, the other stands after as many instructions", async () => {
        const folder = temporaryFolder()
        const out = join(folder, "a.sbbt")
        await capture({ program: built(folder, program, text), out })
        const { records } = await readTraceFile(out)
        const astray = records.slice(1).filter(({ pc, gap }, i) => {
          const from = records[i]
          const steps = BigInt(gap - 1)
          if (width !== undefined) return pc !== start(from, BigInt(width)) + steps * BigInt(width)
          // Where an instruction that falls through ends is not in a record.
          return from.taken && (pc < from.target + steps || pc > from.target + steps * 15n)
        })
        expect(astray).toEqual([])
        // A function returns behind its call.
        const calls = records.filter(({ opcode }) => (opcode & 8) !== 0).map(({ pc }) => pc)
        const returns = records.filter(({ opcode }) => (opcode & 4) !== 0).map(({ target }) => target)
        expect(returns.every((target, k) => target - calls[k] > 0n && target - calls[k] <= 5n)).toBe(true)
      })
    },
  )
}

const native =
  cannot("captures of programs for x86-64", ["gcc", "qemu-x86_64", "cc"]) || process.arch !== "x64"

describe.skipIf(native)(
  "a program without libraries (skipped without gcc and qemu-x86_64, and off x86-64)",
  () => {
    const source = fileURLToPath(new URL("../fixtures/sorting-without-libc.c", import.meta.url))
    const sorting = (folder: string): string => {
      const program = join(folder, "sort")
      execFileSync("gcc", ["-O1", "-static", "-nostdlib", "-fno-stack-protector", "-o", program, source], {
        stdio: "pipe",
      })
      return program
    }

    it("gives the same bytes twice, and those of the sample where the compiler is the sample's", async () => {
      const folder = temporaryFolder()
      const program = sorting(folder)
      const [first, second] = [join(folder, "1.sbbt"), join(folder, "2.sbbt")]
      const { branches } = await capture({ program, out: first })
      await capture({ program, out: second })
      expect(branches).toBeGreaterThan(500_000)
      expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
      // The sample is of Debian 12's compiler; its counts were confirmed by single-stepping and by valgrind.
      const isSame = execFileSync("gcc", ["--version"], { encoding: "utf8" }).includes("12.2.0-14")
      const expected = isSame ? (samplePath("ns-selfcheck") ?? "") : second
      expect(await readTraceFile(first)).toEqual(await readTraceFile(expected))
    })

    it("is cut to a stretch as a whole capture is afterwards", async () => {
      const folder = temporaryFolder()
      const program = sorting(folder)
      const [all, part] = [join(folder, "1.sbbt"), join(folder, "2.sbbt.zst")]
      await capture({ program, out: all })
      const { instructions } = await capture({ program, out: part, stretch: { skip: 1000, max: 2345 } })
      const { records } = await readTraceFile(part)
      expect(records).toEqual((await readTraceFile(all)).records.slice(1000, 3345))
      expect(instructions).toBe(records.reduce((sum, { gap }) => sum + gap, 0))
    })
  },
)

describe.skipIf(native)(
  "programs of the system (skipped without gcc and qemu-x86_64, and off x86-64)",
  () => {
    it("may fork: branches are those of the first process", async () => {
      const out = join(temporaryFolder(), "a.sbbt.zst")
      const { complete, ended, branches } = await capture({
        program: "sh",
        args: ["-c", "(true); (true); exit 3"],
        out,
      })
      expect({ complete, ended }).toEqual({ complete: true, ended: { code: 3, signal: null } })
      expect((await readTraceFile(out)).records).toHaveLength(branches)
    })

    it("may be killed: what was recorded is written, and said to be incomplete", async () => {
      const out = join(temporaryFolder(), "a.sbbt.zst")
      const { complete, branches } = await capture({ program: "sh", args: ["-c", "kill -9 $$"], out })
      expect(complete).toBe(false)
      expect((await readTraceFile(out)).records).toHaveLength(branches)
    })

    it.each([
      ["is none", { program: "no-such-program" }, WorkloadError, /no program no-such-program/],
      ["is a script", { program: "/usr/bin/ldd" }, WorkloadError, /a script/],
      ["ends too early", { program: "true", stretch: { skip: 1e9 } }, WorkloadError, /ended before/],
      ["has no such libraries", { program: "true", sysroot: "/no" }, ConfigError, /no such folder/],
    ] as const)("that %s are told so, and leave nothing behind", async (_, request, kind, message) => {
      const folder = temporaryFolder()
      const error = await capture({ out: join(folder, "a.sbbt"), ...request }).catch(
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(kind)
      expect((error as Error).message).toMatch(message)
      expect(execFileSync("ls", ["-A", folder], { encoding: "utf8" })).toBe("")
    })
  },
)

describe("a program for a processor that cannot be captured", () => {
  it("is told so by its ELF header", async () => {
    const folder = temporaryFolder()
    const program = join(folder, "mips")
    const header = Buffer.alloc(64)
    header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1])
    header.writeUInt16LE(8, 18)
    writeFileSync(program, header, { mode: 0o755 })
    const error = await capture({ program, out: join(folder, "a.sbbt") }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UnsupportedError)
    expect((error as Error).message).toMatch(/another processor \(ELF machine 8, 64 bits\)/)
  })
})
