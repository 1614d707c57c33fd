/** Tooltips: how a number came about, from counters over formula and machine number to its source. */

interface Tip {
  readonly title: string
  readonly lines: readonly (readonly [string, string])[]
  /** Indices into the page's list of sources. */
  readonly sources: readonly number[]
}

/** As the page holds it: title, then a term's index and a value for each line, then indices of sources. */
interface TipBook {
  readonly sources: readonly string[]
  readonly terms: readonly string[]
  readonly tips: Readonly<Record<string, readonly [string, readonly (number | string)[], readonly number[]]>>
}

/** What a tooltip says, made by a chart as it goes. */
export interface TipContent {
  readonly title: string
  readonly lines: Tip["lines"]
}

export interface Tooltip {
  /** Shows the tip of a mark beside it. */
  readonly show: (mark: Element, at?: { readonly x: number; readonly y: number }) => void
  /** Shows what no mark stands for. */
  readonly tell: (content: TipContent, at: { readonly x: number; readonly y: number }) => void
  readonly hide: () => void
}

const readBook = (): TipBook => {
  const text = document.querySelector("#tips")?.textContent
  if (text === null || text === undefined) return { sources: [], terms: [], tips: {} }
  const book: TipBook = JSON.parse(text)
  return book
}

const tipOf = ({ terms, tips }: TipBook, key: string): Tip | undefined => {
  if (!Object.hasOwn(tips, key)) return undefined
  const [title, flat, sources] = tips[key]
  const lines = Array.from(
    { length: flat.length / 2 },
    (_, i) => [terms[Number(flat[2 * i])] ?? "", String(flat[2 * i + 1])] as const,
  )
  return { title, lines, sources }
}

const child = (parent: Element, name: string, text: string): void => {
  const element = document.createElement(name)
  element.textContent = text
  parent.append(element)
}

const fill = (box: Element, tip: Tip, sources: readonly string[]): void => {
  box.replaceChildren()
  child(box, "strong", tip.title)
  const list = document.createElement("dl")
  for (const [term, value] of tip.lines) {
    child(list, "dt", term)
    child(list, "dd", value)
  }
  box.append(list)
  for (const index of tip.sources) child(box, "p", sources[index] ?? "")
}

/** Top left corner that keeps the box in the window, right of and below the point where there is room. */
const place = (box: HTMLElement, x: number, y: number): void => {
  const gap = 14
  const { width, height } = box.getBoundingClientRect()
  const left = x + gap + width <= innerWidth ? x + gap : x - gap - width
  const top = y + gap + height <= innerHeight ? y + gap : y - gap - height
  box.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  box.style.top = `${Math.max(8, top)}px`
}

export const enableTooltips = (): Tooltip => {
  const book = readBook()
  const box = document.querySelector<HTMLElement>("#tip")
  let marked: Element | undefined
  const hide = (): void => {
    if (box !== null) box.hidden = true
    marked?.classList.remove("marked")
    marked = undefined
  }
  const show: Tooltip["show"] = (mark, at) => {
    const key = mark.getAttribute("data-tip") ?? ""
    const tip = tipOf(book, key)
    if (box === null || tip === undefined) return
    if (mark !== marked) {
      hide()
      marked = mark
      mark.classList.add("marked")
      fill(box, tip, book.sources)
      box.hidden = false
    }
    const rect = mark.getBoundingClientRect()
    place(box, at?.x ?? rect.right, at?.y ?? rect.bottom)
  }
  const tell: Tooltip["tell"] = (content, at) => {
    if (box === null) return
    hide()
    fill(box, { ...content, sources: [] }, [])
    box.hidden = false
    place(box, at.x, at.y)
  }
  const markAt = (event: Event): Element | null =>
    event.target instanceof Element ? event.target.closest("[data-tip]") : null

  document.addEventListener("pointermove", (event) => {
    const mark = markAt(event)
    if (mark !== null) show(mark, { x: event.clientX, y: event.clientY })
    else if (event.pointerType === "mouse" && marked?.closest(":focus") === null) hide()
  })
  document.addEventListener("click", (event) => {
    const mark = markAt(event)
    if (mark === null) hide()
    else show(mark, { x: event.clientX, y: event.clientY })
  })
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide()
  })
  return { show, tell, hide }
}
