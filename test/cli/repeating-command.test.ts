/** The command that a trace names repeats its run: every flag of `run` that changes the result is in it. */
import { execFileSync } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Command } from "commander"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type RunFlags, runSpec } from "../../src/cli/run-flags.ts"
import { runOptions } from "../../src/cli/run-options.ts"
import { normalisedCommand } from "../../src/run/normalised-command.ts"
import type { RunSpec } from "../../src/run/run-spec.ts"
import { emptyFolder, sparsim } from "./run-cli.ts"

/** A value that is not the default for every flag that changes a result, and the workload it goes with. */
const changing: Readonly<Record<string, readonly [value: string, workload?: string, ...more: string[]]>> = {
  "--batch": ["4"],
  "--input": ["cifar"],
  "--image-size": ["96"],
  "--seq": ["64", "bert-base"],
  "--phase": ["decode", "llama-7b"],
  "--kv": ["128", "llama-7b", "--phase", "decode"],
  "--input-shape": ["my input=1x3x48x192", "sub/net.onnx"],
  "--cfg": ["sub/a.cfg", "sub/net.csv"],
  "--set": ["dram.bandwidth=100GB/s"],
  "--on": ["sub/mine.yaml"],
  "--sparsity": ["v64:2:8"],
  "--sparsity-file": ["sub/layers.yaml"],
  "--metadata": ["bitmap", "resnet18", "--sparsity", "2:4"],
  "--train": ["custom:FF=W,BP=W,WU=G", "resnet18", "--sparsity", "2:8"],
  "--dataflow": ["ws"],
  "--ablate": ["interleave"],
  "--optimizer": ["adam", "resnet18", "--train", "dense"],
  "--objective": ["energy"],
  "--schedule": ["sub/schedule.json"],
  "--design": ["STC", "gemm:64x64x64", "--on", "sparseloop-stc-45nm"],
  "--library": ["ncnn", "mobilenet-v1", "--on", "rpi4"],
  "--activation-density": ["0.5", "gemm:64x64x64", "--on", "sparseloop-stc-45nm"],
  "--dtype": ["int8", "bert-base", "--on", "h100-pcie"],
  "--energy": ["horowitz-45nm@16nm"],
  "--compat": ["none", "sub/net.csv", "--cfg", "sub/a.cfg"],
  "--warm-up": ["1000", "sub/a.sbbt.zst"],
  "--trace-format": ["sbbt", "sub/a.sbbt.zst"],
  "--seed": ["7"],
  "--detail": ["tile"],
}

/** What is left out of the command, and why the result is the same without it. */
const unchanging: Readonly<Record<string, string>> = {
  "--ablations": "other runs, printed beside this one",
  "--save-schedule": "where something is written",
  "--layers": "how much is printed",
  "--band": "other runs, printed beside this one",
  "--out": "where something is written",
  "--report": "where something is written",
  "--json": "how it is printed",
  "--quiet": "what is printed",
}

/** `--no-band` switches `band` off: both are known by the positive name. */
const flags = runOptions(new Command()).options.map(({ long }) => (long ?? "").replace(/^--no-/, "--"))

const specFrom = (args: readonly string[]): RunSpec => {
  const command = runOptions(new Command().argument("<workload>").exitOverride())
  command.parse(args, { from: "user" })
  return runSpec(command.args[0] ?? "", command.opts<RunFlags>())
}

/** The words of a command as a shell splits them, without `sparsim run`. */
const wordsOf = (command: string): readonly string[] =>
  execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" })
    .split("\0")
    .slice(2, -1)

const before = process.cwd()
const folder = emptyFolder()

beforeAll(() => {
  mkdirSync(join(folder, "sub"))
  const layers = "schema: sparsim-sparsity/1\ndefault: 2:8\nlayers: {}\n"
  for (const place of [folder, join(folder, "sub")]) writeFileSync(join(place, "layers.yaml"), layers)
  process.chdir(folder)
})
afterAll(() => process.chdir(before))

describe("the command that repeats a run", () => {
  it("is checked for every flag that run has, each of them once", () => {
    expect([...Object.keys(changing), ...Object.keys(unchanging)].toSorted()).toEqual(flags.toSorted())
  })

  it.each(Object.entries(changing))("has %s", (flag, [value, workload = "resnet18", ...more]) => {
    const command = normalisedCommand(specFrom([workload, flag, value, ...more]))
    const words = wordsOf(command)
    expect(words[words.indexOf(flag) + 1]).toBe(value.replace(/^sub\//, ""))
    expect(words).not.toEqual(wordsOf(normalisedCommand(specFrom([workload, ...more]))))
  })

  it.each(Object.entries(changing))("asks for the same as the run did, with %s", (flag, given) => {
    const [value, workload = "resnet18", ...more] = given
    const command = normalisedCommand(specFrom([workload, flag, value, ...more]))
    expect(normalisedCommand(specFrom(wordsOf(command)))).toBe(command)
    const inPlace = (text: string): string => text.replace(/^sub\//, "")
    const here = [inPlace(workload), flag, inPlace(value), ...more.map(inPlace)]
    expect(specFrom(wordsOf(command))).toEqual(specFrom(here))
  })

  it("repeats one that follows a saved schedule, byte for byte", () => {
    const cwd = emptyFolder()
    const run = (args: readonly string[]) => sparsim(["run", ...args, "--no-band", "--json"], cwd)
    run(["resnet9", "--dataflow", "ws", "--save-schedule", "s.json"])
    const first = run(["resnet9", "--schedule", "s.json"])
    const { command, cycles } = JSON.parse(first.out) as { readonly command: string; readonly cycles: number }
    expect(run(wordsOf(command)).out).toBe(first.out)
    expect(JSON.parse(run(["resnet9"]).out)).not.toMatchObject({ cycles })
  })
})
