import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { convOutHeight, convOutWidth, forwardMacs } from "../../../dataflows/operator.ts"
import { floats, layerCalled, node, type NodeOptions, read, shapesOf } from "../../arbitraries/onnx.ts"

const readConv = (
  x: readonly number[],
  w: readonly number[],
  attributes: NodeOptions["attributes"] = {},
  opType = "Conv",
) => {
  const { network, outputs } = read({
    inputs: { x },
    outputs: { y: [] },
    initialisers: [floats("w", w)],
    nodes: [node(opType, "x w", "y", { name: "conv", attributes })],
  })
  return { layer: layerCalled(network.layers, "conv"), layers: network.layers, shape: outputs.get("y") }
}

describe("Conv", () => {
  // Numbers of the first layer of ResNet-50 (He et al. 2015, table 1): 224×224×3 to 112×112×64, 118 M MACs.
  it("reads the first layer of ResNet-50", () => {
    const { layer, shape } = readConv([1, 3, 224, 224], [64, 3, 7, 7], {
      strides: [2, 2],
      pads: [3, 3, 3, 3],
    })
    expect(layer.op).toEqual({
      kind: "conv2d",
      batch: 1,
      inChannels: 3,
      outChannels: 64,
      inHeight: 224,
      inWidth: 224,
      kernelHeight: 7,
      kernelWidth: 7,
      strideHeight: 2,
      strideWidth: 2,
      dilationHeight: 1,
      dilationWidth: 1,
      padTop: 3,
      padBottom: 3,
      padLeft: 3,
      padRight: 3,
      groups: 1,
    })
    expect(shape).toEqual([1, 64, 112, 112])
    expect(forwardMacs(layer.op)).toBe(112 * 112 * 64 * 3 * 49)
  })

  it("puts the odd row of SAME_UPPER at the end and of SAME_LOWER at the beginning", () => {
    const pads = (auto_pad: string) => {
      const { layer, shape } = readConv([1, 1, 6, 7], [1, 1, 3, 3], { auto_pad, strides: [2, 2] })
      expect(shape).toEqual([1, 1, 3, 4])
      return layer.op
    }
    // Height: (3−1)·2+3−6 = 1 row. Width: (4−1)·2+3−7 = 2 columns.
    expect(pads("SAME_UPPER")).toMatchObject({ padTop: 0, padBottom: 1, padLeft: 1, padRight: 1 })
    expect(pads("SAME_LOWER")).toMatchObject({ padTop: 1, padBottom: 0, padLeft: 1, padRight: 1 })
  })

  it("pads nothing with auto_pad VALID", () => {
    expect(readConv([1, 1, 6, 7], [1, 1, 3, 3], { auto_pad: "VALID" }).shape).toEqual([1, 1, 4, 5])
  })

  it("keeps asymmetric pads in the order top, left, bottom, right", () => {
    const { layer, shape } = readConv([1, 1, 8, 8], [1, 1, 3, 3], { pads: [0, 1, 2, 3] })
    expect(layer.op).toMatchObject({ padTop: 0, padLeft: 1, padBottom: 2, padRight: 3 })
    expect(shape).toEqual([1, 1, 8, 10])
  })

  it("reads depthwise as groups", () => {
    const { layer } = readConv([1, 32, 8, 8], [32, 1, 3, 3], { group: 32, pads: [1, 1, 1, 1] })
    expect(layer.op).toMatchObject({ inChannels: 32, outChannels: 32, groups: 32 })
    expect(layer.weights?.shape).toEqual([32, 1, 3, 3])
  })

  it("reads a 1-D convolution as a 2-D one of height 1", () => {
    const { layer, shape } = readConv([2, 16, 100], [8, 16, 5], {
      strides: [2],
      pads: [2, 2],
      dilations: [1],
    })
    expect(layer.op).toMatchObject({
      batch: 2,
      inHeight: 1,
      inWidth: 100,
      kernelHeight: 1,
      kernelWidth: 5,
      strideHeight: 1,
      strideWidth: 2,
      padTop: 0,
      padLeft: 2,
      padRight: 2,
    })
    expect(layer.weights?.shape).toEqual([8, 16, 1, 5])
    expect(shape).toEqual([2, 8, 50])
  })

  it("reads a 3-D convolution as the matrix product with as many multiplications", () => {
    const { layer, shape } = readConv([1, 3, 8, 16, 16], [4, 3, 3, 3, 3], { pads: [1, 1, 1, 1, 1, 1] })
    expect(shape).toEqual([1, 4, 8, 16, 16])
    expect(layer.op).toEqual({ kind: "linear", rows: 8 * 16 * 16, inFeatures: 81, outFeatures: 4 })
    expect(layer.weights?.shape).toEqual([4, 81])
  })

  it("gives the output shape that the operator's own formula gives, for any geometry that fits", () => {
    const side = fc.record({
      size: fc.integer({ min: 1, max: 40 }),
      kernel: fc.integer({ min: 1, max: 7 }),
      stride: fc.integer({ min: 1, max: 4 }),
      dilation: fc.integer({ min: 1, max: 3 }),
      begin: fc.integer({ min: 0, max: 3 }),
      end: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(
        side,
        side,
        fc.constantFrom("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"),
        (h, w, mode) => {
          const padded = (s: typeof h) =>
            mode === "NOTSET" ? s.begin + s.end : mode === "VALID" ? 0 : Infinity
          fc.pre([h, w].every((s) => s.size + padded(s) >= s.dilation * (s.kernel - 1) + 1))
          const { layer, shape } = readConv([1, 1, h.size, w.size], [1, 1, h.kernel, w.kernel], {
            strides: [h.stride, w.stride],
            dilations: [h.dilation, w.dilation],
            ...(mode === "NOTSET" ? { pads: [h.begin, w.begin, h.end, w.end] } : { auto_pad: mode }),
          })
          if (layer.op.kind !== "conv2d") throw new Error("not a convolution")
          expect(shape).toEqual([1, 1, convOutHeight(layer.op), convOutWidth(layer.op)])
        },
      ),
    )
  })

  it("covers the input once per stride with either SAME, whatever the kernel", () => {
    const side = fc.tuple(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 4 }),
    )
    fc.assert(
      fc.property(side, side, fc.constantFrom("SAME_UPPER", "SAME_LOWER"), (h, w, auto_pad) => {
        const { shape } = readConv([1, 1, h[0], w[0]], [1, 1, h[1], w[1]], {
          auto_pad,
          strides: [h[2], w[2]],
        })
        expect(shape).toEqual([1, 1, Math.ceil(h[0] / h[2]), Math.ceil(w[0] / w[2])])
      }),
    )
  })

  it("refuses weights for another number of input channels", () => {
    expect(() => readConv([1, 3, 8, 8], [4, 5, 3, 3])).toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message: "The input has 3 channels, but the weights 4×5×3×3 with 1 group expect 5.",
        place: { file: "test.onnx", path: 'graph.node[0] "conv"' },
      }),
    )
  })

  it("refuses a kernel larger than the padded input", () => {
    expect(() => readConv([1, 1, 2, 2], [1, 1, 3, 3])).toThrow(/does not fit into an input of 2×2/)
  })

  it("refuses weights with a dimension of 0", () => {
    expect(() => readConv([1, 3, 8, 8], [0, 3, 3, 3])).toThrow(/weights of shape 0×3×3×3: nothing to compute/)
  })

  it("refuses a kernel_shape that contradicts the weights", () => {
    expect(() => readConv([1, 1, 8, 8], [1, 1, 3, 3], { kernel_shape: [5, 5] })).toThrow(
      /kernel_shape is 5×5, but the weights have a kernel of 3×3/,
    )
  })

  it("counts a convolution whose weights are computed, without weights and with a warning", () => {
    const { network, warnings } = read({
      inputs: { x: [1, 3, 8, 8], w: [4, 3, 3, 3] },
      nodes: [node("Conv", "x w", "y", { name: "conv" })],
    })
    expect(layerCalled(network.layers, "conv").weights).toBeUndefined()
    expect(warnings).toEqual([
      'Conv has weights that are not in the file: its shape is counted, its weights are not known (graph.node[0] "conv")',
    ])
  })
})

