/** Operands of AArch64 assembly text. */
import { firstVector, type MemoryOperand, type Register, sp } from "./instruction.ts"

/** Splits at the commas outside brackets and braces. */
export const splitOperands = (text: string): readonly string[] =>
  text.trim() === "" ? [] : text.split(/,(?![^[{]*[\]}])/).map((part) => part.trim())

const number = (text: string): number | undefined =>
  /^#?-?(0x[\da-f]+|\d+)$/i.test(text)
    ? Number(text.replace(/^#/, "").replace("-", "")) * (text.includes("-") ? -1 : 1)
    : undefined

/** A general register; -1 for the zero register, which nothing waits for; undefined for anything else. */
export const generalRegister = (text: string): Register | undefined => {
  if (text === "sp") return sp
  if (text === "xzr" || text === "wzr") return -1
  const match = /^[xw](\d+)$/.exec(text)
  return match !== null && Number(match[1]) <= 30 ? Number(match[1]) : undefined
}

export type VectorForm = "quad" | "half" | "element"

/** A vector register in one of its forms: `q0`, `d0`, `s0`, `v0.4s`, `v0.2s`, `v0.s[1]`. */
export const vectorRegister = (
  text: string,
): { readonly register: Register; readonly form: VectorForm } | undefined => {
  const match = /^(?:([qds])(\d+)|v(\d+)\.(?:(4s|2d|8h|16b)|(2s|1d|4h|8b)|([sd])\[(\d)\]))$/.exec(text)
  if (match === null) return undefined
  const [, scalar, scalarNumber, vectorNumber, quad, , lane, index] = match
  const n = Number(scalarNumber ?? vectorNumber)
  if (n > 31 || (lane !== undefined && Number(index) >= (lane === "s" ? 4 : 2))) return undefined
  const form = lane !== undefined ? "element" : scalar === "q" || quad !== undefined ? "quad" : "half"
  return { register: firstVector + n, form }
}

/** An immediate such as `#16`. */
export const immediate = number

export interface Address {
  readonly base: Register
  readonly index: Register | undefined
  readonly offset: number | undefined
  readonly update: MemoryOperand["update"]
}

/** The address in `operands` from `at` on: `[x0]`, `[x0, #16]`, `[x0, #16]!`, `[x0], #16`, `[x0, x1, lsl #2]`. */
export const address = (operands: readonly string[], at: number): Address | undefined => {
  const match = /^\[([^\],]+)(?:,\s*([^\],]+))?(?:,\s*(?:lsl|sxtw|uxtw|sxtx)(?:\s+#\d)?)?\](!?)$/.exec(
    operands[at] ?? "",
  )
  const base = match === null ? undefined : generalRegister(match[1].trim())
  if (match === null || base === undefined || base < 0) return undefined
  const [, , second, bang] = match
  const post = operands[at + 1]
  if (operands.length > at + 2 || (post !== undefined && (second !== undefined || bang !== "")))
    return undefined
  if (post !== undefined) {
    const register = generalRegister(post)
    if (number(post) === undefined && register === undefined) return undefined
    return { base, index: register, offset: 0, update: "post" }
  }
  if (second === undefined)
    return bang === "" ? { base, index: undefined, offset: 0, update: "none" } : undefined
  const offset = number(second.trim())
  const index = generalRegister(second.trim())
  if (offset === undefined && (index === undefined || bang !== "")) return undefined
  return { base, index, offset, update: bang === "" ? "none" : "pre" }
}
