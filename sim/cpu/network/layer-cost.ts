/** What one operator of a network costs on one core: its time by cause, its operations and its traffic. */

/** Cycles by what the core spends them on; they sum to the time of the operator. */
export interface CycleAccount {
  /** Issued multiply-adds at the core's own rate. */
  readonly busy: number
  /** What the kernel loses beside that rate: loads, pipeline, its tiles' beginnings and ends. */
  readonly "stall.kernel": number
  /** Indices, weights and addresses of kept values that are fetched one by one. */
  readonly "stall.index": number
  /** Lines that the first cache did not have: columns of activations that it lost, weights that stream by. */
  readonly "stall.cache": number
  /** Work of the vector unit that multiplies nothing. */
  readonly "stall.pointwise": number
  readonly "stall.dram": number
  /** From one operator to the next. */
  readonly "stall.operator": number
}

export interface OperatorCost {
  /** The kernel, as a person would name it: "sparse 16×1", "GEMM 6×8". */
  readonly kernel: string
  readonly account: CycleAccount
  readonly operations?: {
    readonly denseEquivalent: number
    readonly nonZero: number
    readonly issued: number
  }
  /** Bytes. */
  readonly l1Read: number
  readonly l1Written: number
  /** Bytes that a core's own second cache delivers; 0 where it has none. */
  readonly l2Read: number
  readonly lastCacheRead: number
  /** Bytes from and to DRAM. */
  readonly weightsRead: number
  readonly activationsRead: number
  readonly activationsWritten: number
  /** What the operator works on. Weights as stored: values, and indices and counts of sparse ones. */
  readonly weightBytes: number
  readonly inputBytes: number
  readonly outputBytes: number
  /** Additions and multiplications of pointwise work. */
  readonly pointwise: number
}

export const nothingSpent: CycleAccount = {
  busy: 0,
  "stall.kernel": 0,
  "stall.index": 0,
  "stall.cache": 0,
  "stall.pointwise": 0,
  "stall.dram": 0,
  "stall.operator": 0,
}

export const cyclesOf = (account: CycleAccount): number =>
  account.busy +
  account["stall.kernel"] +
  account["stall.index"] +
  account["stall.cache"] +
  account["stall.pointwise"] +
  account["stall.dram"] +
  account["stall.operator"]

/** What takes most of an operator's time: "simd" where it is the multiply-adds themselves. */
export const boundOf = (account: CycleAccount): string => {
  const causes: readonly (readonly [string, number])[] = [
    ["simd", account.busy],
    ["kernel", account["stall.kernel"]],
    ["index", account["stall.index"]],
    ["cache", account["stall.cache"]],
    ["pointwise", account["stall.pointwise"]],
    ["dram", account["stall.dram"]],
    ["operator", account["stall.operator"]],
  ]
  return causes.reduce((most, cause) => (cause[1] > most[1] ? cause : most))[0]
}
