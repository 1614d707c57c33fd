/** Random bodies of AArch64 loops, as text, and the cores that run them. */
import fc from "fast-check"
import { cpuCore, cpuCoreIds } from "../../arch/cpu-core-catalogue.ts"
import type { CpuCoreFile } from "../../arch/cpu-core.ts"
import type { Instruction } from "../../sim/cpu/core/instruction.ts"
import { readLoop } from "../../sim/cpu/core/read-loop.ts"

const v = fc.integer({ min: 0, max: 31 })
const x = fc.integer({ min: 0, max: 15 })
const place = fc.integer({ min: 0, max: 7 }).map((n) => 16 * n)

/** One line; registers are few, so that instructions wait for one another. */
const line = fc.oneof(
  fc.tuple(v, v, v).map(([a, b, c]) => `fmla v${a}.4s, v${b}.4s, v${c}.4s`),
  fc.tuple(v, v, v).map(([a, b, c]) => `fmla v${a}.4s, v${b}.4s, v${c}.s[1]`),
  fc.tuple(v, v, v).map(([a, b, c]) => `fmla v${a}.2s, v${b}.2s, v${c}.2s`),
  fc.tuple(v, v, v).map(([a, b, c]) => `fmul v${a}.4s, v${b}.4s, v${c}.4s`),
  fc.tuple(v, v, v).map(([a, b, c]) => `fmax v${a}.4s, v${b}.4s, v${c}.4s`),
  fc.tuple(v, x).map(([a, b]) => `ldr q${a}, [x${b}], #16`),
  fc.tuple(v, x).map(([a, b]) => `ldr d${a}, [x${b}]`),
  fc.tuple(v, v, x).map(([a, b, c]) => `ldp q${a}, q${b}, [x${c}, #32]`),
  fc.tuple(v, x).map(([a, b]) => `ld1r {v${a}.4s}, [x${b}], #4`),
  fc.tuple(x, x).map(([a, b]) => `ldrsw x${a}, [x${b}], #4`),
  fc.tuple(v, place).map(([a, at]) => `str q${a}, [sp, #${at}]`),
  fc.tuple(v, place).map(([a, at]) => `ldr q${a}, [sp, #${at}]`),
  fc.tuple(x, x, x).map(([a, b, c]) => `add x${a}, x${b}, x${c}`),
  fc.tuple(x, x, x).map(([a, b, c]) => `add x${a}, x${b}, x${c}, lsl #2`),
  fc.tuple(v, x).map(([a, b]) => `ins v${a}.d[1], x${b}`),
  fc.tuple(v, v).map(([a, b]) => `mov v${a}.16b, v${b}.16b`),
  x.map((a) => `prfm pldl1keep, [x${a}, #128]`),
  x.map((a) => `subs x${a}, x${a}, #1`),
)

/** Lines without the loop's branch. */
export const loopLines = fc.array(line, { minLength: 1, maxLength: 24 })

export const bodyOf = (lines: readonly string[]): readonly Instruction[] => readLoop(lines.join("\n"), "a.s")

export const core: fc.Arbitrary<CpuCoreFile> = fc.constantFrom(...cpuCoreIds()).map(cpuCore)
