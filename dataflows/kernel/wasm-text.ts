/** The WebAssembly back end: kernels as the text of one module with 128-bit SIMD, its memory imported from the host. */
import { type Instruction, type Kernel, kernelRegisters, type Lanes } from "./kernel-ir.ts"

const get = (register: string): string => `(local.get $${register})`
const set = (register: string, value: string): string => `(local.set $${register} ${value})`
const at = (register: string, offset: number): string =>
  `${offset === 0 ? "" : `offset=${offset} `}${get(register)}`

const loadOf: Readonly<Record<Lanes, string>> = {
  4: "v128.load",
  2: "v128.load64_zero",
  1: "v128.load32_zero",
}

const storeText = (lanes: Lanes, address: string, offset: number, value: string): string => {
  const shift = offset === 0 ? "" : `offset=${offset} `
  if (lanes === 4) return `(v128.store ${shift}${get(address)} ${value})`
  return `(v128.store${lanes * 32}_lane ${shift}0 ${get(address)} ${value})`
}

const integer = { add: "i32.add", subtract: "i32.sub", multiply: "i32.mul" } as const
/** min and max as XNNPACK's x86 kernels have them: a pseudo-minimum is one instruction there. */
const vector = { "add-vector": "f32x4.add", min: "f32x4.pmin", max: "f32x4.pmax" } as const

/** Loops have to be told apart; counted over a module. */
interface Labels {
  next: number
}

const lines = (instruction: Instruction, labels: Labels): readonly string[] => {
  switch (instruction.op) {
    case "constant":
      return [set(instruction.to, `(i32.const ${instruction.value})`)]
    case "copy":
    case "copy-vector":
      return [set(instruction.to, get(instruction.from))]
    case "add":
    case "subtract":
    case "multiply":
      return [set(instruction.to, `(${integer[instruction.op]} ${get(instruction.a)} ${get(instruction.b)})`)]
    case "add-constant":
      return [set(instruction.to, `(i32.add ${get(instruction.a)} (i32.const ${instruction.value}))`)]
    case "load-int":
      return [set(instruction.to, `(i32.load ${at(instruction.at, instruction.offset)})`)]
    case "load":
      return [set(instruction.to, `(${loadOf[instruction.lanes]} ${at(instruction.at, instruction.offset)})`)]
    case "splat":
      return [set(instruction.to, `(v128.load32_splat ${at(instruction.at, instruction.offset)})`)]
    case "clear":
      return [set(instruction.to, "(v128.const i32x4 0 0 0 0)")]
    case "multiply-add":
      return [
        set(
          instruction.to,
          `(f32x4.add ${get(instruction.to)} (f32x4.mul ${get(instruction.a)} ${get(instruction.b)}))`,
        ),
      ]
    case "add-vector":
    case "min":
    case "max":
      return [set(instruction.to, `(${vector[instruction.op]} ${get(instruction.b)} ${get(instruction.a)})`)]
    case "store":
      return [storeText(instruction.lanes, instruction.at, instruction.offset, get(instruction.from))]
    case "repeat": {
      const label = `$again${labels.next++}`
      const { count, step } = instruction
      const again =
        step === 1
          ? `(br_if ${label} (local.tee $${count} (i32.sub ${get(count)} (i32.const 1))))`
          : `(br_if ${label} (i32.ge_u (local.tee $${count} (i32.sub ${get(count)} (i32.const ${step}))) (i32.const ${step})))`
      const enter = step === 1 ? get(count) : `(i32.ge_u ${get(count)} (i32.const ${step}))`
      return [`(if ${enter} (then (loop ${label}`, ...textOf(instruction.body, labels), `  ${again})))`]
    }
    case "when":
      return [
        `(if (i32.ge_u ${get(instruction.value)} (i32.const ${instruction.atLeast})) (then`,
        ...textOf(instruction.body, labels),
        "))",
      ]
  }
}

const textOf = (body: readonly Instruction[], labels: Labels): readonly string[] =>
  body.flatMap((instruction) => lines(instruction, labels).map((line) => `  ${line}`))

const functionText = (kernel: Kernel, labels: Labels): string => {
  const { ints, vectors } = kernelRegisters(kernel)
  const parameters = kernel.parameters.map((name) => `(param $${name} i32)`)
  const locals = [
    ...ints.slice(kernel.parameters.length).map((name) => `(local $${name} i32)`),
    ...vectors.map((name) => `(local $${name} v128)`),
  ]
  return [
    `(func (export "${kernel.name}") ${parameters.join(" ")}`,
    `  ${locals.join(" ")}`,
    ...textOf(kernel.body, labels),
    ")",
  ].join("\n")
}

/** A module that exports every kernel under its name and imports `env.memory`. */
export const wasmText = (kernels: readonly Kernel[]): string => {
  const labels: Labels = { next: 0 }
  return [
    "(module",
    '(import "env" "memory" (memory 1))',
    ...kernels.map((kernel) => functionText(kernel, labels)),
    ")\n",
  ].join("\n")
}
