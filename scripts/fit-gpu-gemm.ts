/**
 * Fits what only measurements tell of the GEMM libraries of GPU architectures (`gemm` in arch/gpu-architecture/*.yaml) to
 * the measured cases, by coordinate descent with random joint moves. Deterministic.
 *
 *   npx tsx scripts/fit-gpu-gemm.ts ARCHITECTURE [--iterations N] [--folds K] [--write]
 *
 * It starts from the numbers of the file and finds a valley near them: from numbers with which no board meets its power limit
 * it stays where none does, so a new start is a decision of whoever sets it.
 *
 * `--folds K` also fits K times without a Kth of the weight shapes and reports the error on what was left out.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { parseDocument } from "yaml"
import type { GpuMachine } from "../arch/machine.ts"
import { loadGpuMachine, loadMachine, machineIds } from "../arch/machine-catalogue.ts"
import { units, isUnitName } from "../arch/units.ts"
import { gemmBoard } from "../sim/gpu/gemm/gemm-board.ts"
import type { GpuGemm } from "../sim/gpu/gemm/gemm-request.ts"
import { gemmTime } from "../sim/gpu/gemm/gemm-time.ts"
import { type GemmConstants, kernelFamily, kernelKind } from "../sim/gpu/gemm/kernel-families.ts"
import { type Free, freeOn } from "./gemm-parameters.ts"

interface Measured {
  readonly machine: string
  readonly gemm: GpuGemm
  /** Seconds. */
  readonly seconds: number
  /** How much its error counts, at most 1. */
  readonly weight: number
  readonly group: string
  /** Shape and format: what the dense and the sparse case of a pair share. */
  readonly pair: string
}

/** What no model of a library's choices gets below, on average. */
const leastError = 0.05

/**
 * Times measured on Blackwell come in steps of 2.048 us, so those of small products say little: they count by the root of what
 * the model may miss over that and half a step together. The root, since nothing else tells what a launch costs.
 */
const weightOf = (architecture: string, seconds: number): number =>
  architecture.startsWith("blackwell")
    ? Math.sqrt(leastError / Math.hypot(leastError, 1.024e-6 / seconds))
    : 1

const casesFile = new URL("../src/validate/cases/gpu-gemm.json", import.meta.url)

interface CaseFile {
  readonly cases: readonly {
    readonly machine: string
    readonly value: number
    readonly workload: GpuGemm & { readonly kind: string }
  }[]
}

const measured = (architecture: string): readonly Measured[] => {
  const boards = new Set(
    machineIds().filter((id) => {
      const machine = loadMachine(id)
      return machine.kind === "gpu" && machine.architecture === architecture
    }),
  )
  const { cases } = JSON.parse(readFileSync(casesFile, "utf8")) as CaseFile
  return cases
    .filter(({ machine }) => boards.has(machine))
    .map(({ machine, value, workload: gemm }) => ({
      machine,
      gemm,
      seconds: value * 1e-6,
      weight: weightOf(architecture, value * 1e-6),
      group: `${gemm.dtype} ${gemm.sparsity}`,
      pair: `${machine} ${gemm.dtype} ${gemm.m}x${gemm.n}x${gemm.k}`,
    }))
}

type Node = { value: number; readonly unit: string }

const nodeAt = (constants: GemmConstants, path: string): Node | undefined =>
  path
    .split(".")
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], constants) as
    | Node
    | undefined

const scaleOf = (unit: string): number => (isUnitName(unit) ? units[unit].inBase : 1)

/** A machine whose constants can be moved. */
class Fitted {
  readonly machines: ReadonlyMap<string, GpuMachine>
  readonly constants: GemmConstants
  readonly parameters: readonly Free[]

  constructor(boards: readonly string[], parameters: readonly Free[]) {
    const machines = boards.map((id) => loadGpuMachine(id))
    this.constants = structuredClone(machines[0].family.gemm)
    this.machines = new Map(machines.map((machine) => [machine.id, machine]))
    this.parameters = parameters
      .map((p) => ({ ...p, paths: p.paths.filter((path) => nodeAt(this.constants, path) !== undefined) }))
      .filter(({ paths }) => paths.length > 0)
  }

  /** In the unit of the file. */
  get(i: number): number {
    const node = nodeAt(this.constants, this.parameters[i].paths[0])
    return node === undefined ? 0 : node.value / scaleOf(node.unit)
  }

  set(i: number, value: number): void {
    const { paths, min, max } = this.parameters[i]
    const held = Math.min(max, Math.max(min, value))
    for (const path of paths) {
      const node = nodeAt(this.constants, path)
      if (node !== undefined) node.value = held * scaleOf(node.unit)
    }
  }

