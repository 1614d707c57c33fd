/**
 * What the register-level stepper costs, in steps of a processing element (rows × cols × cycles) a CPU second, beside a
 * triple-loop product of the same operands in the same run. Usage: tsx test/bench/stepper.ts
 */
import type { Dataflow } from "../../arch/array-machine.ts"
import type { NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"
import { nmMask } from "../../dataflows/sparsity/prune.ts"
import { stepArray, type StepperInput } from "../../sim/sat/stepper/step-array.ts"

const gemm = { m: 128, n: 128, k: 512 }
const array = { rows: 32, cols: 32, pipelineLatency: 8, accumulateLatency: 4, interleave: 4 }
const rounds = 7

const filled = (length: number, seed: number): Float32Array => {
  let state = seed
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >> 20) % 128
  })
}

const a = filled(gemm.m * gemm.k, 1)
const b = filled(gemm.k * gemm.n, 2)

const tripleLoop = (): Float64Array => {
  const { m, n, k } = gemm
  const c = new Float64Array(m * n)
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const x = a[i * k + p]
      for (let j = 0; j < n; j++) c[i * n + j] += x * b[p * n + j]
    }
  }
  return c
}

/** Median CPU seconds of one run, after warm-up. */
const medianSeconds = (work: () => void): number => {
  for (let i = 0; i < 3; i++) work()
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage()
    work()
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1e6
  })
  return times.toSorted((x, y) => x - y)[rounds >> 1]
}

/** One call is too short for the CPU clock. */
const gemmsPerRun = 10
const gemmSeconds =
  medianSeconds(() => {
    for (let i = 0; i < gemmsPerRun; i++) tripleLoop()
  }) / gemmsPerRun
const macs = gemm.m * gemm.n * gemm.k
console.log(`triple loop ${gemm.m}×${gemm.n}×${gemm.k}: ${(macs / gemmSeconds / 1e6).toFixed(0)} M MACs/s`)

const bench = (
  dataflow: Dataflow,
  arithmetic: StepperInput["arithmetic"],
  pattern: NmPattern | undefined,
): void => {
  const input: StepperInput = {
    gemm,
    a,
    b,
    dataflow,
    array,
    arithmetic,
    ...(pattern === undefined
      ? {}
      : {
          sparsity: { operand: "b" as const, pattern, groupedLength: gemm.k },
          mask: nmMask(b, [gemm.k, gemm.n], 0, pattern),
        }),
  }
  const { cycles } = stepArray(input).timing
  const seconds = medianSeconds(() => void stepArray(input))
  const steps = array.rows * array.cols * cycles
  const name = `${dataflow} ${pattern === undefined ? "dense" : `${pattern.n}:${pattern.m}`} ${arithmetic}`
  console.log(
    `${name.padEnd(20)} ${String(cycles).padStart(6)} cycles  ${(steps / seconds / 1e6).toFixed(0).padStart(4)} M PE-steps/s  ${(seconds / gemmSeconds).toFixed(1).padStart(5)}× the triple loop's time`,
  )
}

for (const dataflow of ["os", "ws", "is"] as const) {
  for (const pattern of [undefined, { n: 2, m: 4 }, { n: 2, m: 8 }, { n: 2, m: 16 }]) {
    bench(dataflow, "float32", pattern)
  }
  bench(dataflow, "float64", undefined)
}
