/** Kernels assembled into a WebAssembly module. The assembler is a large package, so it is loaded when it is needed. */
import type { Kernel } from "../../dataflows/kernel/kernel-ir.ts"
import { wasmText } from "../../dataflows/kernel/wasm-text.ts"

/** A kernel as the host calls it: integers in, results in memory. */
export type KernelFunction = (...operands: readonly number[]) => void

/** The memory that kernels work on. `buffer` is another one after it has grown. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer
  readonly grow: (pages: number) => number
}

/** What is used of the engine's WebAssembly; types of it come with browsers' libraries only. */
interface Engine {
  readonly Memory: new (size: { readonly initial: number }) => KernelMemory
  readonly instantiate: (
    binary: Uint8Array<ArrayBuffer>,
    imports: { readonly env: { readonly memory: KernelMemory } },
  ) => Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>
}

const engine = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly

export interface AssembledKernels {
  readonly memory: KernelMemory
  /** The function of a kernel of the module. Throws RangeError for a kernel that is not in it. */
  readonly kernel: (name: string) => KernelFunction
}

/** The assembler is compiled once: it is large, and its compilation in the background is this process's time. */
let assembler: ReturnType<typeof import("wabt")> | undefined

const assemble = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  assembler ??= import("wabt").then(({ default: wabt }) => wabt())
  const module = (await assembler).parseWat("kernels.wat", text, { simd: true })
  try {
    return Uint8Array.from(module.toBinary({}).buffer)
  } finally {
    module.destroy()
  }
}

const assembled = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()

/** Many layers share a kernel, so a text is assembled once. */
const binaryOf = (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  const known = assembled.get(text)
  if (known !== undefined) return known
  const binary = assemble(text)
  assembled.set(text, binary)
  return binary
}

/** A module's text compiled for this machine, with `bytes` of memory for its import `env.memory`. */
export const instantiateText = async (text: string, bytes: number): Promise<AssembledKernels> => {
  const memory = new engine.Memory({ initial: Math.ceil(bytes / 65_536) })
  const { instance } = await engine.instantiate(await binaryOf(text), { env: { memory } })
  return {
    memory,
    kernel: (name) => {
      const found = instance.exports[name]
      if (typeof found !== "function") throw new RangeError(`no kernel ${name} in the module`)
      return found as KernelFunction
    },
  }
}

/** Assembles kernels ahead of the time when they are needed. */
export const assembleAhead = async (kernels: readonly Kernel[]): Promise<void> => {
  await binaryOf(wasmText(kernels))
}

/** Kernels compiled for this machine, with `bytes` of memory. */
export const assembleKernels = (kernels: readonly Kernel[], bytes: number): Promise<AssembledKernels> =>
  instantiateText(wasmText(kernels), bytes)
