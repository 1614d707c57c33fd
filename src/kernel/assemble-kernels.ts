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

const binaryOf = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  const { default: wabt } = await import("wabt")
  const assembler = await wabt()
  const module = assembler.parseWat("kernels.wat", text, { simd: true })
  try {
    return Uint8Array.from(module.toBinary({}).buffer)
  } finally {
    module.destroy()
  }
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

/** Kernels compiled for this machine, with `bytes` of memory. */
export const assembleKernels = (kernels: readonly Kernel[], bytes: number): Promise<AssembledKernels> =>
  instantiateText(wasmText(kernels), bytes)
