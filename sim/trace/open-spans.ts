/** The spans around a stream of stages: run, pass, layer. */
import type { TraceBuilder } from "./builder.ts"

/** The run, pass and layer spans around the kernels, opened and closed as they come by. */
export class OpenSpans {
  readonly #builder: TraceBuilder
  readonly #track: number
  readonly #run: number
  #pass = { name: "", id: -1, start: 0 }
  #layer = { name: "", id: -1, start: 0 }

  constructor(builder: TraceBuilder, track: number) {
    this.#builder = builder
    this.#track = track
    this.#run = builder.span(-1, track, builder.code("run"), builder.code("run"), builder.code(""), 0, 0)
  }

  #open(parent: number, kind: string, name: string, at: number): { name: string; id: number; start: number } {
    const b = this.#builder
    return {
      name,
      id: b.span(parent, this.#track, b.code(kind), b.code(name), b.code(""), at, 0),
      start: at,
    }
  }

  #close({ id, start }: { readonly id: number; readonly start: number }, at: number): void {
    if (id >= 0) this.#builder.closeSpan(id, at - start, this.#builder.code(""))
  }

  /** The layer's span, with its pass around it; both go on while the names stay. */
  enter(pass: string, layer: string, at: number): number {
    if (this.#pass.id < 0 || this.#pass.name !== pass) {
      this.#close(this.#layer, at)
      this.#close(this.#pass, at)
      this.#layer = { name: "", id: -1, start: at }
      this.#pass = this.#open(this.#run, "pass", pass, at)
    }
    if (this.#layer.id < 0 || this.#layer.name !== layer) {
      this.#close(this.#layer, at)
      this.#layer = this.#open(this.#pass.id, "layer", layer, at)
    }
    return this.#layer.id
  }

  leave(at: number): void {
    this.#close(this.#layer, at)
    this.#close(this.#pass, at)
    this.#builder.closeSpan(this.#run, at, this.#builder.code(""))
  }
}
