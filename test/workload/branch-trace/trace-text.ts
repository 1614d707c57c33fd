/** Branch traces of every format, written from records by the plainest code that could. */
import type { BranchRecord } from "../../arbitraries/branch-records.ts"

const bytesOf = (write: (view: DataView) => void, length: number): Uint8Array => {
  const bytes = new Uint8Array(length)
  write(new DataView(bytes.buffer))
  return bytes
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))

const mask = (1n << 64n) - 1n

export const sbbtBytes = (records: readonly BranchRecord[], instructions: number): Uint8Array =>
  joined([
    bytesOf((view) => {
      view.setBigUint64(0, 0x0000010a54424253n, true)
      view.setBigUint64(8, BigInt(instructions), true)
      view.setBigUint64(16, BigInt(records.length), true)
    }, 24),
    ...records.map(({ pc, target, opcode, taken, gap }) =>
      bytesOf((view) => {
        view.setBigUint64(0, ((pc << 12n) & mask) | (taken ? 0x800n : 0n) | BigInt(opcode), true)
        view.setBigUint64(8, ((target << 12n) & mask) | BigInt(gap), true)
      }, 16),
    ),
  ])

const className = (opcode: number): string =>
  [
    (opcode & 4) !== 0 ? "RET" : (opcode & 8) !== 0 ? "CALL" : "JMP",
    (opcode & 2) !== 0 ? "IND" : "DIR",
    (opcode & 1) !== 0 ? "CND" : "UCD",
  ].join("+")

/** Each record has a node and an edge of its own; the gap of a record stands on the edge before it. */
export const bt9Text = (records: readonly BranchRecord[], instructions: number): string => {
  const hex = (value: bigint): string => `0x${value.toString(16)}`
  const nodes = records.map(
    ({ pc, opcode }, i) =>
      `NODE ${i + 1} ${hex(pc)} - 0x0 4 class: ${className(opcode)} behavior: DYN taken_cnt: 1 not_taken_cnt: 0 tgt_cnt: 1 # "jmp"`,
  )
  const between = (i: number): number => (i < records.length ? records[i].gap - 1 : 0)
  const edges = records.map(
    ({ target, taken }, i) =>
      `EDGE ${i + 1} ${i + 1} ${i + 2} ${taken ? "T" : "N"} ${hex(target)} - ${between(i + 1)} 1`,
  )
  return [
    "BT9_SPA_TRACE_FORMAT",
    "bt9_minor_version: 0",
    `total_instruction_count: ${instructions}`,
    `branch_instruction_count: ${records.length}`,
    "BT9_NODES",
    "#NODE id virtual_address ...",
    "NODE 0 0x0 - 0x0 0",
    ...nodes,
    "BT9_EDGES",
    `EDGE 0 0 1 T 0x0 - ${between(0)} 1`,
    ...edges,
    "BT9_EDGE_SEQUENCE",
    "0",
    ...records.map((_, i) => String(i + 1)),
    "EOF",
    "",
  ].join("\n")
}

/** CVP's class of an opcode; those that it does not have are undefined. */
const cvpClass: Readonly<Record<number, number>> = { 1: 3, 0: 4, 2: 5, 8: 9, 10: 10, 6: 11 }

export const cvpOpcodes = Object.keys(cvpClass).map(Number)

/** Before each branch stand gap − 1 instructions that are none: loads, stores, and others with values of registers. */
export const cvpBytes = (records: readonly BranchRecord[], mark: "" | "CBPNGAmp"): Uint8Array => {
  const operands = [2, 1, 2, 3, 5, 40]
  const filler = [
    Uint8Array.from([...Array(8).fill(0), 0, ...operands, ...Array(8 + 16).fill(7)]),
    Uint8Array.from([...Array(8).fill(0), 1, ...Array(10).fill(9), 0, 1, 5, ...Array(8).fill(7)]),
    Uint8Array.from([...Array(8).fill(0), 2, ...Array(11).fill(9), 1, 4, 0]),
  ]
  // Two inputs, then two outputs: 5 is a whole register, 40 a SIMD one of twice its size.
  filler[0].set([2, 1, 3, 2, 5, 40], 9)
  return joined([
    new TextEncoder().encode(mark),
    ...records.flatMap(({ pc, target, opcode, taken, gap }) => [
      ...Array.from({ length: gap - 1 }, (_, k) => filler[k % 3]),
      bytesOf(
        (view) => {
          view.setBigUint64(0, pc, true)
          view.setUint8(8, cvpClass[opcode])
          view.setUint8(9, taken ? 1 : 0)
          if (taken) view.setBigUint64(10, target, true)
        },
        taken ? 20 : 12,
      ),
    ]),
  ])
}

/** Registers that make a branch what it is: destinations, sources. */
const champSimRegisters: Readonly<Record<number, readonly [readonly number[], readonly number[]]>> = {
  1: [[26], [26, 25]],
  0: [[26], [26]],
  2: [[26], [3]],
  8: [
    [26, 6],
    [26, 6],
  ],
  10: [
    [26, 6],
    [26, 6, 3],
  ],
  6: [[26, 6], [6]],
}

/** One instruction a record, and at the end one at the last target. */
export const champSimBytes = (
  records: readonly BranchRecord[],
  variant: "champsim" | "cloudsuite",
): Uint8Array => {
  const [size, destinations] = variant === "champsim" ? [64, 2] : [96, 4]
  return joined([
    ...records.map(({ pc, opcode, taken }) =>
      bytesOf((view) => {
        view.setBigUint64(0, pc, true)
        view.setUint8(8, 1)
        view.setUint8(9, taken ? 1 : 0)
        const [to, from] = champSimRegisters[opcode]
        to.forEach((register, k) => view.setUint8(10 + k, register))
        from.forEach((register, k) => view.setUint8(10 + destinations + k, register))
      }, size),
    ),
    bytesOf((view) => view.setBigUint64(0, records.at(-1)?.target ?? 0n, true), size),
  ])
}

export const ucsdText = (records: readonly BranchRecord[]): string =>
  records.map(({ pc, taken }) => `0x${pc.toString(16)} ${taken ? 1 : 0}\n`).join("")
