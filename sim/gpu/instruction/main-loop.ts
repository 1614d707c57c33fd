/**
 * The main loop of a GEMM on one SM: stages of both operands copied ahead into shared memory, loaded from there into
 * registers (`mma`) or read in place (`wgmma`, `tcgen05`), and multiplied.
 */
import { ConfigError } from "../../../arch/errors.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import { type CopyEngine, type CopySource, copyTiming } from "./asynchronous-copy.ts"
import { criticalCircuit } from "./critical-circuit.ts"
import { instructionPeak } from "./instruction-timing.ts"
import { type MatrixInstruction, storedRowBytes } from "./matrix-instruction.ts"
import { operandBits } from "./operand-format.ts"
import { occupied, programPeriod } from "./program-period.ts"
import { sharedLoadTiming } from "./shared-load.ts"
import { stepSubCore } from "./step-sub-core.ts"
import { warpMmaCost } from "./warp-mma.ts"
import { issueUnits, type ProgramInstruction, type SubCore, type WarpProgram } from "./warp-program.ts"
import { tcgen05Interval, wgmmaInterval } from "./warpgroup-mma.ts"

export interface MainLoop {
  readonly instruction: MatrixInstruction
  /** Rows of A (the operand that 2:4 compresses) and columns of B that a thread block multiplies. */
  readonly tile: { readonly m: number; readonly n: number }
  /** Warps of a thread block along both; of `wgmma` and `tcgen05` the groups of warps along the rows, and 1. */
  readonly warps: { readonly m: number; readonly n: number }
  /** Uncompressed reduction of one stage. */
  readonly k: number
  /** Stages in shared memory, at least 2: one is read while the others are filled. */
  readonly stages: number
  /** Thread blocks that run on the SM at once. */
  readonly blocks: number
  readonly source: CopySource
  /** Most lanes that meet in one bank when operands are loaded: 1 for swizzled tiles. */
  readonly ways: number
}

export type LoopBound =
  | "tensor"
  | "shared memory"
  | "copies"
  | "issue"
  | "waits"
  | "warps in each other's way"

export interface MainLoopTiming {
  /** Cycles of one stage of every block of the SM, as stepped. */
  readonly cycles: number
  /** The closed form's bounds of the same. */
  readonly least: number
  readonly most: number
  /** Multiply-accumulates per cycle of the SM, on the uncompressed reduction, and their share of the format's peak. */
  readonly throughput: number
  readonly shareOfPeak: number
  readonly bound: LoopBound
  readonly engine: CopyEngine
  /** Bytes of one stage, and of all of them in shared memory. */
  readonly stageBytes: number
  readonly sharedBytes: number
}

/** Bytes of an `ldmatrix` of four matrices. */
const loadBytes = 512
/** Bytes of positions for each element of the reduction of a 2:4 row: two bits for each of two kept values in four. */
const positionBytes = 0.125
/** Ticks of the stepper in a cycle. */
const ticksPerCycle = 16

const ticks = (cycles: number): number => Math.max(1, Math.round(cycles * ticksPerCycle))

const refuse = (message: string, remedy: string): ConfigError => new ConfigError({ message, remedy })

const wholes = (loop: MainLoop): void => {
  const counts = {
    "rows of the tile": loop.tile.m,
    "columns of the tile": loop.tile.n,
    "warps along the rows": loop.warps.m,
    "warps along the columns": loop.warps.n,
    "elements of a stage's reduction": loop.k,
    stages: loop.stages,
    "thread blocks": loop.blocks,
    "lanes in a bank": loop.ways,
  }
  for (const [what, count] of Object.entries(counts)) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw refuse(`${count} ${what} in a main loop`, "Expected a whole number of at least 1.")
    }
  }
  if (loop.ways > 32) throw refuse(`${loop.ways} lanes in one bank`, "A warp has 32 lanes.")
  if (loop.stages < 2) {
    throw refuse("a main loop of one stage", "Take 2 or more: one is read while the next is copied.")
  }
}

const multiple = (whole: number, part: number, what: string): number => {
  if (whole % part === 0) return whole / part
  throw refuse(`${what} of ${whole}, which is no multiple of ${part}`, `Take a multiple of ${part}.`)
}

/** Bytes of a stage: of A as it is stored, with positions where it is 2:4, and of B. */
const stageBytes = ({ instruction, tile, k }: Omit<MainLoop, "stages">): number => {
  const rowOfA = (storedRowBytes(instruction) / instruction.k) * k
  const positions = instruction.a === "2:4" ? positionBytes * k : 0
  return tile.m * (rowOfA + positions) + (tile.n * k * operandBits(instruction.input)) / 8
}

