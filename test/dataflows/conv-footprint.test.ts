/** The input pixels that a convolution reads. */
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { usedInputElements } from "../../dataflows/conv-footprint.ts"
import { type Conv2d, convOutHeight, convOutWidth } from "../../dataflows/operator.ts"

const conv = (size: number, kernel: number, stride: number, pad: number, dilation = 1): Conv2d => ({
  kind: "conv2d",
  batch: 2,
  inChannels: 3,
  outChannels: 4,
  inHeight: size,
  inWidth: size,
  kernelHeight: kernel,
  kernelWidth: kernel,
  strideHeight: stride,
  strideWidth: stride,
  dilationHeight: dilation,
  dilationWidth: dilation,
  padTop: pad,
  padBottom: pad,
  padLeft: pad,
  padRight: pad,
  groups: 1,
})

const anyConv = fc
  .record({
    size: fc.integer({ min: 1, max: 20 }),
    kernel: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 4 }),
    pad: fc.integer({ min: 0, max: 3 }),
    dilation: fc.integer({ min: 1, max: 3 }),
  })
  .map(({ size, kernel, stride, pad, dilation }) => conv(size, kernel, stride, pad, dilation))
  .filter((op) => convOutHeight(op) >= 1 && convOutWidth(op) >= 1)

describe("the input that a convolution reads", () => {
  it("is every pixel that some window covers, found by walking all windows", () => {
    fc.assert(
      fc.property(anyConv, (op) => {
        const seen = new Set<string>()
        for (let y = 0; y < convOutHeight(op); y++) {
          for (let x = 0; x < convOutWidth(op); x++) {
            for (let r = 0; r < op.kernelHeight; r++) {
              for (let s = 0; s < op.kernelWidth; s++) {
                const py = y * op.strideHeight + r * op.dilationHeight - op.padTop
                const px = x * op.strideWidth + s * op.dilationWidth - op.padLeft
                if (py >= 0 && py < op.inHeight && px >= 0 && px < op.inWidth) seen.add(`${py},${px}`)
              }
            }
          }
        }
        expect(usedInputElements(op)).toBe(op.batch * op.inChannels * seen.size)
      }),
    )
  })

  it("is a quarter of the map under a 1 × 1 kernel of stride 2", () => {
    expect(usedInputElements(conv(56, 1, 2, 0))).toBe((2 * 3 * 56 * 56) / 4)
  })
})
