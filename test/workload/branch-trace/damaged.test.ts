/** Whatever stands in a file: it gives records that make sense, or one error that says where and what to do. Never a hang. */
import { gzipSync } from "node:zlib"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../../arch/errors.ts"
import { BACKWARD, backwardFlag, CONDITIONAL, TAKEN } from "../../../sim/branch/branch-block.ts"
import {
  type BranchTraceOptions,
  openBranchTrace,
} from "../../../src/workload/branch-trace/open-branch-trace.ts"
import { branchTraceFormats } from "../../../src/workload/branch-trace/trace-format.ts"
import { frameCompressor, storedFrame } from "../../../src/workload/branch-trace/zstd-frames.ts"
import { branchRecord } from "../../arbitraries/branch-records.ts"
import { runs } from "../../arbitraries/runs.ts"
import { fileOf, readBytes } from "./read-records.ts"
import { bt9Text, champSimBytes, cvpBytes, sbbtBytes, ucsdText } from "./trace-text.ts"

const made = fc
  .sample(branchRecord, { seed: 7, numRuns: 300 })
  .map((record) => ({ ...record, opcode: record.opcode % 3, taken: true, gap: 1 + (record.gap % 3) }))

const text = new TextEncoder()
const compressor = await frameCompressor()
const plain = {
  sbbt: sbbtBytes(made, 900),
  bt9: text.encode(bt9Text(made, 900)),
  cbp2025: cvpBytes(made, ""),
  "cbp-ng": cvpBytes(made, "CBPNGAmp"),
  champsim: champSimBytes(made, "champsim"),
  cloudsuite: champSimBytes(made, "cloudsuite"),
  ucsd: text.encode(ucsdText(made)),
} as const
type Format = keyof typeof plain

/** `xz -9` and `bzip2 -9` of four lines of UCSD text. */
const fourLines = "0x40d7f9 0\n0x40d81e 1\n0x40d7f9 1\n0x40d81e 0\n"
const bz2 = Buffer.from(
  "QlpoOTFBWSZTWc+HYksAAAdZgAAQQABk4AcAAEAgACCqmQBoQNA0JujvIjLRolxR4p08pJ8XckU4UJDPh2JL",
  "base64",
)
const xz = Buffer.from(
  "/Td6WFoAAATm1rRGAgAhARwAAAAQz1jM4AArAB1dABgeAoMCo17pHRDmWdsev/L+MQJ+1TB7zWGQUPOAAAAAAO3J2REEFoMKAAE5LHJU2hwftvN9AQAAAAAEWVo=",
  "base64",
)

const packed: Readonly<Record<string, Uint8Array>> = {
  gzip: gzipSync(plain.sbbt),
  zstd: Buffer.concat([
    storedFrame(plain.sbbt.subarray(0, 24)),
    compressor.push(plain.sbbt.subarray(24)),
    compressor.end(),
  ]),
  bzip2: bz2,
  xz,
}

/** Formats in which a branch that is neither conditional nor taken is an error; the others have no word on it. */
const alwaysTaken: ReadonlySet<string> = new Set(["sbbt", "champsim", "cloudsuite", "ucsd"])

const kinds = ["records", "error"]

