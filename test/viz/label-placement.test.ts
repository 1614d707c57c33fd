import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { overlaps, placeLabels } from "../../viz/label-placement.ts"
import { shorten, textWidth } from "../../viz/text-width.ts"

const bounds = { x: 0, y: 0, width: 400, height: 300 }
const request = fc.record({
  x: fc.integer({ min: 0, max: 400 }),
  y: fc.integer({ min: 0, max: 300 }),
  radius: fc.integer({ min: 1, max: 20 }),
  width: fc.integer({ min: 10, max: 120 }),
  height: fc.constant(15),
})

describe("label placement", () => {
  it("never lets two labels overlap, nor a label leave the plot or cover an obstacle", () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 40 }), (requests) => {
        const obstacles = requests.map(({ x, y, radius }) => ({
          x: x - radius,
          y: y - radius,
          width: 2 * radius,
          height: 2 * radius,
        }))
        const boxes = placeLabels(requests, bounds, obstacles).filter((box) => box !== undefined)
        for (const [i, box] of boxes.entries()) {
          expect(box.x).toBeGreaterThanOrEqual(0)
          expect(box.y + box.height).toBeLessThanOrEqual(300)
          expect(boxes.slice(i + 1).some((other) => overlaps(box, other))).toBe(false)
          expect(obstacles.some((other) => overlaps(box, other))).toBe(false)
        }
      }),
    )
  })

  it("gives the first of two rivals the place, and the second another", () => {
    const rival = { x: 200, y: 150, radius: 4, width: 60, height: 15 }
    const [first, second] = placeLabels([rival, rival], bounds)
    expect(first?.x).toBe(208)
    expect(second?.x).toBe(132)
  })

  it("leaves a label out where there is no room", () => {
    expect(placeLabels([{ x: 5, y: 5, radius: 1, width: 500, height: 15 }], bounds)).toEqual([undefined])
  })
})

describe("shorten", () => {
  it("fits the width it is given and keeps both ends", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 80 }),
        fc.integer({ min: 30, max: 300 }),
        (name, width) => {
          expect(textWidth(shorten(name, width, 13), 13)).toBeLessThanOrEqual(width)
        },
      ),
    )
    expect(shorten("layer4.block2.conv1.weight", 100, 13)).toMatch(/^layer.*…*weight$/)
  })

  it("leaves a name alone that fits", () => {
    expect(shorten("conv1", 100, 13)).toBe("conv1")
  })
})
