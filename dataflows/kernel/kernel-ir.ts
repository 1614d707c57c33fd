/**
 * One small language for micro-kernels: structured loops over integer registers (addresses, counters) and vector registers of
 * four fp32 lanes. Back ends turn it into WebAssembly text, AArch64 text, or the stream that a timing model reads.
 */

/** An integer register: an address in bytes, a stride or a counter. */
export type IntRegister = string
/** A register of four fp32 lanes. */
export type VectorRegister = string
/** Lanes that a load or store moves; the others are zero after a load and untouched by a store. */
export type Lanes = 1 | 2 | 4

export type Instruction =
  | { readonly op: "constant"; readonly to: IntRegister; readonly value: number }
  | { readonly op: "copy"; readonly to: IntRegister; readonly from: IntRegister }
  | { readonly op: "add"; readonly to: IntRegister; readonly a: IntRegister; readonly b: IntRegister }
  | { readonly op: "subtract"; readonly to: IntRegister; readonly a: IntRegister; readonly b: IntRegister }
  | { readonly op: "multiply"; readonly to: IntRegister; readonly a: IntRegister; readonly b: IntRegister }
  | { readonly op: "add-constant"; readonly to: IntRegister; readonly a: IntRegister; readonly value: number }
  | {
      readonly op: "load-int"
      readonly to: IntRegister
      readonly at: IntRegister
      readonly offset: number
    }
  | {
      readonly op: "load"
      readonly to: VectorRegister
      readonly at: IntRegister
      readonly offset: number
      readonly lanes: Lanes
    }
  /** One fp32 from memory into all lanes. */
  | { readonly op: "splat"; readonly to: VectorRegister; readonly at: IntRegister; readonly offset: number }
  | { readonly op: "copy-vector"; readonly to: VectorRegister; readonly from: VectorRegister }
  | { readonly op: "clear"; readonly to: VectorRegister }
  /** to += a × b; fused or not as the back end has it. */
  | {
      readonly op: "multiply-add"
      readonly to: VectorRegister
      readonly a: VectorRegister
      readonly b: VectorRegister
    }
  | {
      readonly op: "add-vector" | "min" | "max"
      readonly to: VectorRegister
      readonly a: VectorRegister
      readonly b: VectorRegister
    }
  | {
      readonly op: "store"
      readonly from: VectorRegister
      readonly at: IntRegister
      readonly offset: number
      readonly lanes: Lanes
    }
  /** While count ≥ step: the body, then count −= step. The body leaves `count` alone. */
  | {
      readonly op: "repeat"
      readonly count: IntRegister
      readonly step: number
      readonly body: readonly Instruction[]
    }
  /** The body once, if value ≥ atLeast (both non-negative). */
  | {
      readonly op: "when"
      readonly value: IntRegister
      readonly atLeast: number
      readonly body: readonly Instruction[]
    }

/** A function of integer arguments that works on memory. */
export interface Kernel {
  readonly name: string
  readonly parameters: readonly IntRegister[]
  readonly body: readonly Instruction[]
}

const registersOf = (instruction: Instruction): { ints: readonly string[]; vectors: readonly string[] } => {
  switch (instruction.op) {
    case "constant":
      return { ints: [instruction.to], vectors: [] }
    case "copy":
      return { ints: [instruction.to, instruction.from], vectors: [] }
    case "add":
    case "subtract":
    case "multiply":
      return { ints: [instruction.to, instruction.a, instruction.b], vectors: [] }
    case "add-constant":
      return { ints: [instruction.to, instruction.a], vectors: [] }
    case "load-int":
      return { ints: [instruction.to, instruction.at], vectors: [] }
    case "load":
    case "splat":
      return { ints: [instruction.at], vectors: [instruction.to] }
    case "store":
      return { ints: [instruction.at], vectors: [instruction.from] }
    case "copy-vector":
      return { ints: [], vectors: [instruction.to, instruction.from] }
    case "clear":
      return { ints: [], vectors: [instruction.to] }
    case "multiply-add":
    case "add-vector":
    case "min":
    case "max":
      return { ints: [], vectors: [instruction.to, instruction.a, instruction.b] }
    case "repeat":
      return { ints: [instruction.count], vectors: [] }
    case "when":
      return { ints: [instruction.value], vectors: [] }
  }
}

/** Every instruction, those inside loops too, in text order. */
export const flattened = (body: readonly Instruction[]): readonly Instruction[] =>
  body.flatMap((instruction) =>
    "body" in instruction ? [instruction, ...flattened(instruction.body)] : [instruction],
  )

/** Names of all registers of a kernel, parameters first, each once, in order of appearance. */
export const kernelRegisters = (
  kernel: Kernel,
): { readonly ints: readonly IntRegister[]; readonly vectors: readonly VectorRegister[] } => {
  const ints = new Set<string>(kernel.parameters)
  const vectors = new Set<string>()
  for (const instruction of flattened(kernel.body)) {
    const used = registersOf(instruction)
    for (const name of used.ints) ints.add(name)
    for (const name of used.vectors) vectors.add(name)
  }
  return { ints: [...ints], vectors: [...vectors] }
}