  predict(cases: readonly Measured[]): Float64Array {
    const constants = { ...this.constants }
    const out = new Float64Array(cases.length)
    const ready = new Map(
      [...this.machines].map(([id, machine]) => {
        const moved = { ...machine, family: { ...machine.family, gemm: constants } }
        return [id, { machine: moved, board: gemmBoard(moved) }] as const
      }),
    )
    for (const [i, { machine: id, gemm }] of cases.entries()) {
      const found = ready.get(id)
      if (found !== undefined)
        out[i] = gemmTime(gemm, found.board, kernelFamily(found.machine, gemm)).best.time
    }
    return out
  }
}

interface Errors {
  readonly n: number
  readonly mape: number
  readonly bias: number
}

const errorsBy = (
  cases: readonly Measured[],
  predicted: Float64Array,
  key: (c: Measured) => string,
): ReadonlyMap<string, Errors> => {
  const sums = new Map<string, { n: number; absolute: number; signed: number }>()
  for (const [i, c] of cases.entries()) {
    const error = predicted[i] / c.seconds - 1
    const sum = sums.get(key(c)) ?? { n: 0, absolute: 0, signed: 0 }
    sums.set(key(c), {
      n: sum.n + 1,
      absolute: sum.absolute + Math.abs(error),
      signed: sum.signed + error,
    })
  }
  return new Map(
    [...sums].map(([group, { n, absolute, signed }]) => [group, { n, mape: absolute / n, bias: signed / n }]),
  )
}

interface Pair {
  readonly group: string
  readonly dense: number
  readonly sparse: number
}

const pairsOf = (cases: readonly Measured[]): readonly Pair[] => {
  const dense = new Map(cases.flatMap((c, i) => (c.gemm.sparsity === "dense" ? [[c.pair, i] as const] : [])))
  return cases.flatMap((c, sparse) => {
    const i = dense.get(c.pair)
    return c.gemm.sparsity === "dense" || i === undefined ? [] : [{ group: c.group, dense: i, sparse }]
  })
}

const speedupErrors = (cases: readonly Measured[], pairs: readonly Pair[], predicted: Float64Array) =>
  pairs.map(
    ({ dense, sparse }) =>
      predicted[dense] / predicted[sparse] / (cases[dense].seconds / cases[sparse].seconds),
  )

/** Mean over the groups of mean |log error| and |mean log error|, with the speed-ups of pairs beside. */
const costOf = (cases: readonly Measured[], pairs: readonly Pair[], predicted: Float64Array): number => {
  const sums = new Map<string, [number, number, number]>()
  for (const [i, c] of cases.entries()) {
    const error = Math.log(predicted[i] / c.seconds)
    const sum = sums.get(c.group) ?? [0, 0, 0]
    sum[0] += c.weight
    sum[1] += c.weight * Math.abs(error)
    sum[2] += c.weight * error
    sums.set(c.group, sum)
  }
  let cost = 0
  for (const [weight, absolute, signed] of sums.values()) cost += (absolute + 0.4 * Math.abs(signed)) / weight
  cost /= sums.size
  if (pairs.length === 0) return cost
  const logs = speedupErrors(cases, pairs, predicted).map(Math.log)
  const weights = pairs.map(({ dense, sparse }) => Math.min(cases[dense].weight, cases[sparse].weight))
  const total = weights.reduce((sum, w) => sum + w, 0)
  const mean = logs.reduce((sum, x, i) => sum + weights[i] * x, 0) / total
  const spread = logs.reduce((sum, x, i) => sum + weights[i] * Math.abs(x), 0) / total
  return cost + 0.3 * spread + 0.2 * Math.abs(mean)
}

/** Linear congruential generator: the same fit on every machine. */
const generator = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const fit = (fitted: Fitted, cases: readonly Measured[], iterations: number): number => {
  const random = generator(1)
  const pairs = pairsOf(cases)
  const count = fitted.parameters.length
  const cost = (): number => costOf(cases, pairs, fitted.predict(cases))
  const step = new Float64Array(count).fill(0.15)
  let best = cost()
  const attempt = (moves: readonly (readonly [number, number])[]): boolean => {
    const before = moves.map(([i]) => fitted.get(i))
    for (const [i, factor] of moves) fitted.set(i, Math.max(fitted.get(i), 1e-3) * factor)
    const now = cost()
    if (now < best - 1e-7) {
      best = now
      return true
    }
    for (const [j, [i]] of moves.entries()) fitted.set(i, before[j])
    return false
  }
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < count; i++) {
      const size = step[i] * (0.5 + random())
      if (attempt([[i, Math.exp(size)]]) || attempt([[i, Math.exp(-size)]])) step[i] *= 1.3
      else step[i] *= 0.7
      if (step[i] < 0.004) step[i] = 0.05 * random() + 0.004
    }
    for (let move = 0; move < 2 * count; move++) {
      const width = move % 4 === 0 ? 0.8 : 0.25
      attempt(
        Array.from({ length: 2 + (move % 3) }, () => [
          Math.floor(random() * count),
          Math.exp((random() - 0.5) * width),
        ]),
      )
    }
  }
  return best
}

const percent = (x: number): string => `${(100 * x).toFixed(2)} %`

