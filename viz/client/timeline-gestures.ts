/** Wheel, pointer and fingers on a timeline, as zooming, moving, pointing and choosing. Places are pixels in the canvas. */

export interface GestureActions {
  readonly zoom: (factor: number, x: number) => void
  readonly pan: (pixels: number) => void
  /** Moves the view to a place on the strip. */
  readonly jump: (x: number) => void
  readonly isOnStrip: (y: number) => boolean
  /** Without Ctrl a wheel scrolls the page, unless the reader is working in the timeline. */
  readonly wheelZooms: () => boolean
  readonly hover: (x: number, y: number, at: { readonly x: number; readonly y: number }) => void
  readonly leave: () => void
  readonly choose: (x: number, y: number) => void
  readonly open: (x: number, y: number) => void
}

/** A pointer that moved less than this has pressed, not dragged. */
const steady = 4
/** Pixels of a wheel that double the zoom. */
const wheelDoubling = 240
const pixelsPerLine = 16

export const followGestures = (canvas: HTMLCanvasElement, actions: GestureActions): void => {
  const pointers = new Map<number, { x: number; y: number }>()
  let travelled = 0
  let startedOnStrip = false

  canvas.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? pixelsPerLine : 1
      if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault()
        actions.pan(-event.deltaX * unit)
      } else if (event.ctrlKey || event.metaKey || actions.wheelZooms()) {
        event.preventDefault()
        // A pinch on a trackpad comes as a wheel with Ctrl and small steps.
        const strength = event.ctrlKey && Math.abs(event.deltaY) < 20 ? 4 : 1
        actions.zoom(2 ** ((-event.deltaY * unit * strength) / wheelDoubling), event.offsetX)
      }
      actions.leave()
    },
    { passive: false },
  )

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY })
    canvas.setPointerCapture(event.pointerId)
    if (pointers.size > 1) return
    travelled = 0
    startedOnStrip = actions.isOnStrip(event.offsetY)
    if (startedOnStrip) actions.jump(event.offsetX)
  })

  canvas.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId)
    if (before === undefined) {
      if (event.pointerType === "mouse") {
        actions.hover(event.offsetX, event.offsetY, { x: event.clientX, y: event.clientY })
      }
      return
    }
    const now = { x: event.offsetX, y: event.offsetY }
    if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1] ?? now
      const spread = Math.abs(now.x - other.x)
      const was = Math.abs(before.x - other.x)
      if (spread > 8 && was > 8) actions.zoom(spread / was, (now.x + other.x) / 2)
      actions.pan((now.x - before.x) / 2)
      travelled = steady
    } else if (startedOnStrip) {
      actions.jump(now.x)
    } else {
      travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y)
      if (travelled >= steady) {
        actions.leave()
        actions.pan(now.x - before.x)
      }
    }
    pointers.set(event.pointerId, now)
  })

  const release = (event: PointerEvent): void => {
    const held = pointers.delete(event.pointerId)
    if (!held || event.type !== "pointerup" || startedOnStrip || travelled >= steady) return
    actions.choose(event.offsetX, event.offsetY)
  }
  canvas.addEventListener("pointerup", release)
  canvas.addEventListener("pointercancel", release)
  canvas.addEventListener("pointerleave", () => actions.leave())
  canvas.addEventListener("dblclick", (event) => actions.open(event.offsetX, event.offsetY))
}