describe("ConvTranspose", () => {
  /** Reference: scatter every input element through the kernel, counting multiplications. */
  const scatterMacs = (x: readonly number[], w: readonly number[]) =>
    x[0] * x[2] * x[3] * w[0] * w[1] * w[2] * w[3]

  it("multiplies every input element with every weight of its channel once", () => {
    const x = [1, 24, 160, 160]
    const w = [24, 24, 2, 2]
    const { layer, layers, shape } = readConv(x, w, { strides: [2, 2] }, "ConvTranspose")
    expect(shape).toEqual([1, 24, 320, 320])
    expect(forwardMacs(layer.op)).toBe(scatterMacs(x, w))
    expect(layers).toHaveLength(1)
  })

  it("adds overlapping kernels in a vector layer of its own", () => {
    const { layers, shape } = readConv(
      [1, 2, 5, 5],
      [2, 3, 4, 4],
      { strides: [2, 2], pads: [1, 1, 1, 1] },
      "ConvTranspose",
    )
    expect(shape).toEqual([1, 3, 10, 10])
    expect(layers.map((layer) => layer.id)).toEqual(["conv", "conv/scatter-add"])
    expect(layers[1].op).toMatchObject({ inputElements: 25 * 3 * 16, outputElements: 300 })
  })

  it("adds output_padding, and takes output_shape before everything else", () => {
    const shape = (attributes: NodeOptions["attributes"]) =>
      readConv([1, 1, 3, 3], [1, 1, 3, 3], attributes, "ConvTranspose").shape
    // The example of the operator's documentation: 3×3, kernel 3×3, strides 3 and 2, padded to 10×8.
    expect(shape({ strides: [3, 2] })).toEqual([1, 1, 9, 7])
    expect(shape({ strides: [3, 2], output_padding: [1, 1] })).toEqual([1, 1, 10, 8])
    expect(shape({ strides: [3, 2], output_shape: [10, 8] })).toEqual([1, 1, 10, 8])
    expect(shape({ strides: [2, 2], auto_pad: "SAME_UPPER" })).toEqual([1, 1, 6, 6])
  })

  it("lays weights out so that the 1×1 convolution and a scatter-add give the transposed convolution", () => {
    // One input element, 2 in channels of 2 groups, 1 out channel a group, kernel 1×2: out[g][k] = x[g]·w[g][0][k].
    const { layer } = readConv([1, 2, 1, 1], [2, 1, 1, 2], { group: 2 }, "ConvTranspose")
    expect(layer.op).toMatchObject({ inChannels: 2, outChannels: 4, groups: 2 })
    expect(layer.weights?.shape).toEqual([4, 1, 1, 1])
    expect(Array.from(layer.weights?.load() ?? [])).toEqual([0, 1, 2, 3])
    // Two in channels, one group: row k of the product holds the weights of output k for both channels.
    const dense = readConv([1, 2, 1, 1], [2, 1, 1, 2], {}, "ConvTranspose").layer
    expect(dense.weights?.shape).toEqual([2, 2, 1, 1])
    expect(Array.from(dense.weights?.load() ?? [])).toEqual([0, 2, 1, 3])
  })
})

