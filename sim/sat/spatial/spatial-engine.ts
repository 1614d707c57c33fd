/** The spatial-array engine: products on one design, written as a trace. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { ActionEnergy } from "../../../arch/resolve-energy.ts"
import { type Gemm, gemmMacs } from "../../../dataflows/gemm.ts"
import type { TraceBuilder } from "../../trace/builder.ts"
import { type LevelCycles, type SpatialLevel, spatialLevels } from "./level-cycles.ts"
import { planInParts, type SpatialPart } from "./plan-spatial.ts"
import { accessCounts } from "./spatial-energy.ts"
import type { SpatialDesign, SpatialSparsity } from "./stored-operand.ts"

/** `count` equal products C[m × n] = W[m × k] · A[k × n], one after another: weights first. */
export interface SpatialProduct {
  readonly layer: string
  readonly gemm: Gemm
  readonly count: number
  readonly sparsity: SpatialSparsity
  /** Structural non-zeros of k, and the share of them whose value is not zero. */
  readonly keptK: number
  readonly nonZeroShare: number
}

/** What all `count` of a product cost. */
export interface ProductPlan {
  /** Of one product. */
  readonly parts: readonly SpatialPart[]
  readonly cycles: number
  readonly cyclesByLevel: LevelCycles
  /** Cycles in which the multipliers wait, by the level that they wait for. */
  readonly waits: Partial<Record<SpatialLevel, number>>
  /** The level that bounds for the longest. */
  readonly bound: SpatialLevel
  /** Whole counts by "component/action": multiply-accumulates and bytes. */
  readonly counts: Readonly<Record<string, number>>
  /** Picojoules. */
  readonly energy: number
}

const levelNames = {
  multipliers: "Multiplier array",
  accumulators: "Accumulator file",
  "shared-memory": "Shared memory",
  dram: "DRAM",
} as const

/** Expected counts are whole in a trace; never rounded up, so that no roof is exceeded by rounding. */
const whole = (count: number): number => Math.floor(count + 1e-6)

const inAll = ({ count }: SpatialProduct, parts: readonly SpatialPart[]): ProductPlan => {
  const cyclesByLevel: Record<SpatialLevel, number> = {
    multipliers: 0,
    accumulators: 0,
    "shared-memory": 0,
    dram: 0,
  }
  const waits: Partial<Record<SpatialLevel, number>> = {}
  const bounds: Record<SpatialLevel, number> = { ...cyclesByLevel }
  const counts: Record<string, number> = {}
  let cycles = 0
  let energy = 0
  for (const { plan, times } of parts) {
    const all = times * count
    cycles += all * plan.cycles
    energy += all * plan.energy
    for (const level of spatialLevels) cyclesByLevel[level] += all * plan.cyclesByLevel[level]
    bounds[plan.bound] += all * plan.cycles
    const wait = plan.cycles - plan.cyclesByLevel.multipliers
    if (wait > 0) waits[plan.bound] = (waits[plan.bound] ?? 0) + all * wait
    for (const { component, action, count: n } of accessCounts(plan.accesses)) {
      const key = `${component}/${action}`
      counts[key] = (counts[key] ?? 0) + all * n
    }
  }
  for (const key in counts) counts[key] = whole(counts[key])
  const longest = Math.max(...Object.values(bounds))
  const bound = spatialLevels.find((level) => bounds[level] === longest) ?? "multipliers"
  return { parts, cycles, cyclesByLevel, waits, bound, counts, energy }
}

/**
 * Plans of `products` in order, equal shapes planned once.
 * @throws UnsupportedError when a product fits no tile or has a pattern that the design cannot encode
 */
export const planProducts = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  products: readonly SpatialProduct[],
  actions: readonly ActionEnergy[],
): readonly ProductPlan[] => {
  const known = new Map<string, readonly SpatialPart[]>()
  return products.map((product) => {
    const { gemm, sparsity } = product
    const key = JSON.stringify([gemm.m, gemm.n, gemm.k, sparsity])
    const parts = known.get(key) ?? planInParts(machine, design, gemm, sparsity, actions)
    known.set(key, parts)
    return inAll(product, parts)
  })
}

