/**
 * Fits what only measurements tell of the GEMM libraries of GPU architectures (`gemm` in arch/gpu-architecture/*.yaml) to
 * the measured cases, by coordinate descent with random joint moves. Deterministic.
 *
 *   npx tsx scripts/fit-gpu-gemm.ts ARCHITECTURE [--iterations N] [--hops N] [--from PATH=VALUE]... [--folds K] [--write]
 *
 * It starts from the numbers of the file, or from what `--from` puts in their place, and finds a valley near them: from numbers
 * with which no board meets its power limit it stays where none does. `--hops N` leaps N times from the best valley so far.
 *
 * `--folds K` also fits K times without a Kth of the weight shapes, from numbers shaken by up to a half, and reports the error on
 * what was left out. It takes 30 iterations or so to come back from there.
 */
import { readFileSync, writeFileSync } from "node:fs"
import { parseArgs } from "node:util"
import { parseDocument } from "yaml"
import { gemmBoard } from "../sim/gpu/gemm/gemm-board.ts"
import { gemmTime } from "../sim/gpu/gemm/gemm-time.ts"
import { kernelFamily, kernelKind } from "../sim/gpu/gemm/kernel-families.ts"
import { fit, shake } from "./gemm-fit/descent.ts"
import { errorsBy, pairsOf, speedupErrors } from "./gemm-fit/errors.ts"
import { Fitted } from "./gemm-fit/fitted.ts"
import { bestGroup, type Measured, measured } from "./gemm-fit/measured.ts"
import { freeOn } from "./gemm-fit/parameters.ts"

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
const fittedOn = ({ machines }: Fitted, cases: readonly Measured[]): string => {
  const [times, best] = [true, false].map((timed) => {
    const some = cases.filter(({ group }) => (group !== bestGroup) === timed)
    const ids = new Set(some.map(({ machine }) => machine))
    const names = [...machines.values()].filter(({ id }) => ids.has(id)).map(({ name }) => name)
    return { n: some.length, boards: names.join(" and ") }
  })
  const others =
    best.n === 0
      ? ""
      : ` and ${best.n} best ${best.n === 1 ? "rate" : "rates"} of the ${best.boards} (github stas00/ml-engineering)`
  return `fitted on ${times.n} GEMM times of the ${times.boards} (github bcacdwk/vllmbench@92a8ca49)${others} by scripts/fit-gpu-gemm.ts`
}

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

const progress = (hop: number, reached: number, best: number): void =>
  console.error(`hop ${hop}: ${reached.toFixed(5)}, best ${best.toFixed(5)}`)

/** From the numbers of the file, but for those that `--from` sets. */
const started = (boards: readonly string[]): Fitted => {
  const fitted = new Fitted(boards, freeOn(architecture))
  for (const change of values.from) {
    const [path, value] = change.split("=")
    const at = fitted.parameters.findIndex(({ paths }) => paths.includes(path))
    if (at < 0 || !(Number(value) > 0))
      throw new Error(`--from ${change}: give the path of a free number and a value above zero`)
    fitted.set(at, Number(value))
  }
  return fitted
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    iterations: { type: "string", default: "15" },
    folds: { type: "string", default: "0" },
    hops: { type: "string", default: "0" },
    from: { type: "string", multiple: true, default: [] },
    write: { type: "boolean", default: false },
    worst: { type: "string", default: "0" },
  },
})
const architecture = positionals[0] ?? "ga100"
const cases = measured(architecture)
const boards = [...new Set(cases.map(({ machine }) => machine))]
const iterations = Number(values.iterations)
const folds = Number(values.folds)
const hops = Number(values.hops)

if (folds > 0) {
  const kept: Measured[] = []
  const predictions: number[] = []
  const dealt = foldsOf(cases, folds)
  const foldOf = ({ gemm: { n, k } }: Measured): number => dealt.get(`${n}x${k}`) ?? 0
  for (let fold = 0; fold < folds; fold++) {
    const fitted = started(boards)
    shake(fitted, 1.5, fold + 1)
    fit(
      fitted,
      cases.filter((c) => foldOf(c) !== fold),
      iterations,
      hops,
      progress,
    )
    const left = cases.filter((c) => foldOf(c) === fold)
    kept.push(...left)
    predictions.push(...fitted.predict(left))
  }
  report(`${architecture}, left out (${folds} folds by weight shape)`, kept, Float64Array.from(predictions))
}
const fitted = started(boards)
report(`${architecture}, before`, cases, fitted.predict(cases))
fit(fitted, cases, iterations, hops, progress)
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
