import { describe, expect, it } from "vitest"
import { DataType, type Dims, floats, node, read } from "../../arbitraries/onnx.ts"
import type { InputOptions } from "../../../src/workload/onnx/graph-inputs.ts"

const shapeOf = (dims: Dims, options: InputOptions = {}, type: DataType = DataType.FLOAT) => {
  const { outputs, warnings, network } = read(
    {
      inputs: { x: dims },
      inputTypes: { x: type },
      outputs: { x: dims },
      nodes: [node("Identity", "x", "y")],
    },
    options,
  )
  return { shape: outputs.get("x"), warnings, batch: network.batch, source: network.source }
}

describe("dimensions that the file leaves open", () => {
  it("the batch is 1 and needs no warning", () => {
    expect(shapeOf(["N", 3, 224, 224])).toEqual({
      shape: [1, 3, 224, 224],
      warnings: [],
      batch: 1,
      source: "test.onnx",
    })
  })

  it("the batch option replaces it", () => {
    expect(shapeOf(["N", 3, 224, 224], { batch: 8 })).toMatchObject({ shape: [8, 3, 224, 224], batch: 8 })
    expect(shapeOf(["seq_len", "batch", 64], { batch: 8 })).toMatchObject({ shape: [128, 8, 64], batch: 8 })
  })

  it.each<[string, Dims, DataType, readonly number[]]>([
    ["an image is 640×640", ["N", 3, "a", "b"], DataType.FLOAT, [1, 3, 640, 640]],
    ["an image with channels last too", [null, null, null, 3], DataType.FLOAT, [1, 640, 640, 3]],
    ["a strip of fixed height is 320 long", ["N", 3, 48, "w"], DataType.FLOAT, [1, 3, 48, 320]],
    ["token ids are 128 long", ["batch_size", "sequence_length"], DataType.INT64, [1, 128]],
    ["token ids without names too", [null, null], DataType.INT64, [1, 128]],
    ["vectors in sequence are 128", [null, null, 768], DataType.FLOAT, [1, 128, 768]],
  ])("%s", (_, dims, type, expected) => {
    const { shape, warnings, source } = shapeOf(dims, {}, type)
    expect(shape).toEqual(expected)
    expect(warnings).toHaveLength(1)
    expect(source).toContain(warnings[0])
  })

  it("a dimension of −1 counts as open", () => {
    expect(shapeOf([-1, 3, 224, 224]).shape).toEqual([1, 3, 224, 224])
  })

  it.each<[Dims, string]>([
    [
      [1, "channels", 224, 224],
      'Dimension 1 (channels) of input "x" is not fixed by the file and no default makes sense.',
    ],
    [[1, null], 'Dimension 1 of input "x" is not fixed by the file and no default makes sense.'],
    [[1, 8, "past_sequence_length", 64], "(past_sequence_length)"],
  ])("%j has no default: the error names input and dimension", (dims, message) => {
    expect(() => shapeOf(dims)).toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message: expect.stringContaining(message),
        remedy: expect.stringContaining("--input-shape x="),
        place: { file: "test.onnx", path: 'graph.input[0] "x"' },
      }),
    )
  })

  it("a given shape fixes the symbols that other inputs share, sums included", () => {
    const { outputs } = read(
      {
        inputs: { ids: ["b", "s"], past: ["b", 8, "p", 64], mask: ["b", "p + s"], next: ["b", "s + 1"] },
        outputs: { mask: [], next: [] },
        nodes: [node("Identity", "ids", "y")],
      },
      { inputs: { ids: [2, 10], past: [2, 8, 100, 64] } },
    )
    expect(outputs.get("mask")).toEqual([2, 110])
    expect(outputs.get("next")).toEqual([2, 11])
  })
})

describe("given shapes", () => {
  it.each<[string, Dims, InputOptions, string]>([
    ["an unknown input", ["N", 3], { inputs: { y: [1, 3] } }, 'The model has no input "y".'],
    ["another rank", ["N", 3], { inputs: { x: [1, 3, 4] } }, "has 3 dimensions; the file declares 2"],
    [
      "another fixed size",
      ["N", 3],
      { inputs: { x: [1, 4] } },
      "has 4 in dimension 1, which the file fixes at 3",
    ],
    ["a size of 0", ["N", 3], { inputs: { x: [0, 3] } }, "must be of positive whole numbers"],
    ["a fraction", ["N", 3], { inputs: { x: [1.5, 3] } }, "must be of positive whole numbers"],
    [
      "another batch",
      ["N", 3],
      { batch: 2, inputs: { x: [4, 3] } },
      "has batch 4, but batch 2 was asked for",
    ],
    ["a batch the file excludes", [4, 3], { batch: 2 }, "the file fixes the batch at 4"],
    ["a batch of 0", ["N", 3], { batch: 0 }, "Batch 0 is not a positive whole number."],
    ["a dimension of 0 in the file", [1, 0], {}, 'Dimension 1 of input "x" is 0'],
  ])("are refused for %s", (_, dims, options, message) => {
    expect(() => shapeOf(dims, options)).toThrow(message)
  })

  it("are refused when two inputs disagree on a symbol", () => {
    expect(() =>
      read(
        { inputs: { a: ["N", "s"], b: ["N", "s"] }, nodes: [node("Add", "a b", "y")] },
        { inputs: { a: [1, 10], b: [1, 12] } },
      ),
    ).toThrow("has 12 for s, which is 10 in another place")
  })

  it("a batch that the file fixes at 1 by habit is replaced with a note", () => {
    const { shape, warnings } = shapeOf([1, 3, 8, 8], { batch: 4 })
    expect(shape).toEqual([4, 3, 8, 8])
    expect(warnings).toEqual([
      'input "x": the file fixes batch 1; read with batch 4',
      'output "x" is 4×3×8×8; the file declares 1×3×8×8',
    ])
  })

  it("and when the graph does rely on it, the error says what to do", () => {
    const { inputs, initialisers, nodes } = {
      inputs: { x: [1, 4] },
      initialisers: [floats("w", [4, 4]), floats("s", [2], [1, 4])],
      nodes: [
        node("Cast", "s", "shape", { attributes: { to: DataType.INT64 } }),
        node("Reshape", "x shape", "y"),
        node("MatMul", "y w", "z"),
      ],
    }
    expect(() => read({ inputs, initialisers, nodes }, { batch: 4 })).toThrow(
      expect.objectContaining({
        message: "Reshape of 4×4 to [1, 4] is impossible.",
        remedy: "If the file was exported for another batch or input size, give that one.",
      }),
    )
  })
})

describe("initialisers", () => {
  it("that are listed among the inputs, as old files do, are not inputs", () => {
    const { network } = read({
      inputs: { x: [1, 3], w: [3, 2] },
      initialisers: [floats("w", [3, 2])],
      nodes: [node("MatMul", "x w", "y")],
    })
    expect(network.name).toBe("test, x 1×3")
    expect(network.layers[0].op.kind).toBe("linear")
  })
})
