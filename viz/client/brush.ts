/**
 * Brushing: a rectangle drawn over a chart's marks keeps only their rows in a table, and dims the other marks. Keys do the
 * same one by one: arrows step to a mark, Enter chooses it or lets it go, Escape lets all go.
 */

interface Point {
  readonly x: number
  readonly y: number
}

/** A press that moves less than this, in pixels, draws no rectangle. */
const slack = 4

class Brush {
  readonly #frame: HTMLElement
  readonly #table: HTMLTableElement
  readonly #output: Element | null
  readonly #box = document.createElement("div")
  readonly #chosen = new Set<string>()
  #from: Point | undefined

  constructor(frame: HTMLElement, table: HTMLTableElement) {
    this.#frame = frame
    this.#table = table
    this.#output = frame.closest("figure")?.querySelector(".brush-hint output") ?? null
    this.#box.className = "brush"
    this.#box.hidden = true
    frame.append(this.#box)
  }

  start(): void {
    const frame = this.#frame
    frame.addEventListener("pointerdown", (event) => this.#press(event))
    frame.addEventListener("pointermove", (event) => this.#draw(event))
    frame.addEventListener("pointerup", (event) => this.#release(event))
    frame.addEventListener("pointercancel", () => this.#stop())
    frame.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#choose([])
      if (event.key !== "Enter") return
      const row = this.#marks().find((mark) => mark.classList.contains("marked"))?.dataset["row"]
      if (row === undefined) return
      event.preventDefault()
      const rest = [...this.#chosen].filter((one) => one !== row)
      this.#choose(rest.length < this.#chosen.size ? rest : [...rest, row])
    })
  }

  #marks(): readonly SVGElement[] {
    return [...this.#frame.querySelectorAll<SVGElement>("[data-row]")]
  }

  #press(event: PointerEvent): void {
    // Fingers scroll the page.
    if (event.button !== 0 || event.pointerType === "touch") return
    this.#from = { x: event.clientX, y: event.clientY }
    this.#frame.setPointerCapture(event.pointerId)
  }

  #draw(event: PointerEvent): void {
    if (this.#from === undefined) return
    const { left, top, right, bottom } = rectangle(this.#from, { x: event.clientX, y: event.clientY })
    if (Math.max(right - left, bottom - top) < slack) return
    const origin = this.#frame.getBoundingClientRect()
    this.#box.hidden = false
    this.#box.style.left = `${left - origin.left}px`
    this.#box.style.top = `${top - origin.top}px`
    this.#box.style.width = `${right - left}px`
    this.#box.style.height = `${bottom - top}px`
  }

  #release(event: PointerEvent): void {
    const from = this.#from
    if (from === undefined) return
    const wasDrawn = !this.#box.hidden
    this.#stop()
    if (!wasDrawn) {
      const target = document.elementFromPoint(event.clientX, event.clientY)
      if (target?.closest("[data-row]") === null) this.#choose([])
      return
    }
    const { left, top, right, bottom } = rectangle(from, { x: event.clientX, y: event.clientY })
    const inside = this.#marks().filter((mark) => {
      const rect = mark.getBoundingClientRect()
      const [x, y] = [rect.left + rect.width / 2, rect.top + rect.height / 2]
      return rect.width > 0 && x >= left && x <= right && y >= top && y <= bottom
    })
    this.#choose(inside.map((mark) => mark.dataset["row"] ?? ""))
  }

  #stop(): void {
    this.#from = undefined
    this.#box.hidden = true
  }

  /** No row at all means every row. */
  #choose(rows: readonly string[]): void {
    this.#chosen.clear()
    for (const row of rows) this.#chosen.add(row)
    const isLeftOut = (element: HTMLElement | SVGElement): boolean =>
      this.#chosen.size > 0 && !this.#chosen.has(element.dataset["row"] ?? "")
    for (const mark of this.#marks()) mark.classList.toggle("left-out", isLeftOut(mark))
    const all = [...this.#table.tBodies[0].rows]
    for (const row of all) row.hidden = isLeftOut(row)
    if (this.#output !== null) {
      this.#output.textContent = this.#chosen.size === 0 ? "" : `${this.#chosen.size} of ${all.length} rows.`
    }
  }
}

const rectangle = (
  a: Point,
  b: Point,
): { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number } => ({
  left: Math.min(a.x, b.x),
  top: Math.min(a.y, b.y),
  right: Math.max(a.x, b.x),
  bottom: Math.max(a.y, b.y),
})

export const enableBrushes = (): void => {
  for (const frame of document.querySelectorAll<HTMLElement>("[data-brush]")) {
    const table = document.getElementById(frame.dataset["brush"] ?? "")
    if (table instanceof HTMLTableElement) new Brush(frame, table).start()
  }
}
