/** Paints on a canvas in the colours of the stylesheet, whichever theme is on. */
import type { Painter } from "../timeline/painter.ts"

export interface CanvasColours {
  readonly of: (mark: string) => string
  readonly font: string
}

/** Custom properties of the stylesheet that stand for classes of a drawing. */
const properties: Readonly<Record<string, string>> = {
  "row-ground": "--ground",
  grid: "--line",
  name: "--ink",
  tick: "--muted",
  "on-fill": "--on-fill",
  "on-idle": "--ink",
  "on-wait": "--ink",
  ink: "--ink",
  background: "--bg",
}

/** Colours as they are now; read anew when the theme changes, since a custom property does not say what it resolves to. */
export const canvasColours = (host: HTMLElement): CanvasColours => {
  const probe = document.createElement("span")
  probe.hidden = true
  host.append(probe)
  const known = new Map<string, string>()
  const font = getComputedStyle(host).fontFamily
  const resolved = (mark: string): string => {
    probe.style.color = `var(${properties[mark] ?? `--${mark}`})`
    return getComputedStyle(probe).color
  }
  const all = ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "idle", "wait", ...Object.keys(properties)]
  for (const mark of all) known.set(mark, resolved(mark))
  probe.remove()
  return { of: (mark) => known.get(mark) ?? known.get("c6") ?? "gray", font }
}

/** Paints on a canvas that has `ratio` pixels of the screen to one of the page. */
export const canvasPainter = (
  context: CanvasRenderingContext2D,
  colours: CanvasColours,
  ratio: number,
): Painter => {
  // Edges on whole pixels of the screen: neighbours that share one must not shimmer through each other.
  const snapped = (x: number): number => Math.round(x * ratio) / ratio
  const fill = (mark: string): void => {
    const colour = colours.of(mark)
    if (context.fillStyle !== colour) context.fillStyle = colour
  }
  return {
    rect: (mark, x, y, width, height) => {
      fill(mark)
      const left = snapped(x)
      context.fillRect(left, y, Math.max(1 / ratio, snapped(x + width) - left), height)
    },
    line: (style, x1, y1, x2, y2) => {
      context.strokeStyle = colours.of(style)
      context.lineWidth = 1
      context.beginPath()
      context.moveTo(Math.round(x1) + 0.5, y1)
      context.lineTo(Math.round(x2) + 0.5, y2)
      context.stroke()
    },
    text: (style, text, x, y, anchor) => {
      fill(style)
      context.font = `${style === "on-fill" ? "550 " : ""}12px ${colours.font}`
      context.textAlign = anchor === "middle" ? "center" : anchor === "end" ? "right" : "left"
      context.fillText(text, x, y)
    },
  }
}
