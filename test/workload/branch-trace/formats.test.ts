/** Every format gives back the records that a trace was made of, whatever the cut of its bytes into chunks. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { newBranchBlock } from "../../../sim/branch/branch-block.ts"
import { sbbtDecoder } from "../../../src/workload/branch-trace/sbbt-decoder.ts"
import { encodeSbbt, sbbtHeader } from "../../../src/workload/branch-trace/sbbt-encoder.ts"
import { decoderOf } from "../../../src/workload/branch-trace/trace-format.ts"
import {
  address,
  blockOf,
  branchRecord,
  type BranchRecord,
  recordsOf,
} from "../../arbitraries/branch-records.ts"
import { readBytes } from "./read-records.ts"
import { bt9Text, champSimBytes, cvpBytes, cvpOpcodes, sbbtBytes, ucsdText } from "./trace-text.ts"

const records = fc.array(branchRecord, { minLength: 1, maxLength: 40 })
const instructions = fc.integer({ min: 1, max: 2 ** 40 })
/** Gaps of at least the branch itself. */
const counted = fc.array(
  branchRecord.map((record) => ({ ...record, gap: 1 + (record.gap % 9) })),
  { minLength: 1, maxLength: 40 },
)

describe("SBBT", () => {
  it("is read as the records it was made of, and the header's instructions", async () => {
    await fc.assert(
      fc.asyncProperty(records, instructions, async (made, n) => {
        expect(await readBytes(sbbtBytes(made, n))).toEqual({
          format: "sbbt",
          instructions: n,
          records: made,
        })
      }),
    )
  })

  it("is written byte for byte as the plainest code writes it", () => {
    fc.assert(
      fc.property(records, instructions, (made, n) => {
        const ours = Buffer.concat([sbbtHeader(n, made.length), encodeSbbt(blockOf(made), 0, "")])
        expect(ours.equals(Buffer.from(sbbtBytes(made, n)))).toBe(true)
      }),
    )
  })

  it("has the instructions of its records where the header says 0", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (made) => {
        const { instructions } = await readBytes(sbbtBytes(made, 0))
        expect(instructions).toBe(made.reduce((sum, { gap }) => sum + gap, 0))
      }),
    )
  })

  it("cannot hold an unconditional branch that is not taken, nor an address of 64 bits, and says which branch", () => {
    const good = { pc: 4n, target: 8n, opcode: 1, taken: false, gap: 1 }
    for (const [bad, message] of [
      [{ ...good, opcode: 0 }, /branch 12 is unconditional and not taken/],
      [{ ...good, opcode: 13 }, /branch 12 is a return and a call/],
      [{ ...good, pc: 1n << 51n }, /branch 12 has an address of more than 52 bits/],
      [{ ...good, target: 1n << 60n }, /branch 12 has an address of more than 52 bits/],
    ] as const) {
      expect(() => encodeSbbt(blockOf([good, bad]), 10, "a")).toThrow(message)
    }
  })
})

describe("BT9", () => {
  it("is read as the records it was made of", async () => {
    await fc.assert(
      fc.asyncProperty(counted, instructions, async (made, n) => {
        expect(await readBytes(bt9Text(made, n))).toEqual({ format: "bt9", instructions: n, records: made })
      }),
    )
  })
})

