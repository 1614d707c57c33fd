/** Reads the body of an AArch64 loop, written as assembly text. */
import type { CoreOperation } from "../../../arch/cpu-core.ts"
import { WorkloadError } from "../../../arch/errors.ts"
import { nearest } from "../../../arch/nearest.ts"
import { flags, type Instruction, type MemoryOperand, type Register } from "./instruction.ts"
import { address, generalRegister, immediate, splitOperands, vectorRegister } from "./operand.ts"

/** What a mnemonic says once its operands are read; undefined when they do not fit. */
type Reading = Omit<Instruction, "line" | "text"> | undefined

const plain = (
  operation: CoreOperation,
  writes: readonly Register[],
  reads: readonly Register[],
  accumulator?: Register,
): Reading => ({
  operation,
  writes: writes.filter((r) => r >= 0),
  reads: reads.filter((r) => r >= 0),
  accumulator,
  memory: undefined,
})

/** `fmla v0.4s, v1.4s, v2.4s` and by element. */
const multiplyAccumulate = (operands: readonly string[]): Reading => {
  const [to, a, b] = operands.map(vectorRegister)
  if (operands.length !== 3 || to === undefined || a === undefined || b === undefined) return undefined
  if (to.form === "element" || a.form !== to.form) return undefined
  return plain(to.form === "quad" ? "fma" : "fmaHalf", [to.register], [a.register, b.register], to.register)
}

/** Arithmetic of two vectors. */
const vectorOperation =
  (operation: CoreOperation) =>
  (operands: readonly string[]): Reading => {
    const [to, a, b] = operands.map(vectorRegister)
    if (operands.length !== 3 || to === undefined || a === undefined || b === undefined) return undefined
    return to.form === "element" ? undefined : plain(operation, [to.register], [a.register, b.register])
  }

