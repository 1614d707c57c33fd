/**
 * Fits what no source states of CPU cores and libraries to the published whole-network times of
 * `src/validate/cases/cpu-networks.json`, prints errors on the cases fitted and on cases held out (5 folds), and with
 * `--write` puts the numbers into `arch/cpu-family/` and `arch/cpu-library/`. Deterministic: a pattern search from the
 * starting values below on the squared log error, drawn weakly to them. Of 41 times several say nearly the same (two boards
 * with one kind of core and one library), so single constants are not to be trusted far from what they were fitted on.
 * Run: npx tsx scripts/fit-cpu-networks.ts [--write]
 */
import { readFileSync, writeFileSync } from "node:fs"
import { type CpuLibrary, cpuLibrary } from "../arch/cpu-library.ts"
import type { CpuMachine } from "../arch/machine.ts"
import type { Network } from "../dataflows/network.ts"
import { releaseOf } from "../sim/cpu/network/library-release.ts"
import { planCpu, plannedCycles } from "../sim/cpu/network/plan-cpu.ts"
import type { NetworkSparsity } from "../sim/cpu/network/weight-sparsity.ts"
import { builtinCases } from "../src/validate/builtin-cases.ts"
import type { ValidationCase } from "../src/validate/case-file.ts"
import { networkCaseOf } from "../src/validate/network-case-of.ts"

/** One constant: where it is written, the value the search starts from, and how much of it the cases may move. */
interface Parameter {
  readonly start: number
  /** Places in the files: "cpu-library/mnn:gemm.slowdown". */
  readonly places: readonly string[]
}

const everywhere = (path: string): readonly string[] =>
  ["xnnpack", "fastconvnets", "ncnn", "ncnn-later", "mnn"].map((id) => `cpu-library/${id}:${path}`)
const sparseLibraries = (path: string): readonly string[] =>
  ["xnnpack", "fastconvnets", "mnn"].map((id) => `cpu-library/${id}:sparse.${path}`)

const parameters: Readonly<Record<string, Parameter>> = {
  kryo: { start: 0.85, places: ["cpu-family/kryo:gemmEfficiency"] },
  a73: { start: 0.7, places: ["cpu-family/cortex-a73:gemmEfficiency"] },
  a75: { start: 0.85, places: ["cpu-family/cortex-a75:gemmEfficiency"] },
  tile: { start: 20, places: everywhere("gemm.tileCycles") },
  pointwise: { start: 5, places: everywhere("pointwise.cycles") },
  operator: { start: 8000, places: everywhere("operatorCycles") },
  sigmoid: {
    start: 25,
    places: everywhere("pointwise.sigmoidCycles").filter((place) => !place.includes("/ncnn:")),
  },
  oldSigmoid: { start: 40, places: ["cpu-library/ncnn:pointwise.sigmoidCycles"] },
  xnnpackTap: { start: 2.2, places: ["cpu-library/xnnpack:depthwise.tapCycles"] },
  chwTap: { start: 2.2, places: ["cpu-library/fastconvnets:depthwise.tapCycles"] },
  ncnnSlowdown: { start: 1, places: ["cpu-library/ncnn:gemm.slowdown"] },
  ncnnTap: { start: 2.2, places: ["cpu-library/ncnn:depthwise.tapCycles"] },
  laterSlowdown: { start: 1, places: ["cpu-library/ncnn-later:gemm.slowdown"] },
  laterTap: { start: 2.2, places: ["cpu-library/ncnn-later:depthwise.tapCycles"] },
  ncnnWinograd: {
    start: 2.5,
    places: ["cpu-library/ncnn:gemm.winograd", "cpu-library/ncnn-later:gemm.winograd"],
  },
  mnnSlowdown: { start: 1, places: ["cpu-library/mnn:gemm.slowdown"] },
  mnnTap: { start: 2.2, places: ["cpu-library/mnn:depthwise.tapCycles"] },
  mnnWinograd: { start: 2.5, places: ["cpu-library/mnn:gemm.winograd"] },
  mnnPack: { start: 3, places: ["cpu-library/mnn:sparse.packCycles"] },
  sparseSlowdown: { start: 1.3, places: sparseLibraries("slowdown") },
  row: { start: 15, places: sparseLibraries("rowCycles") },
}
type Values = Readonly<Record<string, number>>