/** Bytes of shared memory that all stages of all thread blocks take. */
export const mainLoopBytes = (loop: MainLoop): number => stageBytes(loop) * loop.stages * loop.blocks

/** Most stages that are worth listing. */
const listedStages = 8

/** Counts of stages from 2 to 8 that the shared memory of an SM holds; 2 where it holds fewer, which is then refused. */
export const fittingStages = (
  { family }: GpuMachine,
  loop: Omit<MainLoop, "stages">,
): readonly [number, ...number[]] => {
  const room = Math.floor(family.sm.sharedMemory.value / (stageBytes(loop) * loop.blocks))
  const more = Array.from({ length: Math.max(0, Math.min(listedStages, room) - 2) }, (_, i) => 3 + i)
  return [2, ...more]
}

/** Bytes of an fp32 or int32 sum, and of an fp16 one. */
const sumBytes = { fp32: 4, int32: 4, fp16: 2 } as const

/** Sums live in registers, those of `tcgen05` in tensor memory of the same size. */
const checkSums = ({ id, family }: GpuMachine, { instruction, tile, blocks }: MainLoop): void => {
  const bytes = tile.m * tile.n * blocks * sumBytes[instruction.accumulate]
  const { registers } = family.sm
  if (bytes <= registers.value) return
  throw refuse(
    `the sums of ${blocks} thread blocks of ${tile.m} x ${tile.n} are ${bytes} bytes; an SM of ${id} has ${registers.value} of registers`,
    "Take a smaller tile or fewer thread blocks.",
  )
}

interface Built {
  readonly program: WarpProgram
  readonly subCore: SubCore
  readonly engine: CopyEngine
}

/** Products of a step by number, and -1 for each load of the next step, spread evenly among them as compilers do. */
const stepOrder = (loads: number, products: number): readonly number[] =>
  Array.from({ length: products }, (_, product) => {
    const until = (of: number): number => Math.ceil((of * loads) / products)
    return [...Array.from({ length: until(product + 1) - until(product) }, () => -1), product]
  }).flat()

/**
 * One stage of a warp of `mma`: its share of the copy of the stage that is `stages` − 1 ahead, then for each step of the
 * reduction the `ldmatrix` of the next step and the products of this one. Loads wait for their copy, products for their
 * loads and their own sums; a copy stands after the products of the stage in whose slot it writes, so `stages` − 1 of them are
 * under way. Barriers between warps are
 * left out: a warp waits for its own share.
 */
const warpLoop = (board: GpuMachine, loop: MainLoop): Built => {
  const { instruction, tile, warps, stages, blocks } = loop
  const { subCores } = board.family.sm
  const count = warps.m * warps.n
  const rows = multiple(tile.m, warps.m, "a tile divided among its warps has rows")
  const columns = multiple(tile.n, warps.n, "a tile divided among its warps has columns")
  const products =
    multiple(rows, instruction.m, "a warp has rows") * multiple(columns, instruction.n, "a warp has columns")
  const steps = multiple(loop.k, instruction.k, "a stage has a reduction")
  const bytes =
    rows * storedRowBytes(instruction) + (columns * instruction.k * operandBits(instruction.input)) / 8
  const loads = Math.max(1, Math.ceil(bytes / loadBytes))
  // Sub-cores that have a warp share what the SM loads and takes in.
  const share = Math.min(subCores.value, count * blocks)
  const copied = copyTiming(board, stageBytes(loop) / count, loop.source, "cp.async")
  const loaded = sharedLoadTiming(board, { bytes: Math.min(bytes, loadBytes), ways: loop.ways })
  const cost = warpMmaCost(board, instruction)
  const order = stepOrder(loads, products)
  const place = (step: number, at: number): number => 1 + step * order.length + at
  /** Where the last load for a step stands: one step earlier, for the first step in the stage before. */
  const lastLoad = (step: number): number => place((step + steps - 1) % steps, order.lastIndexOf(-1))
  const copy: ProgramInstruction = {
    unit: "memory",
    latency: ticks(copied.latency + (share - 1) * copied.interval),
    interval: ticks(copied.interval * share),
    gap: ticks(copied.issue),
    after: [],
  }
  const program = [copy]
  for (let step = 0; step < steps; step++) {
    const copyAgo = step === steps - 1 ? stages - 2 : stages - 1
    const before = step === 0 ? steps - 1 : step - 1
    const ago = step === 0 ? 1 : 0
    for (const [at, product] of order.entries()) {
      program.push(
        product < 0
          ? {
              unit: "shared",
              latency: ticks(loaded.latency),
              interval: ticks(loaded.interval * share),
              gap: ticks(1),
              after: [{ on: 0, iterationsBack: copyAgo }],
            }
          : {
              unit: "tensor",
              latency: ticks(cost.latency),
              interval: ticks(cost.interval),
              gap: ticks(cost.sameWarpInterval),
              after: [
                { on: lastLoad(step), iterationsBack: ago },
                { on: place(before, at), iterationsBack: ago },
              ],
            },
      )
    }
  }
  return {
    program,
    subCore: { warps: Math.ceil((count * blocks) / subCores.value), issueInterval: ticks(1) },
    engine: "cp.async",
  }
}

