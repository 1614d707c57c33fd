/** `npm run bench`: what the tool costs, each figure beside something measured in the same run. Never part of the tests. */
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { loadArrayMachine, loadGpuMachine } from "../../arch/machine-catalogue.ts"
import { cpuCore } from "../../arch/cpu-core-catalogue.ts"
import type { TrainingMethod } from "../../dataflows/training-method.ts"
import { mapNetwork } from "../../dataflows/work.ts"
import { coreProgram } from "../../sim/cpu/core/core-program.ts"
import { stepLoop } from "../../sim/cpu/core/loop-timing.ts"
import { planCycles, planRun } from "../../sim/sat/plan.ts"
import { gemmBoard } from "../../sim/gpu/gemm/gemm-board.ts"
import type { GpuGemm } from "../../sim/gpu/gemm/gemm-request.ts"
import { gemmTime } from "../../sim/gpu/gemm/gemm-time.ts"
import { kernelFamily } from "../../sim/gpu/gemm/kernel-families.ts"
import { scaleSimLayer } from "../../sim/sat/scalesim-compat.ts"
import { arrayModel } from "../../sim/sat/stage-cost.ts"
import { loopsNamed } from "../../src/study/loop-table.ts"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import { builtinLoops } from "../../src/validate/builtin-loops.ts"
import { buildNetwork } from "../../src/workload/networks/build-network.ts"

/** Process CPU seconds of a piece of work. */
const cpuSeconds = (work: () => void): number => {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Median wall seconds of each command over several rounds, run in turn. */
const commandSeconds = (commands: readonly (readonly string[])[], rounds: number): readonly number[] => {
  const times = commands.map((): number[] => [])
  for (let i = 0; i < rounds; i++) {
    for (const [j, args] of commands.entries()) {
      const started = performance.now()
      spawnSync(process.execPath, args, { stdio: "ignore" })
      times[j].push((performance.now() - started) / 1000)
    }
  }
  return times.map((list) => list.toSorted((a, b) => a - b)[rounds >> 1])
}

const bin = fileURLToPath(new URL("../../dist/sparsim.js", import.meta.url))
const print = (what: string, figure: string): void => console.log(`${what.padEnd(64)} ${figure}`)

const [empty, version, machines] = commandSeconds(
  [
    ["-e", "0"],
    [bin, "--version"],
    [bin, "machines", "--json"],
  ],
  11,
)
print("sparsim --version, wall, against node -e 0", `${(version / empty).toFixed(2)}×`)
print("sparsim machines --json, wall, against node -e 0", `${(machines / empty).toFixed(2)}×`)

const machine = loadArrayMachine("sat-vcu1525")
const network = buildNetwork("resnet50", { batch: 32 })
const methods: readonly TrainingMethod[] = ["dense", "sr-ste", "sdgp", "bdwp"]
const step = (): void => {
  const model = arrayModel(machine)
  for (const training of methods) {
    planCycles(planRun(mapNetwork(network, { training, pattern: { n: 2, m: 8 } }), model))
  }
}
print("ResNet-50 training step, four methods, first time", `${(cpuSeconds(step) * 1000).toFixed(0)} ms CPU`)
for (let i = 0; i < 5; i++) step()
print("ResNet-50 training step, four methods, warm", `${(cpuSeconds(step) * 1000).toFixed(0)} ms CPU`)

const gemms = (builtinCases.get("gpu-gemm")?.cases ?? []).map(({ machine: board, workload }) => ({
  board: loadGpuMachine(board),
  gemm: workload as unknown as GpuGemm,
}))
const predictions = (): void => {
  for (let i = 0; i < 10_000; i++) {
    const { board, gemm } = gemms[i % gemms.length]
    gemmTime(gemm, gemmBoard(board), kernelFamily(board, gemm))
  }
}
print("10,000 GEMM times on GPUs", `${cpuSeconds(predictions).toFixed(2)} s CPU`)

// llvm-mca 22 did 580 blocks/s of 21 instructions and 100 iterations, of many in one process, elsewhere.
const [loop] = loopsNamed(builtinLoops, ["spmm-32x1-pipelined"])
for (const id of ["neoverse-n1", "cortex-a72", "cortex-a55"]) {
  const program = coreProgram(loop.body, cpuCore(id))
  const loops = 1000
  const run = (): void => {
    for (let i = 0; i < loops; i++) stepLoop(program, 100)
  }
  run()
  const perSecond = Math.round(loops / cpuSeconds(run))
  print(
    `21-instruction loop on ${id}, 100 iterations`,
    `${perSecond.toLocaleString("en-US")}/s; ${(perSecond / 580).toFixed(1)}× llvm-mca's 580`,
  )
}

// SCALE-Sim v3 needed 76.83 CPU-s (WS) and 117.19 CPU-s (OS) for these 21 layers on 128 × 128, elsewhere.
const layers = (builtinCases.get("systolic-scalesim")?.cases ?? []).filter(({ id }) =>
  id.startsWith("scalesim/resnet18/a128_os"),
)
const repeats = 2000
let cycles = 0
const seconds =
  cpuSeconds(() => {
    for (let i = 0; i < repeats; i++) {
      for (const { workload } of layers) {
        const { m, n, k } = workload as { m: number; n: number; k: number }
        cycles += scaleSimLayer({ gemm: { m, n, k }, dataflow: "os", rows: 128, cols: 128 }).totalCycles
      }
    }
  }) / repeats
print(
  `ResNet-18 on 128 × 128 OS as SCALE-Sim counts (${cycles / repeats} cycles)`,
  `${(seconds * 1e6).toFixed(1)} µs CPU; SCALE-Sim's 117.19 s are ${Math.round(117.19 / seconds).toLocaleString("en-US")}×`,
)
