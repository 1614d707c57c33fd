/** A stretch of a loop, instruction by instruction: it is the loop that is timed. */
import { describe, expect, it } from "vitest"
import { cpuCore } from "../../../arch/cpu-core-catalogue.ts"
import { coreProgram } from "../../../sim/cpu/core/core-program.ts"
import { loopTiming } from "../../../sim/cpu/core/loop-timing.ts"
import { readLoop } from "../../../sim/cpu/core/read-loop.ts"
import { sampleLoop } from "../../../sim/cpu/core/sample-loop.ts"
import { checkTrace } from "../../../sim/trace/check.ts"
import { prepareRun, runOf } from "../../../src/run/prepare-run.ts"
import { builtinLoops } from "../../../src/validate/builtin-loops.ts"
import { loopOfKernel } from "../../../src/validate/loop-of-kernel.ts"
import { specOf } from "../../run/spec-of.ts"

const body = (name: string) => readLoop(builtinLoops.get(name) ?? "", `${name}.s`)

const places = ["spmm-32x1-pipelined", "paper-16x1-pipelined", "gemm-6x8"].flatMap((loop) =>
  ["cortex-a53", "cortex-a55", "cortex-a72", "cortex-a73", "neoverse-n1"].map(
    (core) => [loop, core] as const,
  ),
)

describe.each(places)("%s on %s", (loop, core) => {
  const sample = sampleLoop(body(loop), cpuCore(core))

  it("takes the cycles that its timing says", () => {
    const { cyclesPerIteration } = loopTiming(body(loop), cpuCore(core))
    expect(Math.abs(sample.cycles / sample.iterations - cyclesPerIteration)).toBeLessThanOrEqual(
      0.03 * cyclesPerIteration,
    )
  })

  it("issues on every pipe one thing at a time, and about as many as the iterations hold", () => {
    for (const pipe of sample.pipes.keys()) {
      const own = sample.issues.filter((issue) => issue.pipe === pipe)
      expect(own.filter(({ start }, i) => i > 0 && start < own[i - 1].start + own[i - 1].duration)).toEqual(
        [],
      )
    }
    const { uopPipes } = coreProgram(body(loop), cpuCore(core))
    // A second round over a pipe follows the first, as one issue that takes longer.
    const each = sample.issues.reduce((sum, { duration }) => sum + duration, 0) / sample.iterations
    expect(Math.abs(each - uopPipes.length)).toBeLessThanOrEqual(0.05 * uopPipes.length)
  })

  it("counts every instruction, and the bytes it moves, once", () => {
    const each = (values: Int32Array): number => values.reduce((sum, n) => sum + n, 0) / sample.iterations
    const moved = body(loop).reduce(
      (sum, { memory }) => sum + (memory === undefined || memory.access === "prefetch" ? 0 : memory.bytes),
      0,
    )
    expect(Math.abs(each(sample.issued) / body(loop).length - 1)).toBeLessThanOrEqual(0.05)
    expect(Math.abs(each(sample.bytes) / moved - 1)).toBeLessThanOrEqual(0.05)
  })
})

describe("a run on a core with --detail tile", () => {
  it.each([
    ["snapdragon-835", { unstructured: { zeros: 0.9, block: 1 as const } }],
    ["rpi3", {}],
  ])("shows the loop on the pipes of %s, in a sound trace that takes no longer", async (machine, more) => {
    const spec = { workload: "mobilenet-v1", machine, ...more }
    const traceOf = async (detail: "stage" | "tile") =>
      runOf(await prepareRun(specOf({ ...spec, detail }))).simulate().trace
    const [plain, detailed] = [await traceOf("stage"), await traceOf("tile")]
    expect(checkTrace(detailed)).toEqual([])
    expect(detailed.manifest.totals.cycles).toBe(plain.manifest.totals.cycles)
    const ids = detailed.manifest.tracks.map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(["front-end", "l1", "pipe.branch"]))
    const names = new Set(Array.from(detailed.spans.name, (code) => detailed.strings[code]))
    expect([...names].some((name) => name.startsWith("fmla "))).toBe(true)
  })
})

it.each([
  ["sparse 32×1", "spmm-32x1-pipelined"],
  ["sparse 16×4", "paper-16x4"],
  ["GEMM 6×8", "gemm-6x8"],
  ["group-sparse indirect GEMM 4×8", "gemm-4x8"],
  ["depthwise 3×3", undefined],
  ["matrix-vector", undefined],
])("the kernel %s spends its time in %s", (kernel, loop) => {
  expect(loopOfKernel(kernel)).toBe(loop)
})
