/**
 * The AArch64 back end: a kernel as a function in assembly for the GNU assembler, under the procedure call standard (arguments in x0
 * to x7, then on the stack). Every register of the kernel gets one of the machine's for good; nothing is spilled.
 */
import { UnsupportedError } from "../../arch/errors.ts"
import { type Instruction, type Kernel, kernelRegisters, type Lanes } from "./kernel-ir.ts"

/** x18 belongs to the platform, x17 is scratch, x29 and x30 are frame and link. */
const integerRegisters = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
] as const
const vectorRegisters = 32
const argumentRegisters = 8
/** x19 to x28 and d8 to d15, two a slot of 16 bytes. */
const savedBytes = 144
const scratch = "x17"
/** Largest immediate of an addition. */
const immediate = 4_095

interface Assembly {
  readonly int: (name: string) => string
  readonly vector: (name: string) => string
  readonly label: () => string
}

/** Symbol of a kernel: its name with underscores. */
export const neonSymbol = (kernel: Kernel): string => kernel.name.replaceAll("-", "_")

const addConstant = (to: string, a: string, value: number): readonly string[] => {
  if (value === 0 && to === a) return []
  if (Math.abs(value) <= immediate) return [`${value < 0 ? "sub" : "add"} ${to}, ${a}, #${Math.abs(value)}`]
  return [`ldr ${scratch}, =${value}`, `add ${to}, ${a}, ${scratch}`]
}

const sizeOf: Readonly<Record<Lanes, string>> = { 1: "s", 2: "d", 4: "q" }

/** A load or store of some lanes; offsets that the instruction cannot hold go through the scratch register. */
const memory = (
  op: "ldr" | "str",
  vector: string,
  lanes: Lanes,
  at: string,
  offset: number,
): readonly string[] => {
  const register = `${sizeOf[lanes]}${vector.slice(1)}`
  const bytes = 4 * lanes
  if (offset % bytes === 0 && offset / bytes <= immediate) return [`${op} ${register}, [${at}, #${offset}]`]
  return [...addConstant(scratch, at, offset), `${op} ${register}, [${scratch}]`]
}

const arithmetic = { add: "add", subtract: "sub", multiply: "mul" } as const
const vectorArithmetic = { "add-vector": "fadd", min: "fmin", max: "fmax" } as const

const lines = (instruction: Instruction, to: Assembly): readonly string[] => {
  const { int, vector } = to
  switch (instruction.op) {
    case "constant":
      return [`ldr ${int(instruction.to)}, =${instruction.value}`]
    case "copy":
      return [`mov ${int(instruction.to)}, ${int(instruction.from)}`]
    case "add":
    case "subtract":
    case "multiply":
      return [
        `${arithmetic[instruction.op]} ${int(instruction.to)}, ${int(instruction.a)}, ${int(instruction.b)}`,
      ]
    case "add-constant":
      return addConstant(int(instruction.to), int(instruction.a), instruction.value)
    case "load-int":
      return [`ldrsw ${int(instruction.to)}, [${int(instruction.at)}, #${instruction.offset}]`]
    case "load":
      return memory("ldr", vector(instruction.to), instruction.lanes, int(instruction.at), instruction.offset)
    case "store":
      return memory(
        "str",
        vector(instruction.from),
        instruction.lanes,
        int(instruction.at),
        instruction.offset,
      )
    case "splat":
      return instruction.offset === 0
        ? [`ld1r {${vector(instruction.to)}.4s}, [${int(instruction.at)}]`]
        : [
            ...addConstant(scratch, int(instruction.at), instruction.offset),
            `ld1r {${vector(instruction.to)}.4s}, [${scratch}]`,
          ]
    case "copy-vector":
      return [`mov ${vector(instruction.to)}.16b, ${vector(instruction.from)}.16b`]
    case "clear":
      return [`movi ${vector(instruction.to)}.4s, #0`]
    case "multiply-add":
      return [`fmla ${vector(instruction.to)}.4s, ${vector(instruction.a)}.4s, ${vector(instruction.b)}.4s`]
    case "add-vector":
    case "min":
    case "max":
      return [
        `${vectorArithmetic[instruction.op]} ${vector(instruction.to)}.4s, ${vector(instruction.a)}.4s, ${vector(instruction.b)}.4s`,
      ]
    case "repeat": {
      const again = to.label()
      const end = to.label()
      const count = int(instruction.count)
      const { step } = instruction
      const body = textOf(instruction.body, to)
      return step === 1
        ? [
            `cbz ${count}, ${end}`,
            `${again}:`,
            ...body,
            `subs ${count}, ${count}, #1`,
            `b.ne ${again}`,
            `${end}:`,
          ]
        : [
            `cmp ${count}, #${step}`,
            `b.lo ${end}`,
            `${again}:`,
            ...body,
            `sub ${count}, ${count}, #${step}`,
            `cmp ${count}, #${step}`,
            `b.hs ${again}`,
            `${end}:`,
          ]
    }
    case "when": {
      const end = to.label()
      return [
        `cmp ${int(instruction.value)}, #${instruction.atLeast}`,
        `b.lo ${end}`,
        ...textOf(instruction.body, to),
        `${end}:`,
      ]
    }
  }
}