/** Work other than GEMM goes with the core's sustained rate; 0.85 is where the libraries' constants are given. */
const vectorWork = (gemmEfficiency: number): number => 0.85 / gemmEfficiency

const withValue = <T extends object>(tree: T, path: string, value: number): T => {
  const [head = "", ...rest] = path.split(".")
  const inner = (tree as Record<string, unknown>)[head] as object
  return {
    ...tree,
    [head]: rest.length === 0 ? { ...inner, value } : withValue(inner, rest.join("."), value),
  }
}

interface Observation {
  readonly id: string
  readonly network: Network
  readonly sparsity: NetworkSparsity
  readonly machine: CpuMachine
  readonly library: string
  readonly milliseconds: number
}

/** Two more dense times of MNN from the same source as its cases: the reference lists them, the cases do not. */
const more: readonly ValidationCase[] = [
  ["resnet-18", 187.6],
  ["resnet-50", 550.8],
].map(([network, value]) => ({
  ...(builtinCases.get("cpu-networks")?.cases.find(({ id }) => id === "cpu/mnn/kirin-970/mobilenet-v2/0") ??
    fail()),
  id: `cpu/mnn/kirin-970/${network}/0`,
  workload: { kind: "network", network, width: 1, input: 224, sparsity: 0, library: "mnn" },
  value: value as number,
}))

function fail(): never {
  throw new Error("the case that the rows are copied from is gone")
}

const observations: readonly Observation[] = [...(builtinCases.get("cpu-networks")?.cases ?? []), ...more]
  // The channels of the cache-aware variant are assumed, so its time says nothing of the constants.
  .filter(({ metric, id }) => metric === "time" && !id.includes("cache-aware"))
  .map((validationCase) => {
    const asked = networkCaseOf(validationCase)
    if ("kind" in asked) throw new Error(`${validationCase.id}: ${asked.reason}`)
    return {
      id: validationCase.id,
      network: asked.network,
      sparsity: asked.sparsity(Number(validationCase.workload["sparsity"] ?? 0)),
      machine: asked.machine,
      library: releaseOf(asked.machine, asked.library),
      milliseconds: Number(validationCase.value),
    }
  })

const predictor = (values: Values): ((o: Observation) => number) => {
  const libraries = new Map<string, CpuLibrary>()
  const libraryOf = (id: string): CpuLibrary => {
    const known = libraries.get(id)
    if (known !== undefined) return known
    let library = cpuLibrary(id)
    for (const [name, { places }] of Object.entries(parameters)) {
      for (const place of places) {
        if (place.startsWith(`cpu-library/${id}:`)) {
          library = withValue(library, place.slice(place.indexOf(":") + 1), values[name])
        }
      }
    }
    libraries.set(id, library)
    return library
  }
  const cores: Readonly<Record<string, string>> = {
    kryo: "kryo",
    "cortex-a73": "a73",
    "cortex-a75": "a75",
  }
  return ({ network, sparsity, machine, library }) => {
    // One library alone was timed on the A72: its slowdown and the core's efficiency cannot be told apart.
    const efficiency = values[cores[machine.core] ?? ""] ?? machine.family.gemmEfficiency.value
    const family = withValue(
      withValue(machine.family, "gemmEfficiency", efficiency),
      "vectorWork",
      vectorWork(efficiency),
    )
    const cycles = plannedCycles(planCpu(network, sparsity, { ...machine, family }, libraryOf(library)))
    return (cycles / machine.clock.value) * 1e3
  }
}

/** How strongly a constant is drawn to where it started, beside one case. */
const draw = 0.003

