/** The loop body that every warp of a sub-core runs. */

/**
 * Units that take one instruction at a time: the tensor core, this sub-core's share of the shared memory, and its share of
 * what the SM takes in from L2 and DRAM (`cp.async`, TMA).
 */
export const issueUnits = ["tensor", "shared", "memory"] as const
export type IssueUnit = (typeof issueUnits)[number]

/** An instruction waits until the result of another is there. */
export interface Dependency {
  /** Place in the program of the instruction that it waits for. */
  readonly on: number
  /** How many iterations before: 0 is the same one, and then `on` comes earlier in the program. */
  readonly iterationsBack: number
}

/** All times are whole ticks, at least 1; a tick is a cycle, or a fraction where costs are fractions. */
export interface ProgramInstruction {
  readonly unit: IssueUnit
  /** Ticks from issue to the result. */
  readonly latency: number
  /** Ticks for which the unit takes no other instruction. */
  readonly interval: number
  /** Ticks for which the warp issues nothing after it. */
  readonly gap: number
  readonly after: readonly Dependency[]
}

/** One iteration; each warp issues its instructions in order, again and again. */
export type WarpProgram = readonly ProgramInstruction[]

/** A sub-core: warps that run the same program, and the ticks between two instructions that its scheduler issues. */
export interface SubCore {
  readonly warps: number
  readonly issueInterval: number
}

const isTicks = (n: number): boolean => Number.isSafeInteger(n) && n > 0

/** @throws RangeError for an empty program, times below a tick and dependencies that come too late */
export const checkProgram = (program: WarpProgram, { warps, issueInterval }: SubCore): void => {
  if (program.length === 0 || !isTicks(warps) || !isTicks(issueInterval)) {
    throw new RangeError("a sub-core needs instructions, warps and an issue interval of at least one tick")
  }
  for (const [place, { latency, interval, gap, after }] of program.entries()) {
    if (![latency, interval, gap].every(isTicks)) {
      throw new RangeError(`instruction ${place}: latency, interval and gap are whole ticks of at least 1`)
    }
    for (const { on, iterationsBack } of after) {
      const exists = Number.isInteger(on) && on >= 0 && on < program.length
      if (!exists || !Number.isInteger(iterationsBack) || iterationsBack < 0) {
        throw new RangeError(`instruction ${place} waits for instruction ${on}, which is not in the program`)
      }
      if (iterationsBack === 0 && on >= place) {
        throw new RangeError(`instruction ${place} waits for instruction ${on}, which comes after it`)
      }
    }
  }
}

/** `chains` independent matrix instructions, each after its own predecessor. */
export const chainProgram = (
  chains: number,
  cost: { readonly latency: number; readonly interval: number; readonly gap: number },
): WarpProgram =>
  Array.from({ length: chains }, (_, on) => ({
    unit: "tensor",
    ...cost,
    after: [{ on, iterationsBack: 1 }],
  }))
