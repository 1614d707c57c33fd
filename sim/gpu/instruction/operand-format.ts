/** Number formats that tensor cores take, and the rate at which an architecture multiplies them. */
import { UnsupportedError } from "../../../arch/errors.ts"
import type { GpuMachine } from "../../../arch/machine.ts"
import { didYouMean } from "../../../arch/nearest.ts"

/** Bits of one stored element; tf32 is stored in a word. */
const bits = { fp16: 16, bf16: 16, tf32: 32, fp8: 8, int8: 8, int4: 4, b1: 1 } as const

export type OperandFormat = keyof typeof bits
export type AccumulatorFormat = "fp16" | "fp32" | "int32"

export const operandBits = (format: OperandFormat): number => bits[format]
export const operandFormats = Object.keys(bits) as readonly OperandFormat[]

/** What instruction sets call the same formats. */
const aliases: ReadonlyMap<string, OperandFormat> = new Map([
  ["f16", "fp16"],
  ["e4m3", "fp8"],
  ["e5m2", "fp8"],
  ["s8", "int8"],
  ["u8", "int8"],
  ["s4", "int4"],
  ["u4", "int4"],
])

const isFormat = (name: string): name is OperandFormat => Object.hasOwn(bits, name)

/** A format by its name or by that of the instruction set. @throws UnsupportedError with the nearest known name */
export const operandFormat = (name: string): OperandFormat => {
  const format = aliases.get(name) ?? name
  if (isFormat(format)) return format
  throw new UnsupportedError({
    message: `no tensor core takes operands of format ${name}`,
    remedy: didYouMean(name, operandFormats),
  })
}

const integers: ReadonlySet<OperandFormat> = new Set(["int8", "int4", "b1"])

/** Accumulators that instructions have for an operand format, the usual one first. */
export const accumulatorsOf = (format: OperandFormat): readonly AccumulatorFormat[] => {
  if (integers.has(format)) return ["int32"]
  return format === "fp16" || format === "fp8" ? ["fp32", "fp16"] : ["fp32"]
}

/**
 * Dense multiply-accumulates per cycle of one SM. The file's rate of, for example, `fp16-fp16` holds for accumulation in
 * fp16; where it has none, the accumulator does not matter. @throws UnsupportedError where the tensor cores lack the format
 */
export const tensorRate = (
  { id, family }: GpuMachine,
  input: OperandFormat,
  accumulate: AccumulatorFormat,
): number => {
  const rates: Readonly<Record<string, { readonly value: number } | undefined>> = family.tensor
  const rate = rates[`${input}-${accumulate}`] ?? rates[input]
  if (rate !== undefined) return rate.value
  throw new UnsupportedError({
    message: `${id} (${family.name}) has no tensor-core rate for ${input}`,
    remedy: `Its formats are ${Object.keys(family.tensor).join(", ")}.`,
  })
}
