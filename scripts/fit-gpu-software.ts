/**
 * Fits the constants of `arch/gpu-kernels/` to the cases of `src/validate/cases/gpu-nm-kernels.json` and prints them with the
 * errors on the cases fitted and on cases held out (5 folds by (n, k), or by k where that is what varies). Deterministic:
 * a pattern search from fixed starting values on the mean |log(time / measured)|, in which outliers pull no harder than
 * others. Constants of one library trade off: Spatha fits alike with efficiency 0.85 and 1.07 (l2Rate 17.7 and 14.6), so one of
 * them alone says little. Run: npx tsx scripts/fit-gpu-software.ts [LIBRARY]
 */
import { loadGpuMachine } from "../arch/machine-catalogue.ts"
import type { KernelConstants } from "../arch/gpu-kernel-catalogue.ts"
import {
  type AnySoftwareKernel,
  type SoftwareKernel,
  softwareKernel,
  type SoftwareKernelName,
} from "../sim/gpu/software/software-kernel.ts"
import type { SoftwareProduct } from "../sim/gpu/software/software-product.ts"
import { builtinCases } from "../src/validate/builtin-cases.ts"
import type { ValidationCase } from "../src/validate/case-file.ts"
import { measuredSeconds, softwareProductOf } from "../src/validate/software-product-of.ts"

type Numbers = Readonly<Record<string, number>>

interface Range {
  readonly start: number
  readonly least: number
  readonly most: number
}

interface Job {
  readonly library: string
  readonly kernels: readonly SoftwareKernelName[]
  /** Constants with one value for all architectures. */
  readonly shared: Readonly<Record<string, Range>>
  /** Constants with a value for each architecture. */
  readonly own: Readonly<Record<string, Range>>
  /** Constants that the cases cannot tell: assumed, by name. */
  readonly assumed: Numbers
}

const range = (start: number, least: number, most: number): Range => ({ start, least, most })

const jobs: readonly Job[] = [
  {
    library: "cublas-sgemm",
    kernels: ["cuBLAS SGEMM"],
    shared: { sharedLoadCycles: range(4, 1, 8), loadLatency: range(800, 100, 4000) },
    own: { issueEfficiency: range(0.9, 0.3, 1) },
    assumed: { stepLatency: 0, launch: 3e-6 },
  },
  {
    library: "nm-spmm",
    kernels: ["NM-SpMM"],
    shared: { sharedLoadCycles: range(4, 1, 8), loadLatency: range(800, 100, 4000) },
    own: { issueEfficiency: range(0.9, 0.3, 1) },
    assumed: { stepLatency: 0, launch: 3e-6 },
  },
  {
    library: "nm-sparse",
    kernels: ["nmSPARSE"],
    shared: { sharedLoadCycles: range(4, 1, 8), stepLatency: range(90, 1, 1000) },
    own: { loadLatency: range(800, 100, 4000) },
    assumed: { issueEfficiency: 0.9, launch: 3e-6 },
  },
  {
    library: "sputnik",
    kernels: ["Sputnik"],
    shared: {},
    own: {
      gatherRate: range(20, 5, 80),
      rowsInStep: range(3, 1, 16),
    },
    assumed: { blocksPerSm: 16, launch: 4e-6 },
  },
  {
    library: "spatha",
    kernels: ["Spatha V:N:M SpMM", "Spatha without column-loc (ablation)"],
    shared: {},
    own: {
      efficiency: range(0.85, 0.4, 1.15),
      l2Rate: range(20, 5, 64),
      fillLatency: range(1500, 1, 10_000),
      exposedWrites: range(0.9, 0.01, 1),
      launch: range(3e-6, 1e-6, 8e-6),
      indexLatency: range(1000, 1, 10_000),
    },
    assumed: {},
  },
  {
    library: "cublas-gemmex",
    kernels: ["cuBLAS GemmEx"],
    shared: {},
    own: { efficiency: range(0.85, 0.4, 1.15), fillLatency: range(1500, 1, 20_000) },
    assumed: { l2Rate: 18, exposedWrites: 1, launch: 3e-6 },
  },
  {
    library: "cusparselt-0.3",
    kernels: ["cuSPARSELt GEMM"],
    shared: {},
    own: { efficiency: range(0.85, 0.4, 1.15), fillLatency: range(1500, 1, 20_000) },
    assumed: { l2Rate: 18, exposedWrites: 1, launch: 3e-6 },
  },
]

interface Sample {
  readonly architecture: string
  readonly machine: ReturnType<typeof loadGpuMachine>
  readonly kernel: AnySoftwareKernel
  readonly product: SoftwareProduct
  readonly measured: number
  readonly throughput: boolean
  readonly fold: string
}

const sampleOf = (validationCase: ValidationCase): Sample => {
  const machine = loadGpuMachine(validationCase.machine)
  const product = softwareProductOf(validationCase)
  if ("reason" in product) throw new RangeError(`${validationCase.id}: ${product.reason}`)
  return {
    architecture: machine.architecture,
    machine,
    kernel: softwareKernel(String(validationCase.workload["library"])),
    product,
    measured: measuredSeconds(validationCase, product),
    throughput: validationCase.metric !== "time",
    fold: `${product.n}x${product.k}`,
  }
}