describe("instruction streams", () => {
  /** What such a stream can say: six classes, and the next instruction as the target of a branch that is not taken. */
  const streamed = fc.array(
    fc
      .record({
        pc: address,
        target: address,
        opcode: fc.constantFrom(...cvpOpcodes),
        taken: fc.boolean(),
        gap: fc.integer({ min: 1, max: 9 }),
      })
      .map((r): BranchRecord => {
        const taken = r.taken || r.opcode !== 1
        return { ...r, taken, target: taken ? r.target : BigInt.asUintN(64, r.pc + 4n) }
      }),
    { minLength: 1, maxLength: 30 },
  )

  it.each([
    ["cbp2025", ""],
    ["cbp-ng", "CBPNGAmp"],
  ] as const)("of %s give their branches, and one instruction each", async (format, mark) => {
    await fc.assert(
      fc.asyncProperty(streamed, async (made) => {
        expect(await readBytes(cvpBytes(made, mark), { format })).toEqual({
          format,
          instructions: made.reduce((sum, { gap }) => sum + gap, 0),
          records: made,
        })
      }),
    )
  })

  it.each(["champsim", "cloudsuite"] as const)(
    "of %s give class and target from registers and the next record",
    async (format) => {
      await fc.assert(
        fc.asyncProperty(streamed, async (made) => {
          const { records, instructions } = await readBytes(champSimBytes(made, format), { format })
          expect(instructions).toBe(made.length + 1)
          expect(records).toEqual(
            made.map((record, i) => ({ ...record, target: made[i + 1]?.pc ?? record.target, gap: 1 })),
          )
        }),
      )
    },
  )
})

describe("UCSD text", () => {
  it("is read as conditional branches without targets", async () => {
    await fc.assert(
      fc.asyncProperty(records, async (made) => {
        expect(await readBytes(ucsdText(made))).toEqual({
          format: "ucsd",
          instructions: made.length,
          records: made.map(({ pc, taken }) => ({ pc, target: 0n, opcode: 1, taken, gap: 1 })),
        })
      }),
    )
  })
})

describe("a decoder", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 50 })

  it("gives the same records however the bytes come, and however small the blocks are", () => {
    const made = fc.sample(counted, { seed: 1, numRuns: 1 })[0]
    const plain = made.map((record) => ({ ...record, opcode: 1, target: BigInt.asUintN(64, record.pc + 4n) }))
    const traces = {
      sbbt: sbbtBytes(made, 5),
      bt9: new TextEncoder().encode(bt9Text(made, 5)),
      cbp2025: cvpBytes(plain, ""),
      "cbp-ng": cvpBytes(plain, "CBPNGAmp"),
      champsim: champSimBytes(plain, "champsim"),
      cloudsuite: champSimBytes(plain, "cloudsuite"),
      ucsd: new TextEncoder().encode(ucsdText(made)),
    } as const
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(traces) as (keyof typeof traces)[])),
        cuts,
        fc.nat(7),
        (format, sizes, pad) => {
          const bytes = traces[format]
          const decode = (pieces: readonly number[], capacity: number): readonly BranchRecord[] => {
            const decoder = decoderOf(format, "a")
            const block = newBranchBlock(capacity)
            const out: BranchRecord[] = []
            let left = new Uint8Array()
            let offset = 0
            const take = (): void => {
              out.push(...recordsOf(block))
              block.length = 0
            }
            for (let at = 0, k = 0; at < bytes.length; k++) {
              const size = pieces[k % pieces.length]
              // Bytes in front, so that records lie at odd places of memory.
              const all = new Uint8Array(pad + left.length + Math.min(size, bytes.length - at))
              all.set(left, pad)
              all.set(bytes.subarray(at, at + size), pad + left.length)
              at += size
              let used = pad
              for (;;) {
                const next = decoder.decode(all, used, all.length, block, offset)
                offset += next - used
                used = next
                const full = block.length === capacity
                take()
                if (!full) break
              }
              left = all.slice(used)
            }
            decoder.end(left, block, offset)
            take()
            return out
          }
          expect(decode(sizes, 3)).toEqual(decode([bytes.length], 64))
        },
      ),
    )
  })

  it("of SBBT names the byte of a record that is none", () => {
    const bytes = sbbtBytes(
      Array.from({ length: 3 }, () => ({ pc: 1n, target: 2n, opcode: 1, taken: true, gap: 1 })),
      3,
    )
    bytes[24 + 32] |= 0x70
    expect(() => sbbtDecoder("a").decode(bytes, 0, bytes.length, newBranchBlock(8), 0)).toThrow(/byte 56/)
  })
})
