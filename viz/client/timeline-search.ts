/** The search of a timeline: a field, buttons that go from hit to hit, and a count. */
import { type Hit, mostHits, search } from "../timeline/search.ts"
import type { Timeline } from "../timeline/timeline.ts"

export interface SearchActions {
  /** Shows a hit; nothing where there is none. */
  readonly go: (hit: Hit | undefined) => void
  /** The reader is done with the field. */
  readonly leave: () => void
}

export class SearchBar {
  readonly #timeline: Timeline
  readonly #actions: SearchActions
  readonly #field: HTMLInputElement | null
  readonly #count: Element | null
  #hits: readonly Hit[] = []
  #at = -1

  constructor(timeline: Timeline, figure: HTMLElement, actions: SearchActions) {
    this.#timeline = timeline
    this.#actions = actions
    this.#field = figure.querySelector("input[type=search]")
    this.#count = figure.querySelector("output")
  }

  get hits(): readonly Hit[] {
    return this.#hits
  }

  start(): void {
    this.#field?.addEventListener("input", () => this.#search(this.#field?.value ?? ""))
    this.#field?.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.step(event.shiftKey ? -1 : 1)
      else if (event.key === "Escape") this.#actions.leave()
      else return
      event.preventDefault()
    })
  }

  focus(): void {
    this.#field?.focus()
  }

  /** Goes to the next hit, or with −1 to the one before. */
  step(by: number): void {
    if (this.#hits.length === 0) return
    this.#at = (this.#at + by + this.#hits.length) % this.#hits.length
    this.#actions.go(this.#hits[this.#at])
    const more = this.#hits.length >= mostHits ? "+" : ""
    this.#tell(`${this.#at + 1} of ${this.#hits.length}${more}`)
  }

  #search(query: string): void {
    this.#hits = search(this.#timeline, query)
    this.#at = -1
    if (this.#hits.length > 0) {
      this.step(1)
      return
    }
    this.#actions.go(undefined)
    this.#tell(query.trim() === "" ? "" : "no hit")
  }

  #tell(text: string): void {
    if (this.#count !== null) this.#count.textContent = text
  }
}
