import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { View } from "../../../viz/timeline/layout.ts"
import { framed, panned, showing, wholeView, zoomed } from "../../../viz/timeline/view.ts"

const share = fc.double({ min: 0, max: 1, noNaN: true })
const cycles = fc.integer({ min: 1, max: 1e12 })

/** An axis and a stretch of it. */
const place = fc.record({ cycles, from: share, length: share }).map(({ cycles: axis, from, length }) => ({
  axis,
  view: framed(from * axis, from * axis + length * (1 - from) * axis, axis),
}))

const lies = ({ from, to }: View, axis: number): boolean => from >= 0 && to <= axis * (1 + 1e-12) && to > from

describe("moving about a timeline", () => {
  it("never leaves the axis and never shows nothing", () => {
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    const step = fc.double({ min: -2, max: 2, noNaN: true })
    fc.assert(
      fc.property(place, factor, step, share, share, ({ axis, view }, by, shift, from, to) => {
        const views = [
          view,
          zoomed(view, by, view.from + from * (view.to - view.from), axis),
          panned(view, shift * axis, axis),
          showing(view, Math.min(from, to) * axis, Math.max(from, to) * axis, axis),
        ]
        expect(views.filter((one) => !lies(one, axis))).toEqual([])
      }),
    )
  })

  it("holds what is under the pointer in its place when it zooms in", () => {
    fc.assert(
      fc.property(place, share, ({ axis, view }, at) => {
        const anchor = view.from + at * (view.to - view.from)
        const after = zoomed(view, 2, anchor, axis)
        expect((anchor - after.from) / (after.to - after.from)).toBeCloseTo(at, 4)
      }),
    )
  })

  it("ends at the whole run when it zooms out for long enough", () => {
    fc.assert(
      fc.property(place, ({ axis, view }) => {
        expect(zoomed(view, 1e-30, view.from, axis)).toEqual(wholeView(axis))
      }),
    )
  })

  it("brings into view what is asked for, and stays where it is already seen", () => {
    fc.assert(
      fc.property(place, share, ({ axis, view }, at) => {
        const { from, to } = showing(view, at * axis, at * axis, axis)
        expect(from).toBeLessThanOrEqual(at * axis)
        expect(to).toBeGreaterThanOrEqual(at * axis * (1 - 1e-12))
        expect(showing(view, view.from, view.to, axis)).toBe(view)
      }),
    )
  })
})