/** The four operation counts. Slots of the multipliers count as issued whether or not packing fills them. */
const operationCountsOf = (
  { array }: SpatialArrayMachine,
  { gemm, count, keptK, nonZeroShare, sparsity }: SpatialProduct,
  plan: ProductPlan,
): Readonly<Record<string, number>> => {
  const nonZero = gemm.m * gemm.n * keptK * count
  const multipliers = array.subPartitions.value * array.rows.value * array.cols.value
  return {
    "dense-equivalent": gemmMacs(gemm) * count,
    "non-zero": nonZero,
    useful: whole(nonZero * nonZeroShare * sparsity.activationDensity),
    issued: plan.cyclesByLevel.multipliers * multipliers,
  }
}

const writeCounters = (
  builder: TraceBuilder,
  span: number,
  machine: SpatialArrayMachine,
  product: SpatialProduct,
  plan: ProductPlan,
): void => {
  const count = (component: string, action: string, n: number): void =>
    builder.count(span, builder.code(component), builder.code(action), n)
  for (const level of spatialLevels) {
    const busy = plan.cyclesByLevel[level]
    count(`time.${level}`, "busy", busy)
    if (level !== "multipliers") count(`time.${level}`, "stall.idle", plan.cycles - busy)
  }
  for (const [level, cycles] of Object.entries(plan.waits))
    count("time.multipliers", `stall.${level}`, cycles)
  for (const [convention, n] of Object.entries(operationCountsOf(machine, product, plan))) {
    count("ops", convention, n)
  }
  for (const [key, n] of Object.entries(plan.counts)) {
    const slash = key.indexOf("/")
    count(key.slice(0, slash), key.slice(slash + 1), n)
  }
}

/**
 * Runs `products` one after another on `design` and writes their spans and counters; every product is a forward stage of
 * its own layer. Returns the plans. Energies are those of `spatialActionEnergies`, which the manifest must hold too.
 * @throws UnsupportedError when a product fits no tile or has a pattern that the design cannot encode
 */
export const simulateSpatialArray = (
  machine: SpatialArrayMachine,
  design: SpatialDesign,
  products: readonly SpatialProduct[],
  actions: readonly ActionEnergy[],
  builder: TraceBuilder,
): readonly ProductPlan[] => {
  const plans = planProducts(machine, design, products, actions)
  const schedule = builder.track({ id: "schedule", name: "Schedule", exclusive: true })
  const tracks = new Map(
    spatialLevels.map((id) => [id, builder.track({ id, name: levelNames[id], exclusive: true })] as const),
  )
  const none = builder.code("")
  const kinds = ["run", "pass", "layer", "stage", "unit"] as const
  const kind = Object.fromEntries(kinds.map((name) => [name, builder.code(name)] as const)) as Record<
    (typeof kinds)[number],
    number
  >
  const total = plans.reduce((sum, { cycles }) => sum + cycles, 0)
  const run = builder.span(-1, schedule, kind.run, builder.code("run"), none, 0, total)
  const pass = builder.span(run, schedule, kind.pass, builder.code("forward"), none, 0, total)
  const forward = builder.code("FF")
  let at = 0
  for (const [i, product] of products.entries()) {
    const plan = plans[i]
    const bound = builder.code(plan.bound)
    const layer = builder.span(pass, schedule, kind.layer, builder.code(product.layer), none, at, plan.cycles)
    const stage = builder.span(layer, schedule, kind.stage, forward, bound, at, plan.cycles)
    writeCounters(builder, stage, machine, product, plan)
    for (const [level, track] of tracks) {
      if (plan.cyclesByLevel[level] > 0) {
        builder.span(stage, track, kind.unit, forward, bound, at, plan.cycles)
      }
    }
    at += plan.cycles
  }
  return plans
}
