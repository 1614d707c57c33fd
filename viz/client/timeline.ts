/** The timeline of a page: a canvas that zooms and moves under wheel, fingers, buttons and keys, and a search. */
import { decodeTimeline } from "../timeline/decode-timeline.ts"
import { type DrawableRow, drawableRow, drawTimeline } from "../timeline/drawing.ts"
import { type Layout, layoutOf, type View, xOf } from "../timeline/layout.ts"
import type { EncodedTimeline } from "../timeline/encode-timeline.ts"
import type { Hit } from "../timeline/search.ts"
import { spanText } from "../timeline/span-text.ts"
import { endOf, firstEndingAfter, spanAt, type Timeline } from "../timeline/timeline.ts"
import { framed, panned, showing, wholeView, zoomed } from "../timeline/view.ts"
import { canvasColours, canvasPainter } from "./canvas-painter.ts"
import { download } from "./download.ts"
import { followGestures } from "./timeline-gestures.ts"
import { SearchBar } from "./timeline-search.ts"
import { copyView, saveView } from "./timeline-files.ts"
import type { Tooltip } from "./tooltip.ts"

export const enableTimelines = (tooltip: Tooltip): void => {
  for (const figure of document.querySelectorAll<HTMLElement>("[data-timeline]")) {
    const text = figure.querySelector("script")?.textContent
    const frame = figure.querySelector<HTMLElement>(".frame")
    if (text === null || text === undefined || frame === null) continue
    const encoded: EncodedTimeline = JSON.parse(text)
    new TimelineChart(decodeTimeline(encoded), figure, frame, tooltip).start()
  }
}

/** Height of the strip that shows where on the axis the view is. */
const strip = 18
/** A step of a zooming button or key. */
const zoomStep = 1.6

class TimelineChart {
  readonly #timeline: Timeline
  readonly #rows: readonly DrawableRow[]
  readonly #figure: HTMLElement
  readonly #frame: HTMLElement
  readonly #tooltip: Tooltip
  readonly #canvas = document.createElement("canvas")
  #layout: Layout
  #view: View
  #chosen: Hit | undefined
  readonly #search: SearchBar
  #colours: ReturnType<typeof canvasColours>
  #frameAsked = false