describe("pools", () => {
  const pool = (opType: string, x: readonly number[], attributes: NodeOptions["attributes"]) =>
    shapesOf(node(opType, "x", "y", { attributes }), { x })[0]

  it("rounds down, and up with ceil_mode", () => {
    const attributes = { kernel_shape: [3, 3], strides: [2, 2] }
    // Example of the operator's documentation: 4×4, kernel 3, stride 2.
    expect(pool("MaxPool", [1, 1, 4, 4], attributes)).toEqual([1, 1, 1, 1])
    expect(pool("MaxPool", [1, 1, 4, 4], { ...attributes, ceil_mode: 1 })).toEqual([1, 1, 2, 2])
  })

  it("drops a last window that would start in the end padding", () => {
    const attributes = { kernel_shape: [1, 1], strides: [2, 2], pads: [0, 0, 1, 1], ceil_mode: 1 }
    expect(pool("MaxPool", [1, 1, 3, 3], attributes)).toEqual([1, 1, 2, 2])
    expect(pool("MaxPool", [1, 1, 2, 2], attributes)).toEqual([1, 1, 1, 1])
  })

  it("counts dilation", () => {
    expect(pool("MaxPool", [1, 1, 4, 4], { kernel_shape: [2, 2], dilations: [2, 2] })).toEqual([1, 1, 2, 2])
  })

  it("keeps size with SAME_LOWER and stride 1", () => {
    expect(pool("AveragePool", [1, 3, 32, 32], { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" })).toEqual([
      1, 3, 32, 32,
    ])
  })

  it("pools everything globally", () => {
    expect(pool("GlobalAveragePool", [2, 64, 7, 5], {})).toEqual([2, 64, 1, 1])
  })

  it("gives indices of the maxima the same shape", () => {
    const x = [1, 3, 8, 8]
    expect(shapesOf(node("MaxPool", "x", "y i", { attributes: { kernel_shape: [2, 2] } }), { x })).toEqual([
      [1, 3, 7, 7],
      [1, 3, 7, 7],
    ])
  })
})