/** A second operand: a register, shifted or extended or not, or an immediate. */
const secondOperand = (operands: readonly string[], at: number) => {
  const shift = operands[at + 1]
  const shifted = shift !== undefined && /^(lsl|lsr|asr|sxtw|uxtw)(\s+#\d+)?$/.test(shift)
  if (operands.length > at + (shifted ? 2 : 1) || operands[at] === undefined) return undefined
  const register = generalRegister(operands[at])
  if (register !== undefined) return { reads: [register], shifted }
  return immediate(operands[at]) === undefined ? undefined : { reads: [], shifted: false }
}

const integer =
  (sets: "flags" | "nothing") =>
  (operands: readonly string[]): Reading => {
    const to = generalRegister(operands[0] ?? "")
    const a = generalRegister(operands[1] ?? "")
    const b = secondOperand(operands, 2)
    if (to === undefined || a === undefined || b === undefined) return undefined
    return plain(b.shifted ? "aluShift" : "alu", sets === "flags" ? [to, flags] : [to], [a, ...b.reads])
  }

const compare = (operands: readonly string[]): Reading => {
  const a = generalRegister(operands[0] ?? "")
  const b = secondOperand(operands, 1)
  if (a === undefined || b === undefined) return undefined
  return plain(b.shifted ? "aluShift" : "alu", [flags], [a, ...b.reads])
}

/** `mov`, `fmov`, `dup`, `ins`, `movi`: between registers of one kind or of both, or from an immediate. */
const move = (operands: readonly string[]): Reading => {
  if (operands.length !== 2) return undefined
  const [to, from] = operands
  const [toGeneral, fromGeneral] = [generalRegister(to), generalRegister(from)]
  const [toVector, fromVector] = [vectorRegister(to), vectorRegister(from)]
  // Writing one element keeps the others, so the register is read as well.
  const kept = toVector?.form === "element" ? [toVector.register] : []
  if (toGeneral !== undefined && fromGeneral !== undefined) return plain("alu", [toGeneral], [fromGeneral])
  if (toGeneral !== undefined && immediate(from) !== undefined) return plain("alu", [toGeneral], [])
  if (toGeneral !== undefined && fromVector !== undefined)
    return plain("insert", [toGeneral], [fromVector.register])
  if (toVector === undefined) return undefined
  if (fromGeneral !== undefined) return plain("insert", [toVector.register], [fromGeneral, ...kept])
  if (fromVector !== undefined)
    return plain("vectorMove", [toVector.register], [fromVector.register, ...kept])
  return immediate(from) !== undefined || /^#-?\d+\.\d+$/.test(from)
    ? plain("vectorMove", [toVector.register], kept)
    : undefined
}

const access = (
  kind: MemoryOperand["access"],
  operation: CoreOperation,
  data: readonly Register[],
  bytes: number,
  operands: readonly string[],
  at: number,
): Reading => {
  const place = address(operands, at)
  if (place === undefined) return undefined
  const index = place.index === undefined || place.index < 0 ? [] : [place.index]
  const offset = place.index === undefined || place.update === "post" ? place.offset : undefined
  const known = data.filter((r) => r >= 0)
  return {
    operation,
    reads: kind === "store" ? [...known, ...index] : index,
    accumulator: undefined,
    writes: kind === "load" ? known : [],
    memory: { access: kind, base: place.base, offset, bytes, update: place.update },
  }
}

const bytesOf: Readonly<Record<string, number>> = { q: 16, d: 8, x: 8, s: 4, w: 4 }

/** `ldr`, `str`, `ldrsw` and their unscaled forms, of general and vector registers. */
const single =
  (kind: "load" | "store") =>
  (operands: readonly string[]): Reading => {
    const [first = ""] = operands
    const register = generalRegister(first) ?? vectorRegister(first)?.register
    const bytes = bytesOf[first[0] ?? ""]
    if (register === undefined || bytes === undefined) return undefined
    const loads = bytes === 16 ? "loadQuad" : /^[ds]/.test(first) ? "loadHalf" : "load"
    const stores = bytes === 16 ? "storeQuad" : "store"
    return access(kind, kind === "load" ? loads : stores, [register], bytes, operands, 1)
  }

/** `ldp`, `stp` of quads; `ldp` of general registers. */
const pair =
  (kind: "load" | "store") =>
  (operands: readonly string[]): Reading => {
    const [a = "", b = ""] = operands
    if (a[0] !== b[0]) return undefined
    if (a.startsWith("q")) {
      const [first, second] = [vectorRegister(a), vectorRegister(b)]
      if (first === undefined || second === undefined) return undefined
      const operation = kind === "load" ? "loadPairQuad" : "storePairQuad"
      return access(kind, operation, [first.register, second.register], 32, operands, 2)
    }
    const [first, second] = [generalRegister(a), generalRegister(b)]
    if (kind === "store" || first === undefined || second === undefined) return undefined
    return access(kind, "loadPair", [first, second], 2 * (bytesOf[a[0]] ?? 8), operands, 2)
  }

/** `ld1r {v0.4s}, [x0], #4`. */
const replicate = (operands: readonly string[]): Reading => {
  const to = vectorRegister(/^\{\s*([^,}]+?)\s*\}$/.exec(operands[0] ?? "")?.[1] ?? "")
  if (to === undefined || to.form === "element") return undefined
  return access("load", "loadReplicate", [to.register], 4, operands, 1)
}

/** `ld1`, `st1` of one or two whole registers. */
const list =
  (kind: "load" | "store") =>
  (operands: readonly string[]): Reading => {
    const names = /^\{([^}]+)\}$/.exec(operands[0] ?? "")?.[1]?.split(",") ?? []
    const vectors = names.map((name) => vectorRegister(name.trim()))
    const form = vectors[0]?.form
    if (vectors.length > 2 || form === undefined || form === "element") return undefined
    if (vectors.length === 2 && form === "half") return undefined
    const data: Register[] = []
    for (const vector of vectors) {
      if (vector?.form !== form) return undefined
      data.push(vector.register)
    }
    const [one, two, half] =
      kind === "load"
        ? (["loadQuad", "loadPairQuad", "loadHalf"] as const)
        : (["storeQuad", "storePairQuad", "store"] as const)
    const operation = form === "half" ? half : data.length === 2 ? two : one
    return access(kind, operation, data, data.length * (form === "half" ? 8 : 16), operands, 1)
  }

const prefetch = (operands: readonly string[]): Reading =>
  /^(pld|pst)l[123](keep|strm)$/.test(operands[0] ?? "")
    ? access("prefetch", "prefetch", [], 0, operands, 1)
    : undefined