  constructor(timeline: Timeline, figure: HTMLElement, frame: HTMLElement, tooltip: Tooltip) {
    this.#timeline = timeline
    this.#rows = timeline.rows.map((row) => drawableRow(timeline, row))
    this.#figure = figure
    this.#frame = frame
    this.#tooltip = tooltip
    this.#view = wholeView(timeline.cycles)
    this.#layout = layoutOf(timeline, frame.clientWidth)
    this.#colours = canvasColours(frame)
    this.#search = new SearchBar(timeline, figure, {
      go: (hit) => {
        this.#choose(hit)
        if (hit !== undefined) this.#frameChosen()
      },
      leave: () => frame.focus(),
    })
  }

  start(): void {
    const frame = this.#frame
    frame.tabIndex = 0
    frame.setAttribute("role", "application")
    frame.setAttribute("aria-describedby", `${frame.id}-keys`)
    this.#canvas.setAttribute("aria-hidden", "true")
    frame.prepend(this.#canvas)
    frame.addEventListener("keydown", (event) => this.#key(event))
    frame.addEventListener("blur", () => this.#tooltip.hide())
    followGestures(this.#canvas, {
      zoom: (factor, x) => this.#show(zoomed(this.#view, factor, this.#cycleAt(x), this.#timeline.cycles)),
      pan: (pixels) => this.#show(panned(this.#view, -pixels * this.#cyclesPerPixel, this.#timeline.cycles)),
      jump: (x) => this.#jump(x),
      isOnStrip: (y) => y < strip,
      wheelZooms: () => document.activeElement === frame,
      hover: (x, y, at) => this.#hover(x, y, at),
      leave: () => this.#tooltip.hide(),
      choose: (x, y) => this.#choose(this.#spanUnder(x, y)),
      open: (x, y) => {
        this.#choose(this.#spanUnder(x, y))
        this.#frameChosen()
      },
    })
    this.#buttons()
    this.#search.start()
    new ResizeObserver(() => this.#resize()).observe(frame)
    const recolour = (): void => {
      this.#colours = canvasColours(frame)
      this.#ask()
    }
    new MutationObserver(recolour).observe(document.documentElement, { attributeFilter: ["data-theme"] })
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour)
    this.#resize()
  }

  get #cyclesPerPixel(): number {
    return (this.#view.to - this.#view.from) / this.#layout.plot
  }

  #cycleAt(x: number): number {
    const inside = Math.min(Math.max(x - this.#layout.left, 0), this.#layout.plot)
    return this.#view.from + inside * this.#cyclesPerPixel
  }

  #resize(): void {
    const width = this.#frame.clientWidth
    if (width === 0) return
    this.#layout = layoutOf(this.#timeline, width)
    const height = this.#layout.height + strip + 8
    const ratio = devicePixelRatio
    this.#canvas.width = Math.round(width * ratio)
    this.#canvas.height = Math.round(height * ratio)
    this.#canvas.style.width = `${width}px`
    this.#canvas.style.height = `${height}px`
    // At once: a canvas that has been resized is empty until it is drawn.
    this.#draw()
  }

  #ask(): void {
    if (this.#frameAsked) return
    this.#frameAsked = true
    requestAnimationFrame(() => {
      this.#frameAsked = false
      this.#draw()
    })
  }

  #show(view: View): void {
    this.#view = view
    this.#ask()
  }

  #draw(): void {
    const context = this.#canvas.getContext("2d")
    if (context === null) return
    const began = performance.now()
    const layout = this.#layout
    const ratio = devicePixelRatio
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    context.fillStyle = this.#colours.of("background")
    context.fillRect(0, 0, layout.width, layout.height + strip + 8)
    const painter = canvasPainter(context, this.#colours, ratio)
    this.#drawStrip(context)
    context.translate(0, strip + 8)
    drawTimeline(this.#timeline, this.#rows, layout, this.#view, painter)
    this.#drawChosen(context)
    this.#frame.dataset["view"] = `${this.#view.from} ${this.#view.to}`
    this.#frame.dataset["drawn"] = (performance.now() - began).toFixed(2)
  }

  /** Where the view is on the axis. */
  #drawStrip(context: CanvasRenderingContext2D): void {
    const { left, plot } = this.#layout
    const { cycles } = this.#timeline
    const y = 5
    const height = strip - 10
    context.fillStyle = this.#colours.of("row-ground")
    context.fillRect(left, y, plot, height)
    const x = left + (this.#view.from / cycles) * plot
    const width = Math.max(3, ((this.#view.to - this.#view.from) / cycles) * plot)
    context.fillStyle = this.#colours.of(width < plot ? "c1" : "wait")
    context.fillRect(Math.min(x, left + plot - width), y, width, height)
    for (const hit of this.#search.hits) {
      const place = left + (this.#timeline.rows[hit.row].spans.start[hit.span] / cycles) * plot
      context.fillStyle = this.#colours.of("ink")
      context.fillRect(Math.round(place), 0, 1.5, strip)
    }
  }

  #drawChosen(context: CanvasRenderingContext2D): void {
    const chosen = this.#chosen
    if (chosen === undefined) return
    const layout = this.#layout
    const { spans } = this.#timeline.rows[chosen.row]
    const right = layout.left + layout.plot
    const x1 = xOf(layout, this.#view, spans.start[chosen.span])
    const x2 = xOf(layout, this.#view, endOf(spans, chosen.span))
    if (x2 < layout.left || x1 > right) return
    const from = Math.max(layout.left, x1) - 1
    const to = Math.min(right, Math.max(x2, x1 + 3)) + 1
    context.strokeStyle = this.#colours.of("background")
    context.lineWidth = 5
    const top = layout.tops[chosen.row] - 1
    const height = layout.heights[chosen.row] + 2
    context.strokeRect(from, top, to - from, height)
    context.strokeStyle = this.#colours.of("ink")
    context.lineWidth = 2.5
    context.strokeRect(from, top, to - from, height)
  }

  /** The span under a point, or the nearest within a few pixels, since many are narrower than a pointer. */
  #spanUnder(x: number, y: number): Hit | undefined {
    const { tops, heights, left } = this.#layout
    const inside = y - strip - 8
    const row = tops.findIndex((top, r) => inside >= top && inside <= top + heights[r])
    if (row < 0 || x < left) return undefined
    const { spans } = this.#timeline.rows[row]
    const cycle = this.#cycleAt(x)
    const found = spanAt(spans, cycle)
    if (found >= 0) return { row, span: found }
    const next = firstEndingAfter(spans, cycle)
    const distance = (span: number): number =>
      span < 0 || span >= spans.length
        ? Infinity
        : Math.max(spans.start[span] - cycle, cycle - endOf(spans, span))
    const nearest = distance(next) < distance(next - 1) ? next : next - 1
    return distance(nearest) <= 2 * this.#cyclesPerPixel ? { row, span: nearest } : undefined
  }

  #hover(x: number, y: number, at: { readonly x: number; readonly y: number }): void {
    const found = this.#spanUnder(x, y)
    if (found === undefined) this.#tooltip.hide()
    else this.#tooltip.tell(spanText(this.#timeline, found.row, found.span), at)
  }

  #jump(x: number): void {
    const place = (x - this.#layout.left) / this.#layout.plot
    const { from, to } = this.#view
    const middle = place * this.#timeline.cycles
    this.#show(panned(this.#view, middle - (from + to) / 2, this.#timeline.cycles))
  }

  /** Chooses a span, outlines it and says what it is. */
  #choose(hit: Hit | undefined): void {
    this.#chosen = hit
    const detail = this.#figure.querySelector(".timeline-detail")
    if (detail !== null) detail.textContent = hit === undefined ? "" : this.#inWords(hit)
    this.#ask()
  }

  #inWords({ row, span }: Hit): string {
    const { title, lines } = spanText(this.#timeline, row, span)
    return `${title} — ${lines.map(([term, value]) => `${term.toLowerCase()} ${value}`).join("; ")}`
  }

  #frameChosen(): void {
    const chosen = this.#chosen
    if (chosen === undefined) return
    const { spans } = this.#timeline.rows[chosen.row]
    this.#show(framed(spans.start[chosen.span], endOf(spans, chosen.span), this.#timeline.cycles))
  }

  /** Where zooming by key or button happens: at what is chosen, where that is seen. */
  get #anchor(): number {
    const { from, to } = this.#view
    const middle = (from + to) / 2
    if (this.#chosen === undefined) return middle
    const { spans } = this.#timeline.rows[this.#chosen.row]
    const start = Math.max(from, spans.start[this.#chosen.span])
    const end = Math.min(to, endOf(spans, this.#chosen.span))
    return start <= end ? (start + end) / 2 : middle
  }

  #zoom(factor: number): void {
    this.#show(zoomed(this.#view, factor, this.#anchor, this.#timeline.cycles))
  }

  /** The next or previous span of the row. */
  #step(by: number): void {
    const chosen = this.#chosen ?? this.#firstInView(0)
    if (chosen === undefined) return
    const { spans } = this.#timeline.rows[chosen.row]
    const span = this.#chosen === undefined ? chosen.span : chosen.span + by
    if (span >= 0 && span < spans.length) this.#reveal({ row: chosen.row, span })
  }

  /** The span at the same moment in the next or previous row that has one. */
  #stepRow(by: number): void {
    const { rows } = this.#timeline
    if (this.#chosen === undefined) {
      this.#step(0)
      return
    }
    const { from, to } = this.#view
    const { spans } = rows[this.#chosen.row]
    const seenFrom = Math.max(from, spans.start[this.#chosen.span])
    const seenTo = Math.min(to, endOf(spans, this.#chosen.span))
    const cycle = seenFrom <= seenTo ? seenFrom : spans.start[this.#chosen.span]
    for (let row = this.#chosen.row + by; row >= 0 && row < rows.length; row += by) {
      const own = rows[row].spans
      if (own.length === 0) continue
      this.#reveal({ row, span: Math.min(firstEndingAfter(own, cycle), own.length - 1) })
      return
    }
  }

  #firstInView(row: number): Hit | undefined {
    const spans = this.#timeline.rows[row]?.spans
    if (spans === undefined || spans.length === 0) return undefined
    return { row, span: Math.min(firstEndingAfter(spans, this.#view.from), spans.length - 1) }
  }

  #reveal(hit: Hit): void {
    this.#choose(hit)
    const { spans } = this.#timeline.rows[hit.row]
    this.#show(showing(this.#view, spans.start[hit.span], endOf(spans, hit.span), this.#timeline.cycles))
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#frame || event.ctrlKey || event.metaKey || event.altKey) return
    const quarter = (this.#view.to - this.#view.from) / 4
    const move = (by: number) => (): void => this.#show(panned(this.#view, by, this.#timeline.cycles))
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: event.shiftKey ? move(-quarter) : () => this.#step(-1),
      ArrowRight: event.shiftKey ? move(quarter) : () => this.#step(1),
      ArrowUp: () => this.#stepRow(-1),
      ArrowDown: () => this.#stepRow(1),
      "+": () => this.#zoom(zoomStep),
      "=": () => this.#zoom(zoomStep),
      "-": () => this.#zoom(1 / zoomStep),
      Enter: () => this.#frameChosen(),
      Home: () => this.#show(wholeView(this.#timeline.cycles)),
      "0": () => this.#show(wholeView(this.#timeline.cycles)),
      Escape: () => this.#choose(undefined),
      "/": () => this.#search.focus(),
    }
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : undefined
    if (action === undefined) return
    event.preventDefault()
    this.#tooltip.hide()
    action()
  }

  #buttons(): void {
    const actions: Readonly<Record<string, (button: HTMLButtonElement) => void>> = {
      in: () => this.#zoom(zoomStep),
      out: () => this.#zoom(1 / zoomStep),
      whole: () => this.#show(wholeView(this.#timeline.cycles)),
      next: () => this.#search.step(1),
      previous: () => this.#search.step(-1),
      svg: () => saveView(this.#frame, this.#timeline, this.#rows, this.#view),
      png: () => this.#canvas.toBlob((image) => image !== null && download(image, `${this.#frame.id}.png`)),
      csv: (button) => copyView(button, this.#timeline, this.#view),
    }
    for (const button of this.#figure.querySelectorAll<HTMLButtonElement>("button[data-command]")) {
      button.addEventListener("click", () => actions[button.dataset["command"] ?? ""]?.(button))
    }
  }
}