/** Every job gives all constants of its kernels' kind, so the kind itself is not needed here. */
const secondsOf = ({ kernel, machine, product }: Sample, constants: Numbers): number =>
  (kernel as unknown as SoftwareKernel<"tensor-tile">).time(
    machine,
    constants as KernelConstants<"tensor-tile">,
    product,
  ).total

/** Keys of a job's unknowns: `name` where shared, `name@architecture` where not. */
const constantsOn = (job: Job, values: Numbers, architecture: string): Numbers => {
  const constants: Record<string, number> = { ...job.assumed }
  for (const name of Object.keys(job.shared)) constants[name] = values[name]
  for (const name of Object.keys(job.own)) constants[name] = values[`${name}@${architecture}`]
  return constants
}

const logError = (job: Job, samples: readonly Sample[], values: Numbers): number =>
  samples.reduce(
    (sum, sample) =>
      sum +
      Math.abs(Math.log(secondsOf(sample, constantsOn(job, values, sample.architecture)) / sample.measured)),
    0,
  ) / samples.length

interface Found {
  readonly values: Numbers
  readonly error: number
}

/** Multiplies one unknown at a time by e^±step, keeps what helps, halves the step when nothing does. */
const searchFrom = (job: Job, samples: readonly Sample[], scale: number): Found => {
  const architectures = [...new Set(samples.map(({ architecture }) => architecture))]
  const ranges = new Map<string, Range>([
    ...Object.entries(job.shared),
    ...Object.entries(job.own).flatMap(([name, r]) =>
      architectures.map((architecture): [string, Range] => [`${name}@${architecture}`, r]),
    ),
  ])
  let values: Numbers = Object.fromEntries(
    [...ranges].map(([name, { start, least, most }]) => [
      name,
      Math.min(most, Math.max(least, start * scale)),
    ]),
  )
  let best = logError(job, samples, values)
  for (let step = 0.4; step > 0.004;) {
    let improved = false
    for (const [name, { least, most }] of ranges) {
      for (const factor of [Math.exp(step), Math.exp(-step)]) {
        const next = { ...values, [name]: Math.min(most, Math.max(least, values[name] * factor)) }
        const error = logError(job, samples, next)
        if (error < best - 1e-9) {
          best = error
          values = next
          improved = true
        }
      }
    }
    if (!improved) step /= 2
  }
  return { values, error: best }
}

/** What another start must gain in mean |log(time / measured)| to be taken: less is unknowns trading off, not knowledge. */
const worthwhile = 1e-3

/** From the start, or from half or twice of it where that fits the cases given better by something worthwhile. */
const search = (job: Job, samples: readonly Sample[]): Numbers =>
  [1, 0.5, 2]
    .map((scale) => searchFrom(job, samples, scale))
    .reduce((kept, other) => (other.error < kept.error - worthwhile ? other : kept)).values

/** |predicted − measured| / measured in the case's own metric. */
const absoluteError = (job: Job, sample: Sample, values: Numbers): number => {
  const ratio = secondsOf(sample, constantsOn(job, values, sample.architecture)) / sample.measured
  return Math.abs((sample.throughput ? 1 / ratio : ratio) - 1)
}

const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

const folds = 5
/** (n, k) pairs in the order of their product go to folds in turn; architectures keep cases in every training set. */
const foldsOf = (samples: readonly Sample[]): ReadonlyMap<string, number> => {
  const pairs = [...new Map(samples.map((s) => [s.fold, s.product.n * s.product.k]))].toSorted(
    (a, b) => a[1] - b[1],
  )
  return new Map(pairs.map(([pair], i) => [pair, i % folds]))
}

const cases = builtinCases.get("gpu-nm-kernels")?.cases ?? []
const [only] = process.argv.slice(2)
for (const job of jobs.filter(({ library }) => only === undefined || library === only)) {
  const samples = cases
    .filter(({ workload }) => (job.kernels as readonly unknown[]).includes(workload["library"]))
    .map(sampleOf)
  const values = search(job, samples)
  const foldOf = foldsOf(samples)
  const heldOut = new Map<Sample, number>()
  for (const fold of new Set(foldOf.values())) {
    const inFold = ({ fold: pair }: Sample): boolean => foldOf.get(pair) === fold
    const trained = search(
      job,
      samples.filter((s) => !inFold(s)),
    )
    for (const sample of samples.filter(inFold)) heldOut.set(sample, absoluteError(job, sample, trained))
  }
  for (const architecture of new Set(samples.map((s) => s.architecture))) {
    const here = samples.filter((s) => s.architecture === architecture)
    const training = mean(here.map((s) => absoluteError(job, s, values)))
    const held = mean(here.map((s) => heldOut.get(s) ?? 0))
    const constants = Object.entries(constantsOn(job, values, architecture))
    console.log(
      `${job.library} ${architecture}: n ${here.length}, training ${percent(training)}, held out ${percent(held)}`,
    )
    for (const [name, value] of constants) {
      const how = name in job.assumed ? "assumed" : name in job.shared ? "fitted, shared" : "fitted"
      console.log(`  ${name} ${value.toPrecision(4)} (${how})`)
    }
  }
}
