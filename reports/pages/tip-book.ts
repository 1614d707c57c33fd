/** The tooltips of a page: how each number came about. Written once, referred to by key. */

export interface Tip {
  readonly title: string
  /** Term and value, in reading order: counters, formula, machine numbers. */
  readonly lines: readonly (readonly [string, string])[]
  /** Where the machine numbers come from. */
  readonly sources: readonly string[]
}

/** Distinct texts, and the place of each. */
class Places {
  readonly all: string[] = []
  readonly #places = new Map<string, number>()

  of(text: string): number {
    const known = this.#places.get(text)
    if (known !== undefined) return known
    this.#places.set(text, this.all.length)
    return this.all.push(text) - 1
  }
}

/** Collects tips while a page is made. Sources and terms are stored once however many tips have them. */
export class TipBook {
  /** Title, then a term's index and a value for each line, then indices of sources. */
  readonly #tips = new Map<string, readonly [string, readonly (number | string)[], readonly number[]]>()
  readonly #sources = new Places()
  readonly #terms = new Places()
  readonly #keys = new Map<string, string>()

  /** Stores a tip and returns its key; equal tips share one. */
  add(tip: Tip): string {
    const sources = tip.sources.map((source) => this.#sources.of(source))
    const lines = tip.lines.flatMap(([term, value]) => [this.#terms.of(term), value])
    const content = JSON.stringify([tip.title, lines, sources])
    const known = this.#keys.get(content)
    if (known !== undefined) return known
    const key = `t${this.#tips.size}`
    this.#tips.set(key, [tip.title, lines, sources])
    this.#keys.set(content, key)
    return key
  }

  json(): string {
    const [sources, terms] = [this.#sources.all, this.#terms.all]
    return JSON.stringify({ sources, terms, tips: Object.fromEntries(this.#tips) })
  }
}