const loss = (values: Values, over: readonly Observation[]): number => {
  const predict = predictor(values)
  const errors = over.reduce((sum, o) => sum + Math.log(predict(o) / o.milliseconds) ** 2, 0)
  const pull = Object.entries(parameters).reduce(
    (sum, [name, { start }]) => sum + Math.log(values[name] / start) ** 2,
    0,
  )
  return errors + draw * pull
}

const search = (over: readonly Observation[]): Values => {
  let values: Values = Object.fromEntries(
    Object.entries(parameters).map(([name, { start }]) => [name, start]),
  )
  let best = loss(values, over)
  for (let step = 0.25; step > 0.002;) {
    const before = best
    for (const name of Object.keys(parameters)) {
      for (const factor of [1 + step, 1 / (1 + step)]) {
        const tried = { ...values, [name]: values[name] * factor }
        const at = loss(tried, over)
        if (at < best) [values, best] = [tried, at]
      }
    }
    if (before - best < 1e-7) step /= 1.7
  }
  return values
}

const errorOf = (predict: (o: Observation) => number, o: Observation): number =>
  predict(o) / o.milliseconds - 1
const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length
const groupOf = ({ library, sparsity }: Observation): string =>
  `${library} ${sparsity.size > 0 ? "sparse" : "dense"}`

const fitted = search(observations)
const predict = predictor(fitted)
console.log(
  Object.entries(fitted)
    .map(([name, value]) => `${name} ${value.toPrecision(3)}`)
    .join(", "),
)
const folds = 5
const heldOut = new Map<string, number>()
for (let fold = 0; fold < folds; fold++) {
  const rest = predictor(search(observations.filter((_, i) => i % folds !== fold)))
  for (const [i, o] of observations.entries()) if (i % folds === fold) heldOut.set(o.id, errorOf(rest, o))
}
const groups = new Map<string, Observation[]>()
for (const o of observations) groups.set(groupOf(o), [...(groups.get(groupOf(o)) ?? []), o])
for (const o of observations) {
  console.log(
    `${o.id.padEnd(60)} ${predict(o).toFixed(1).padStart(7)} ${String(o.milliseconds).padStart(7)} ${(errorOf(predict, o) * 100).toFixed(1).padStart(7)} %  held out ${((heldOut.get(o.id) ?? 0) * 100).toFixed(1).padStart(6)} %`,
  )
}
for (const [group, list] of groups) {
  const inside = mean(list.map((o) => Math.abs(errorOf(predict, o))))
  const outside = mean(list.map((o) => Math.abs(heldOut.get(o.id) ?? 0)))
  console.log(
    `${group.padEnd(24)} n ${list.length}  MAPE ${(inside * 100).toFixed(1)} %  held out ${(outside * 100).toFixed(1)} %`,
  )
}

/** The file's text with the number at a dotted path replaced; the files are written in one style, a key a line. */
const withNumber = (text: string, path: string, value: number): string => {
  const keys = path.split(".")
  let at = 0
  for (const [depth, key] of keys.entries()) {
    const found = text.slice(at).search(new RegExp(`^ {${depth * 2}}${key}:`, "m"))
    if (found < 0) throw new Error(`${path}: not in the file`)
    at += found
  }
  return (
    text.slice(0, at) + text.slice(at).replace(/value: [-\d.e]+/, `value: ${Number(value.toPrecision(3))}`)
  )
}

if (process.argv.includes("--write")) {
  const written: (readonly [string, number])[] = Object.entries(parameters).flatMap(([name, { places }]) =>
    places.flatMap((place): (readonly [string, number])[] => [
      [place, fitted[name]],
      ...(place.endsWith(":gemmEfficiency")
        ? [[place.replace("gemmEfficiency", "vectorWork"), vectorWork(fitted[name])] as const]
        : []),
    ]),
  )
  for (const [place, value] of written) {
    const [file = "", path = ""] = place.split(":")
    const url = new URL(`../arch/${file}.yaml`, import.meta.url)
    writeFileSync(url, withNumber(readFileSync(url, "utf8"), path, value))
  }
}