const report = (title: string, cases: readonly Measured[], predicted: Float64Array): void => {
  console.log(title)
  for (const [group, { n, mape, bias }] of errorsBy(cases, predicted, (c) => c.group)) {
    console.log(
      `  ${group.padEnd(12)} ${String(n).padStart(4)}  MAPE ${percent(mape)}  bias ${percent(bias)}`,
    )
  }
  const pairs = pairsOf(cases)
  if (pairs.length === 0) return
  const ratios = speedupErrors(cases, pairs, predicted)
  const mape = ratios.reduce((sum, x) => sum + Math.abs(x - 1), 0) / ratios.length
  const geomean = Math.exp(ratios.reduce((sum, x) => sum + Math.log(x), 0) / ratios.length) - 1
  console.log(
    `  speed-ups    ${String(pairs.length).padStart(4)}  MAPE ${percent(mape)}  geomean ${percent(geomean)}`,
  )
}

/** The fold of a case: distinct weight shapes in order of size, dealt out one by one. */
const foldsOf = (cases: readonly Measured[], folds: number): ReadonlyMap<string, number> => {
  const shapes = new Map(cases.map(({ gemm: { n, k } }) => [`${n}x${k}`, n * k]))
  return new Map(
    [...shapes].toSorted(([, a], [, b]) => a - b).map(([shape], place) => [shape, place % folds] as const),
  )
}

/** What the numbers were fitted on, as their source. */
const fittedOn = ({ machines }: Fitted, cases: readonly Measured[]): string =>
  `fitted on ${cases.length} GEMM times of the ${[...machines.values()].map(({ name }) => name).join(" and ")} (github bcacdwk/vllmbench@92a8ca49) by scripts/fit-gpu-gemm.ts`

const write = (architecture: string, fitted: Fitted, cases: readonly Measured[]): void => {
  const file = new URL(`../arch/gpu-architecture/${architecture}.yaml`, import.meta.url)
  const document = parseDocument(readFileSync(file, "utf8"))
  for (const [i, { paths }] of fitted.parameters.entries()) {
    for (const path of paths) {
      const place = ["gemm", ...path.split(".")]
      document.setIn([...place, "value"], Number(fitted.get(i).toPrecision(4)))
      document.setIn([...place, "status"], "fitted")
      document.setIn([...place, "source"], fittedOn(fitted, cases))
      document.deleteIn([...place, "range"])
    }
  }
  writeFileSync(file, document.toString({ lineWidth: 120 }))
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    iterations: { type: "string", default: "15" },
    folds: { type: "string", default: "0" },
    write: { type: "boolean", default: false },
    worst: { type: "string", default: "0" },
  },
})
const architecture = positionals[0] ?? "ga100"
const cases = measured(architecture)
const boards = [...new Set(cases.map(({ machine }) => machine))]
const iterations = Number(values.iterations)
const folds = Number(values.folds)

if (folds > 0) {
  const kept: Measured[] = []
  const predictions: number[] = []
  const dealt = foldsOf(cases, folds)
  const foldOf = ({ gemm: { n, k } }: Measured): number => dealt.get(`${n}x${k}`) ?? 0
  for (let fold = 0; fold < folds; fold++) {
    const fitted = new Fitted(boards, freeOn(architecture))
    fit(
      fitted,
      cases.filter((c) => foldOf(c) !== fold),
      iterations,
    )
    const left = cases.filter((c) => foldOf(c) === fold)
    kept.push(...left)
    predictions.push(...fitted.predict(left))
  }
  report(`${architecture}, left out (${folds} folds by weight shape)`, kept, Float64Array.from(predictions))
}
const fitted = new Fitted(boards, freeOn(architecture))
report(`${architecture}, before`, cases, fitted.predict(cases))
fit(fitted, cases, iterations)
const predicted = fitted.predict(cases)
report(`${architecture}, fitted`, cases, predicted)
for (const [i, { paths }] of fitted.parameters.entries()) {
  console.log(`  ${paths.join(", ")}: ${fitted.get(i).toPrecision(4)}`)
}
const worst = [...cases.entries()]
  .toSorted(
    ([i, a], [j, b]) =>
      Math.abs(Math.log(predicted[j] / b.seconds)) - Math.abs(Math.log(predicted[i] / a.seconds)),
  )
  .slice(0, Number(values.worst))
for (const [i, { gemm, machine, seconds }] of worst) {
  const found = [...fitted.machines.values()].find(({ id }) => id === machine)
  if (found === undefined) continue
  const { best } = gemmTime(gemm, gemmBoard(found), kernelFamily(found, gemm))
  console.log(
    `${kernelKind(gemm)} ${gemm.dtype} ${gemm.m}x${gemm.n}x${gemm.k}: ${(seconds * 1e6).toFixed(1)} us, predicted ${(predicted[i] * 1e6).toFixed(1)} (${percent(predicted[i] / seconds - 1)}) ${best.tile.m}x${best.tile.n} split ${best.split} ${best.bound}`,
  )
}
if (values.write) write(architecture, fitted, cases)