/** One stage of a group of warps of `wgmma`, or of the thread that issues `tcgen05.mma`: operands are read in place. */
const fedLoop = (board: GpuMachine, loop: MainLoop): Built => {
  const { instruction, tile, warps, stages, blocks } = loop
  if (warps.n !== 1) {
    throw refuse(`${warps.n} groups of warps along the columns`, "Take 1 of them: groups share the rows.")
  }
  const rows = multiple(tile.m, warps.m, "a tile divided among its groups of warps has rows")
  const products =
    multiple(rows, instruction.m, "a group of warps has rows") *
    multiple(tile.n, instruction.n, "a tile has columns") *
    multiple(loop.k, instruction.k, "a stage has a reduction")
  const { cycles } = (instruction.op === "wgmma" ? wgmmaInterval : tcgen05Interval)(board, instruction)
  const copied = copyTiming(board, stageBytes(loop) / warps.m, loop.source, "tma")
  const copy: ProgramInstruction = {
    unit: "memory",
    latency: ticks(copied.latency),
    interval: ticks(copied.interval),
    gap: ticks(copied.issue),
    after: [{ on: products, iterationsBack: 1 }],
  }
  const product: ProgramInstruction = {
    unit: "tensor",
    latency: ticks(cycles),
    interval: ticks(cycles),
    gap: ticks(1),
    after: [{ on: 0, iterationsBack: stages - 1 }],
  }
  return {
    program: [copy, ...Array.from({ length: products }, () => product)],
    subCore: { warps: warps.m * blocks, issueInterval: ticks(1) },
    engine: "tma",
  }
}

const boundNames = { tensor: "tensor", shared: "shared memory", memory: "copies" } as const

const boundOf = ({ program, subCore }: Built, stepped: number): LoopBound => {
  const { warps, issueInterval } = subCore
  const limits: readonly (readonly [LoopBound, number])[] = [
    ...issueUnits.map((unit) => [boundNames[unit], warps * occupied(program, unit)] as const),
    ["issue", warps * program.length * issueInterval],
    ["waits", criticalCircuit(program, issueInterval)],
  ]
  const [bound, most] = limits.reduce((a, b) => (b[1] > a[1] ? b : a))
  return stepped > most * 1.05 ? "warps in each other's way" : bound
}

/**
 * Steady state of a main loop, stepped on one sub-core (`mma`) or one SM and by the closed form.
 * @throws ConfigError for tiles that do not divide, counts below 1 and stages that do not fit; UnsupportedError for an
 * instruction that the board lacks
 */
export const mainLoopTiming = (board: GpuMachine, loop: MainLoop): MainLoopTiming => {
  wholes(loop)
  const bytes = stageBytes(loop)
  const held = mainLoopBytes(loop)
  const { sharedMemory } = board.family.sm
  if (held > sharedMemory.value) {
    throw refuse(
      `${loop.stages} stages of ${Math.ceil(bytes)} bytes in ${loop.blocks} thread blocks are ${Math.ceil(held)} bytes; an SM of ${board.id} shares ${sharedMemory.value}`,
      "Take fewer stages, a shorter reduction or a smaller tile.",
    )
  }
  checkSums(board, loop)
  const built = (loop.instruction.op === "mma" ? warpLoop : fedLoop)(board, loop)
  const { least, most } = programPeriod(built.program, built.subCore)
  const stepped = stepSubCore(built.program, built.subCore).ticksPerIteration
  const cycles = stepped / ticksPerCycle
  const throughput = (loop.tile.m * loop.tile.n * loop.k * loop.blocks) / cycles
  return {
    cycles,
    least: least / ticksPerCycle,
    most: most / ticksPerCycle,
    throughput,
    shareOfPeak: throughput / instructionPeak(board, loop.instruction),
    bound: boundOf(built, stepped),
    engine: built.engine,
    stageBytes: bytes,
    sharedBytes: held,
  }
}
