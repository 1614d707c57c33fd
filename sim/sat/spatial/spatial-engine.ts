/** The spatial-array engine: products on one design, written as a trace. */
import type { SpatialArrayMachine } from "../../../arch/machine.ts"
import type { ActionEnergy } from "../../../arch/resolve-energy.ts"
import { type Gemm, gemmMacs } from "../../../dataflows/gemm.ts"
import { keptLength } from "../../../dataflows/sparsity/nm-pattern.ts"
import type { TraceBuilder } from "../../trace/builder.ts"
import { spatialLevels } from "./level-cycles.ts"
import { planSpatial, type SpatialPlan } from "./plan-spatial.ts"
import { accessCounts } from "./spatial-energy.ts"
import type { SpatialDesign, SpatialSparsity } from "./stored-operand.ts"

/** C[m × n] = W[m × k] · A[k × n]: weights first. */
export interface SpatialProduct {
  readonly layer: string
  readonly gemm: Gemm
  readonly sparsity: SpatialSparsity
}

const levelNames = {
  multipliers: "Multipliers",
  accumulators: "Accumulators",
  "shared-memory": "Shared memory",
  dram: "DRAM",
} as const

/** Expected counts are whole in a trace; never rounded up, so that no roof is exceeded by rounding. */
const whole = (count: number): number => Math.floor(count + 1e-6)

/** The four operation counts. Slots of the multipliers count as issued whether or not packing fills them. */
const operationCountsOf = (
  { array }: SpatialArrayMachine,
  { gemm, sparsity }: SpatialProduct,
  plan: SpatialPlan,
): Readonly<Record<string, number>> => {
  const nonZero = gemm.m * gemm.n * keptLength(gemm.k, sparsity.pattern)
  const multipliers = array.subPartitions.value * array.rows.value * array.cols.value
  return {
    "dense-equivalent": gemmMacs(gemm),
    "non-zero": nonZero,
    useful: whole(nonZero * sparsity.activationDensity),
    issued: plan.cyclesByLevel.multipliers * multipliers,
  }
}

const writeCounters = (
  builder: TraceBuilder,
  span: number,
  machine: SpatialArrayMachine,
  product: SpatialProduct,
  plan: SpatialPlan,
): void => {
  const count = (component: string, action: string, n: number): void =>
    builder.count(span, builder.code(component), builder.code(action), n)
  for (const level of spatialLevels) {
    const busy = plan.cyclesByLevel[level]
    count(`time.${level}`, "busy", busy)
    const cause = level === "multipliers" ? plan.bound : "idle"
    count(`time.${level}`, `stall.${cause}`, plan.cycles - busy)
  }
  for (const [convention, n] of Object.entries(operationCountsOf(machine, product, plan))) {
    count("ops", convention, n)
  }
  for (const { component, action, count: n } of accessCounts(plan.accesses))
    count(component, action, whole(n))
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
): readonly SpatialPlan[] => {
  const plans = products.map(({ gemm, sparsity }) => planSpatial(machine, design, gemm, sparsity, actions))
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