const textOf = (body: readonly Instruction[], to: Assembly): readonly string[] =>
  body.flatMap((instruction) => lines(instruction, to))

/** Pairs of callee-saved registers and where they lie in the frame. */
const savedPairs: readonly (readonly [string, string, number])[] = [
  ["x19", "x20", 0],
  ["x21", "x22", 16],
  ["x23", "x24", 32],
  ["x25", "x26", 48],
  ["x27", "x28", 64],
  ["d8", "d9", 80],
  ["d10", "d11", 96],
  ["d12", "d13", 112],
  ["d14", "d15", 128],
]

/** Whether the kernel's registers are among the machine's: 27 for integers, 32 vectors. */
export const fitsNeon = (kernel: Kernel): boolean => {
  const { ints, vectors } = kernelRegisters(kernel)
  return ints.length <= integerRegisters.length && vectors.length <= vectorRegisters
}

/** The function's text. @throws UnsupportedError for a kernel with more registers than the machine has */
export const neonText = (kernel: Kernel): string => {
  const { ints, vectors } = kernelRegisters(kernel)
  if (!fitsNeon(kernel)) {
    throw new UnsupportedError({
      message: `${kernel.name} has ${ints.length} integer and ${vectors.length} vector registers alive; AArch64 leaves ${integerRegisters.length} and ${vectorRegisters}`,
      remedy: "Take fewer pixels, rows or unrolled columns.",
    })
  }
  const symbol = neonSymbol(kernel)
  let labels = 0
  const assembly: Assembly = {
    int: (name) => `x${integerRegisters[ints.indexOf(name)]}`,
    vector: (name) => `v${vectors.indexOf(name)}`,
    label: () => `.L${symbol}_${labels++}`,
  }
  // Arguments beyond the eighth lie above the frame; the first eight stand where the kernel wants them.
  const fromStack = kernel.parameters
    .slice(argumentRegisters)
    .map((name, i) => `ldr ${assembly.int(name)}, [sp, #${savedBytes + 8 * i}]`)
  const body = [
    `sub sp, sp, #${savedBytes}`,
    ...savedPairs.map(([a, b, offset]) => `stp ${a}, ${b}, [sp, #${offset}]`),
    ...fromStack,
    ...textOf(kernel.body, assembly),
    ...savedPairs.map(([a, b, offset]) => `ldp ${a}, ${b}, [sp, #${offset}]`),
    `add sp, sp, #${savedBytes}`,
    "ret",
  ]
  return [
    ".text",
    `.global ${symbol}`,
    `.type ${symbol}, %function`,
    `${symbol}:`,
    ...body.map((line) => (line.endsWith(":") ? line : `  ${line}`)),
    "  .ltorg",
    "",
  ].join("\n")
}