/** What reading ends with, and what an error says; anything but a WorkloadError is a failed test. */
const outcome = async (
  bytes: Uint8Array,
  options: BranchTraceOptions = {},
): Promise<{ readonly kind: string; readonly message: string }> => {
  try {
    const reader = await openBranchTrace(fileOf(bytes), options)
    for await (const { length, pc, pcHigh, target, targetHigh, flags, gap } of reader.blocks()) {
      for (let i = 0; i < length; i++) {
        const flag = flags[i]
        if (alwaysTaken.has(reader.format) && (flag & (CONDITIONAL | TAKEN)) === 0) {
          expect.fail("unconditional, and not taken")
        }
        if (flag >= 64 || gap[i] < 0) expect.fail("a flag or a gap that is none")
        const backward = backwardFlag(pc[i], pcHigh[i], target[i], targetHigh[i])
        if (reader.format !== "ucsd" && (flag & BACKWARD) !== backward) expect.fail("backward or not")
      }
    }
    const instructions = reader.instructions()
    if (!Number.isSafeInteger(instructions) || instructions < 0) expect.fail(`${instructions} instructions`)
    return { kind: "records", message: "" }
  } catch (error) {
    if (!(error instanceof WorkloadError)) throw error
    expect(error.message).not.toMatch(/undefined|NaN|\[object/)
    expect(error.place?.file).toBeDefined()
    expect(error.remedy).toBeDefined()
    return { kind: "error", message: error.message }
  }
}

const flipped = (bytes: Uint8Array, flips: readonly number[]): Uint8Array => {
  const out = Uint8Array.from(bytes)
  for (const flip of flips) out[(flip >> 3) % out.length] ^= 1 << (flip & 7)
  return out
}

const flips = fc.array(fc.nat(), { minLength: 1, maxLength: 4 })
const some = { numRuns: Math.ceil(runs / 5) }

describe("a trace with flipped bits", () => {
  it.each(Object.keys(plain) as Format[])(
    "of %s gives records or an error, read as what it was",
    async (format) => {
      await fc.assert(
        fc.asyncProperty(flips, async (where) => {
          expect(kinds).toContain((await outcome(flipped(plain[format], where), { format })).kind)
        }),
        some,
      )
    },
  )

  it.each(Object.keys(plain) as Format[])(
    "of %s gives records or an error, read as whatever it looks like",
    async (format) => {
      await fc.assert(
        fc.asyncProperty(flips, async (where) => {
          expect(kinds).toContain((await outcome(flipped(plain[format], where))).kind)
        }),
        some,
      )
    },
  )

  it.each(Object.keys(packed))("and packed with %s as well", async (packing) => {
    await fc.assert(
      fc.asyncProperty(flips, async (where) => {
        expect(kinds).toContain((await outcome(flipped(packed[packing], where))).kind)
      }),
      some,
    )
  })
})

describe("a trace that is cut off", () => {
  it.each(["sbbt", "bt9", "cbp2025", "cbp-ng", "champsim", "cloudsuite"] as const)(
    "of %s is an error unless the cut is between two instructions of a format that counts none",
    async (format) => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: plain[format].length - 1 }), async (length) => {
          const { message } = await outcome(plain[format].subarray(0, length), { format })
          const mayBeWhole =
            // The newline behind EOF may be missing.
            (format === "bt9" && length === plain.bt9.length - 1) ||
            (format === "champsim" && length % 64 === 0) ||
            (format === "cloudsuite" && length % 96 === 0) ||
            format.startsWith("cbp")
          expect(mayBeWhole || /the file ends/.test(message)).toBe(true)
        }),
        some,
      )
    },
  )

  it.each(Object.keys(packed))("within what is packed with %s is an error", async (packing) => {
    const bytes = packed[packing]
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 8, max: bytes.length - 1 }), async (length) => {
        const { message } = await outcome(bytes.subarray(0, length))
        expect(message).toMatch(/cut off|the file ends|empty/)
      }),
      some,
    )
  })
})

describe("bytes that are anything", () => {
  it.each(branchTraceFormats)("and read as %s give records or an error", async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
        expect(kinds).toContain((await outcome(bytes, { format })).kind)
      }),
      some,
    )
  })

  it("and behind the mark of a format or a packing as well", async () => {
    const marks = ["SBBT\n\u0001\0\0", "BT9_SPA_TRACE_FORMAT\n", "CBPNGAmp", "0x4 1\n", "BZh9"]
    const bytes = [
      ...marks.map((mark) => [...Buffer.from(mark, "latin1")]),
      [0x1f, 0x8b, 8],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0],
    ]
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bytes), fc.uint8Array({ maxLength: 300 }), async (mark, rest) => {
        expect(kinds).toContain((await outcome(Uint8Array.from([...mark, ...rest]))).kind)
      }),
      some,
    )
  })

  it("and empty are an error", async () => {
    expect((await outcome(new Uint8Array())).message).toMatch(/empty/)
  })
})

describe("a whole packed trace", () => {
  it.each(["gzip", "zstd"])("in %s has every branch", async (packing) => {
    const { records, instructions } = await readBytes(packed[packing])
    expect({ instructions, records }).toEqual({ instructions: 900, records: made })
  })

  it.each([
    ["bzip2", bz2],
    ["xz", xz],
  ])("in %s has every branch", async (_, bytes) => {
    expect(await readBytes(bytes)).toEqual(await readBytes(fourLines))
  })

  it("may be made of several gzip members", async () => {
    const halves = [gzipSync(plain.sbbt.subarray(0, 1000)), gzipSync(plain.sbbt.subarray(1000))]
    expect((await readBytes(Buffer.concat(halves))).records).toEqual(made)
  })
})

describe("what is no file of branches", () => {
  it.each([
    ["a folder", "/", /folder/],
    ["nothing", "/no/such/file", /no such file/],
  ])("%s is told so", async (_, path, message) => {
    await expect(openBranchTrace(path)).rejects.toThrow(message)
  })
})