const conditional = (operands: readonly string[]): Reading =>
  operands.length === 1 ? plain("branch", [], [flags]) : undefined

const compareAndBranch = (operands: readonly string[]): Reading => {
  const tested = generalRegister(operands[0] ?? "")
  return operands.length === 2 && tested !== undefined ? plain("branch", [], [tested]) : undefined
}

const readers: Readonly<Record<string, (operands: readonly string[]) => Reading>> = {
  fmla: multiplyAccumulate,
  fmls: multiplyAccumulate,
  fmul: vectorOperation("multiply"),
  fadd: vectorOperation("fpAdd"),
  fsub: vectorOperation("fpAdd"),
  fmin: vectorOperation("minMax"),
  fmax: vectorOperation("minMax"),
  mov: move,
  fmov: move,
  movi: move,
  dup: move,
  ins: move,
  add: integer("nothing"),
  sub: integer("nothing"),
  and: integer("nothing"),
  orr: integer("nothing"),
  eor: integer("nothing"),
  adds: integer("flags"),
  subs: integer("flags"),
  cmp: compare,
  ldr: single("load"),
  ldur: single("load"),
  ldrsw: single("load"),
  str: single("store"),
  stur: single("store"),
  ldp: pair("load"),
  ldpsw: pair("load"),
  stp: pair("store"),
  ld1r: replicate,
  ld1: list("load"),
  st1: list("store"),
  prfm: prefetch,
  prfum: prefetch,
  cbnz: compareAndBranch,
  cbz: compareAndBranch,
  b: (operands) => (operands.length === 1 ? plain("branch", [], []) : undefined),
  ...Object.fromEntries(
    ["eq", "ne", "hs", "lo", "hi", "ls", "ge", "lt", "gt", "le", "cs", "cc", "mi", "pl"].map((c) => [
      `b.${c}`,
      conditional,
    ]),
  ),
}

/** Mnemonics that are read, sorted. */
export const knownMnemonics: readonly string[] = Object.keys(readers).toSorted()

const withoutComment = (line: string): string =>
  (/^\s*#/.test(line) ? "" : line.replace(/(\/\/|;).*$/, "")).trim()

/**
 * The instructions of a loop body. Comments start with `//`, `;` or, at the start of a line, `#`; labels are skipped; a branch
 * may only stand at the end.
 * @throws WorkloadError with the line of the first thing that is not known
 */
export const readLoop = (text: string, file: string): readonly Instruction[] => {
  const body: Instruction[] = []
  let branch: Instruction | undefined
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const code = withoutComment(raw).replace(/^[.\w$]+:\s*/, "")
    if (code === "") continue
    const place = { file, line: i + 1 }
    const [, mnemonic, rest] = /^(\S+)\s*(.*)$/.exec(code.toLowerCase()) ?? ["", code, ""]
    const reader = Object.hasOwn(readers, mnemonic) ? readers[mnemonic] : undefined
    if (reader === undefined) {
      const meant = nearest(mnemonic, knownMnemonics)
      throw new WorkloadError({
        message: `"${mnemonic}" is not an instruction that is known here`,
        place,
        remedy: meant === undefined ? `Known are ${knownMnemonics.join(", ")}.` : `Did you mean "${meant}"?`,
      })
    }
    if (branch !== undefined) {
      throw new WorkloadError({
        message: `"${mnemonic}" follows the branch of line ${branch.line}`,
        place,
        remedy: "Only the loop's own branch can be timed, and it stands at the end.",
      })
    }
    const reading = reader(splitOperands(rest))
    if (reading === undefined) {
      throw new WorkloadError({
        message: `the operands of "${mnemonic}" are not understood: ${rest === "" ? "there are none" : rest}`,
        place,
        remedy: "Write them as an AArch64 assembler takes them.",
      })
    }
    const instruction = { ...reading, line: i + 1, text: code }
    if (instruction.operation === "branch") branch = instruction
    body.push(instruction)
  }
  if (body.length === 0) {
    throw new WorkloadError({
      message: "there is no instruction",
      place: { file },
      remedy: "Write the body of a loop.",
    })
  }
  return body
}
