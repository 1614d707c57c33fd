import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { svgPainter } from "../../../viz/timeline/svg-painter.ts"

/** Square pixels inside the closed outlines of a path of m, h and v in quarters of a pixel, by the shoelace formula. */
const areaOf = (path: string): number => {
  let doubled = 0
  let corners: (readonly [number, number])[] = []
  let [x, y] = [0, 0]
  for (const [, command, numbers] of path.matchAll(/([mhvz])([-\d ]*)/g)) {
    if (command === "z") {
      ;[x, y] = corners[0]
      let sum = 0
      for (const [i, [ax, ay]] of corners.entries()) {
        const [bx, by] = corners[(i + 1) % corners.length]
        sum += ax * by - bx * ay
      }
      doubled += Math.abs(sum)
      corners = []
      continue
    }
    const [first, second] = numbers.split(" ").map(Number)
    if (command === "m") [x, y] = [x + first, y + second]
    if (command === "h") x += first
    if (command === "v") y += first
    corners.push([x, y])
  }
  return doubled / 2 / 4
}

const rect = fc.record({
  mark: fc.constantFrom("c1", "c2"),
  gap: fc.constantFrom(0, 0, 1, 7),
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.constantFrom(3, 3, 8, 10),
  bottom: fc.constantFrom(20, 20, 19, 40),
})

describe("the painter of SVG", () => {
  it("covers of each mark exactly what its rectangles cover, however they join", () => {
    fc.assert(
      fc.property(fc.array(rect, { maxLength: 40 }), (rects) => {
        const { painter, markup } = svgPainter()
        let x = 0
        for (const { mark, gap, width, height, bottom } of rects) {
          painter.rect(mark, x + gap, bottom - height, width, height)
          x += gap + width
        }
        const drawn = new Map(
          [...markup().matchAll(/<path class="(\w+)" transform="scale\(0.5\)" d="([^"]*)"/g)].map(
            ([, mark, d]) => [mark, areaOf(d)],
          ),
        )
        for (const mark of ["c1", "c2"]) {
          const own = rects.filter((one) => one.mark === mark)
          const area = own.reduce((sum, { width, height }) => sum + width * height, 0)
          expect(drawn.get(mark) ?? 0).toBe(area)
        }
      }),
    )
  })

  it("draws neighbours of one height as one outline", () => {
    const { painter, markup } = svgPainter()
    for (let i = 0; i < 50; i++) painter.rect("c1", i, 0, 1, 10)
    expect(markup()).toBe('<path class="c1" transform="scale(0.5)" d="m0 20v-20h100v20z"/>')
  })

  it("covers as much with rectangles far below a pixel as with one over all of them", () => {
    const { painter, markup } = svgPainter()
    for (let i = 0; i < 5000; i++) painter.rect("c1", i / 100, 0, 1 / 100, 10)
    expect(markup()).toBe('<path class="c1" transform="scale(0.5)" d="m0 20v-20h100v20z"/>')
  })
})
