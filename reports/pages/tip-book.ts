/** The tooltips of a page: how each number came about. Written once, referred to by key. */

export interface Tip {
  readonly title: string
  /** Term and value, in reading order: counters, formula, machine numbers. */
  readonly lines: readonly (readonly [string, string])[]
  /** Where the machine numbers come from. */
  readonly sources: readonly string[]
}

/** Collects tips while a page is made. Sources are stored once however many tips name them. */
export class TipBook {
  readonly #tips = new Map<string, { title: string; lines: Tip["lines"]; sources: readonly number[] }>()
  readonly #sources: string[] = []
  readonly #keys = new Map<string, string>()

  /** Stores a tip and returns its key; equal tips share one. */
  add(tip: Tip): string {
    const sources = tip.sources.map((source) => this.#source(source))
    const content = JSON.stringify([tip.title, tip.lines, sources])
    const known = this.#keys.get(content)
    if (known !== undefined) return known
    const key = `t${this.#tips.size}`
    this.#tips.set(key, { title: tip.title, lines: tip.lines, sources })
    this.#keys.set(content, key)
    return key
  }

  /** JSON that is safe inside a script element. */
  json(): string {
    return JSON.stringify({ sources: this.#sources, tips: Object.fromEntries(this.#tips) })
      .replaceAll("<", "\\u003c")
      .replaceAll("\u2028", "\\u2028")
      .replaceAll("\u2029", "\\u2029")
  }

  #source(text: string): number {
    const index = this.#sources.indexOf(text)
    return index >= 0 ? index : this.#sources.push(text) - 1
  }
}
