import { describe, expect, it } from "vitest"
import {
  DataType,
  floats,
  ints,
  intScalar,
  layerCalled,
  node,
  type NodeOptions,
  read,
  shapesOf,
} from "../../arbitraries/onnx.ts"

const one = (
  opType: string,
  x: readonly number[],
  attributes: NodeOptions["attributes"] = {},
  extra: Readonly<Record<string, readonly number[]>> = {},
  opset = 21,
) =>
  shapesOf(
    node(opType, ["x", ...Object.keys(extra)].join(" "), "y", { attributes }),
    { x },
    { initialisers: Object.entries(extra).map(([name, values]) => ints(name, values)), opset },
  )[0]

// Values by hand from the ONNX operator specification.
describe("rearranging", () => {
  it("Reshape copies 0, infers −1, and takes 0 literally with allowzero", () => {
    expect(one("Reshape", [2, 3, 4], {}, { shape: [0, -1] })).toEqual([2, 12])
    expect(one("Reshape", [2, 3, 4], {}, { shape: [4, 0, -1] })).toEqual([4, 3, 2])
    const empty = [floats("e", [0, 3, 4]), ints("shape", [3, 4, 0])]
    expect(
      shapesOf(
        node("Reshape", "e shape", "y", { attributes: { allowzero: 1 } }),
        {},
        { initialisers: empty },
      )[0],
    ).toEqual([3, 4, 0])
    expect(one("Reshape", [2, 3], { shape: [6] }, {}, 1)).toEqual([6])
  })

  it.each([[[7]], [[-1, -1]], [[5, -1]], [[2, 3, 4, 0]], [[-2, -12]]])(
    "Reshape of 2×3×4 to %j is refused",
    (shape) => {
      expect(() => one("Reshape", [2, 3, 4], {}, { shape })).toThrow(
        `Reshape of 2×3×4 to [${shape.join(", ")}] is impossible.`,
      )
    },
  )

  it("Flatten splits at an axis", () => {
    expect(one("Flatten", [2, 3, 4, 5])).toEqual([2, 60])
    expect(one("Flatten", [2, 3, 4, 5], { axis: 0 })).toEqual([1, 120])
    expect(one("Flatten", [2, 3, 4, 5], { axis: 4 })).toEqual([120, 1])
    expect(one("Flatten", [2, 3, 4, 5], { axis: -1 })).toEqual([24, 5])
  })

  it("Squeeze removes the axes named, or all of size 1", () => {
    expect(one("Squeeze", [1, 3, 1, 5])).toEqual([3, 5])
    expect(one("Squeeze", [1, 3, 1, 5], {}, { axes: [-2] })).toEqual([1, 3, 5])
    expect(one("Squeeze", [1, 3, 1, 5], { axes: [0] }, {}, 11)).toEqual([3, 1, 5])
    expect(() => one("Squeeze", [1, 3], {}, { axes: [1] })).toThrow(/dimension 1 of 1×3, which is 3, not 1/)
  })

  it("Unsqueeze counts axes in the result", () => {
    expect(one("Unsqueeze", [3, 4], {}, { axes: [0, -1] })).toEqual([1, 3, 4, 1])
    expect(one("Unsqueeze", [3, 4], { axes: [1, 2] }, {}, 11)).toEqual([3, 1, 1, 4])
  })

  it("Transpose reverses by default", () => {
    expect(one("Transpose", [2, 3, 4])).toEqual([4, 3, 2])
    expect(one("Transpose", [2, 3, 4], { perm: [0, 2, 1] })).toEqual([2, 4, 3])
    expect(() => one("Transpose", [2, 3, 4], { perm: [0, 1, 1] })).toThrow(/does not permute/)
  })

  it("Concat adds up one axis", () => {
    const joined = (a: readonly number[], b: readonly number[], axis: number) =>
      shapesOf(node("Concat", "a b", "y", { attributes: { axis } }), { a, b })[0]
    expect(joined([1, 24, 8, 8], [1, 8, 8, 8], 1)).toEqual([1, 32, 8, 8])
    expect(joined([2, 3], [2, 5], -1)).toEqual([2, 8])
    expect(() => joined([2, 3], [4, 5], 1)).toThrow(/joins 2×3 and 4×5; the other dimensions differ/)
  })

  it("Split takes lengths, or equal parts with a smaller last one", () => {
    const parts = (outputs: string, attributes: NodeOptions["attributes"], lengths?: readonly number[]) =>
      shapesOf(
        node("Split", lengths === undefined ? "x" : "x split", outputs, { attributes }),
        { x: [7, 2] },
        { initialisers: lengths === undefined ? [] : [ints("split", lengths)] },
      )
    expect(parts("a b", {}, [3, 4])).toEqual([
      [3, 2],
      [4, 2],
    ])
    expect(parts("a b c", { num_outputs: 3 })).toEqual([
      [3, 2],
      [3, 2],
      [1, 2],
    ])
    expect(parts("a b", { axis: 1 })).toEqual([
      [7, 1],
      [7, 1],
    ])
    expect(() => parts("a b", {}, [3, 3])).toThrow(/do not add up/)
  })

  it("Slice clamps bounds, counts from the end and steps backwards", () => {
    const slice = (starts: number[], ends: number[], axes: number[], steps: number[]) =>
      one("Slice", [20, 10, 5], {}, { starts, ends, axes, steps })
    expect(slice([0, 0], [3, 10], [0, 1], [1, 1])).toEqual([3, 10, 5])
    expect(slice([1], [1000], [1], [1])).toEqual([20, 9, 5])
    expect(slice([0], [-1], [1], [1])).toEqual([20, 9, 5])
    expect(slice([1000], [1000], [1], [1])).toEqual([20, 0, 5])
    // A whole axis backwards, as exporters write it.
    expect(slice([-1], [-(2 ** 63)], [1], [-1])).toEqual([20, 10, 5])
    expect(slice([20, 10, 4], [0, 0, 1], [0, 1, 2], [-1, -3, -2])).toEqual([19, 3, 2])
    expect(one("Slice", [20, 10, 5], { starts: [1], ends: [3], axes: [0] }, {}, 9)).toEqual([2, 10, 5])
  })

  it("Expand broadcasts both ways, Tile repeats, Pad adds on both ends", () => {
    expect(one("Expand", [3, 1], {}, { shape: [2, 1, 6] })).toEqual([2, 3, 6])
    expect(one("Tile", [2, 3], {}, { repeats: [2, 4] })).toEqual([4, 12])
    expect(one("Pad", [1, 3, 8, 8], {}, { pads: [0, 0, 1, 2, 0, 0, 3, 4] })).toEqual([1, 3, 12, 14])
    expect(one("Pad", [1, 3, 8, 8], { pads: [0, 0, -1, 0, 0, 0, 0, -2] }, {}, 10)).toEqual([1, 3, 7, 6])
  })

  it("moves channels into space and back", () => {
    expect(one("DepthToSpace", [1, 8, 2, 3], { blocksize: 2 })).toEqual([1, 2, 4, 6])
    expect(one("SpaceToDepth", [1, 2, 4, 6], { blocksize: 2 })).toEqual([1, 8, 2, 3])
  })
})

describe("Resize and Upsample", () => {
  const resize = (
    x: readonly number[],
    sizes: readonly number[] | undefined,
    scales: readonly number[],
    rest = {},
  ) =>
    shapesOf(
      node("Resize", sizes === undefined ? "x _ scales" : "x _ _ sizes", "y", rest),
      { x },
      { initialisers: [floats("scales", [scales.length], scales), ints("sizes", sizes ?? [])] },
    )[0]

  it("multiplies by scales and rounds down", () => {
    expect(resize([1, 1, 2, 4], undefined, [1, 1, 0.6, 0.6])).toEqual([1, 1, 1, 2])
    expect(resize([1, 3, 20, 20], undefined, [1, 1, 2, 2])).toEqual([1, 3, 40, 40])
    expect(resize([1, 1, 4, 10], undefined, [1, 1, 0.7, 0.7])).toEqual([1, 1, 2, 7])
  })

  it("takes sizes, for some axes only when axes says so", () => {
    expect(resize([1, 3, 20, 20], [1, 3, 33, 44], [])).toEqual([1, 3, 33, 44])
    expect(resize([1, 3, 20, 20], [33, 44], [], { attributes: { axes: [2, 3] } })).toEqual([1, 3, 33, 44])
  })

  it("keeps the aspect ratio when asked to", () => {
    const policy = (keep_aspect_ratio_policy: string) =>
      resize([1, 1, 20, 40], [40, 120], [], { attributes: { axes: [2, 3], keep_aspect_ratio_policy } })
    expect(policy("not_larger")).toEqual([1, 1, 40, 80])
    expect(policy("not_smaller")).toEqual([1, 1, 60, 120])
  })

  it("reads Upsample with scales as an attribute (7) and as an input (9)", () => {
    const x = [1, 1, 2, 2]
    const scales = [1, 1, 2, 3]
    expect(
      shapesOf(
        node("Upsample", "x", "y", { attributes: { scales: { floats: scales } } }),
        { x },
        { opset: 7 },
      )[0],
    ).toEqual([1, 1, 4, 6])
    expect(
      shapesOf(
        node("Upsample", "x s", "y"),
        { x },
        { opset: 9, initialisers: [floats("s", [4], scales)] },
      )[0],
    ).toEqual([1, 1, 4, 6])
  })
})

describe("indexing and reducing", () => {
  it("Gather puts the shape of the indices in place of the axis", () => {
    const gathered = (axis: number) =>
      shapesOf(node("Gather", "x i", "y", { attributes: { axis } }), { x: [5, 4, 3], i: [2, 6] })[0]
    expect(gathered(0)).toEqual([2, 6, 4, 3])
    expect(gathered(-1)).toEqual([5, 4, 2, 6])
  })

  it("Gather from a stored table is an embedding", () => {
    const { network } = read({
      inputs: { ids: [1, 16] },
      inputTypes: { ids: DataType.INT64 },
      initialisers: [floats("table", [100, 8])],
      nodes: [node("Gather", "table ids", "y", { name: "e" })],
    })
    expect(layerCalled(network.layers, "e").op).toEqual({
      kind: "vector",
      function: "embedding",
      inputElements: 16 + 128,
      outputElements: 128,
      parameters: 800,
    })
  })

  it("GatherND drops the indexed dimensions", () => {
    expect(shapesOf(node("GatherND", "x i", "y"), { x: [2, 3, 4], i: [5, 2] })[0]).toEqual([5, 4])
    expect(
      shapesOf(node("GatherND", "x i", "y", { attributes: { batch_dims: 1 } }), {
        x: [2, 3, 4],
        i: [2, 1],
      })[0],
    ).toEqual([2, 4])
  })

  it("Reduce keeps or drops axes, from attributes before version 18 and inputs since", () => {
    expect(one("ReduceMean", [2, 3, 4], { axes: [-1] }, {}, 13)).toEqual([2, 3, 1])
    expect(one("ReduceMean", [2, 3, 4], { keepdims: 0 }, { axes: [0, 2] })).toEqual([3])
    expect(one("ReduceSum", [2, 3, 4])).toEqual([1, 1, 1])
    expect(one("ReduceSum", [2, 3, 4], { noop_with_empty_axes: 1 })).toEqual([2, 3, 4])
  })

  it("ArgMax, TopK, OneHot", () => {
    expect(one("ArgMax", [2, 3, 4], { axis: 1, keepdims: 0 })).toEqual([2, 4])
    expect(shapesOf(node("TopK", "x k", "v i"), { x: [2, 10] }, { initialisers: [ints("k", [3])] })).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(
      shapesOf(
        node("OneHot", "x d v", "y", { attributes: { axis: 1 } }),
        { x: [2, 5], v: [2] },
        {
          initialisers: [intScalar("d", 7)],
        },
      )[0],
    ).toEqual([2, 7, 5])
  })
})

describe("elementwise", () => {
  it("broadcasts by numpy's rules", () => {
    const added = (a: readonly number[], b: readonly number[]) =>
      shapesOf(node("Add", "a b", "y"), { a, b })[0]
    expect(added([2, 3, 4, 5], [])).toEqual([2, 3, 4, 5])
    expect(added([4, 5], [2, 3, 4, 5])).toEqual([2, 3, 4, 5])
    expect(added([1, 4, 5], [2, 3, 1, 1])).toEqual([2, 3, 4, 5])
    expect(() => added([2, 3], [4])).toThrow("Add combines 2×3 and 4, which do not broadcast to one shape.")
  })

  it("stretches the second operand along an axis before version 7", () => {
    const old = node("Add", "a b", "y", { attributes: { broadcast: 1, axis: 1 } })
    expect(shapesOf(old, { a: [2, 3, 4], b: [3] }, { opset: 6 })[0]).toEqual([2, 3, 4])
  })

  it("counts stored operands as parameters and single constants as nothing", () => {
    const { network } = read({
      inputs: { x: [1, 8, 4, 4] },
      initialisers: [floats("scale", [8, 1, 1]), floats("six", [1])],
      nodes: [node("Mul", "x scale", "a", { name: "m" }), node("Div", "a six", "b", { name: "d" })],
    })
    const op = { kind: "vector", function: "mul", inputElements: 128, outputElements: 128 }
    expect(layerCalled(network.layers, "m").op).toEqual({ ...op, parameters: 8 })
    expect(layerCalled(network.layers, "d").op).toEqual({ ...op, parameters: 0 })
  })

  it.each([
    ["Relu", "relu"],
    ["Clip", "relu"],
    ["Sigmoid", "sigmoid"],
    ["HardSigmoid", "sigmoid"],
    ["HardSwish", "hardswish"],
    ["Gelu", "gelu"],
    ["Swish", "silu"],
    ["Erf", "other"],
    ["Softmax", "softmax"],
  ])("reads %s as the vector function %s", (opType, function_) => {
    const { network } = read({ inputs: { x: [2, 5] }, nodes: [node(opType, "x", "y")] })
    expect(network.layers.map(({ op }) => op)).toEqual([
      { kind: "vector", function: function_, inputElements: 10, outputElements: 10, parameters: 0 },
    ])
  })
})

describe("normalisations", () => {
  it("count scale and shift as parameters, running statistics not", () => {
    const { network } = read({
      inputs: { x: [1, 8, 4, 4] },
      initialisers: ["s", "b", "m", "v"].map((name) => floats(name, [8])),
      nodes: [node("BatchNormalization", "x s b m v", "y")],
    })
    expect(network.layers[0].op).toMatchObject({ function: "batchnorm", inputElements: 128, parameters: 16 })
  })

  it("refuse statistics for another number of channels", () => {
    expect(() =>
      read({
        inputs: { x: [1, 8, 4, 4] },
        initialisers: ["s", "b", "m", "v"].map((name) => floats(name, [9])),
        nodes: [node("BatchNormalization", "x s b m v", "y")],
      }),
    ).toThrow(/so 8 channels, but input 1 of shape 9/)
  })

  it("read LayerNormalization with and without bias", () => {
    const parameters = (inputs: string) =>
      read({
        inputs: { x: [2, 16, 8] },
        initialisers: [floats("s", [8]), floats("b", [8])],
        nodes: [node("LayerNormalization", inputs, "y")],
      }).network.layers.map(({ op }) => (op.kind === "vector" ? op.parameters : undefined))
    expect(parameters("x s b")).toEqual([16])
    expect(parameters("x s")).toEqual([8])
  })
})

describe("operators of ONNX Runtime", () => {
  const microsoft = { domain: "com.microsoft" }

  it("QLinearAdd broadcasts inputs 0 and 3, which have scales and zero points between them", () => {
    const { outputs, network } = read({
      inputs: { a: [1, 8, 4, 4], b: [8, 1, 1] },
      outputs: { y: [] },
      initialisers: [floats("s", [1])],
      nodes: [node("QLinearAdd", "a s s b s s s s", "y", microsoft)],
    })
    expect(outputs.get("y")).toEqual([1, 8, 4, 4])
    expect(network.layers[0].op).toMatchObject({ function: "add", inputElements: 128 + 8 })
  })

  it("QLinearGlobalAveragePool keeps batch and channels, wherever they are", () => {
    const x = [2, 7, 7, 64]
    const pooled = (channels_last: number) =>
      shapesOf(node("QLinearGlobalAveragePool", "x", "y", { ...microsoft, attributes: { channels_last } }), {
        x,
      })[0]
    expect(pooled(0)).toEqual([2, 7, 1, 1])
    expect(pooled(1)).toEqual([2, 1, 1, 64])
  })

  it("SkipLayerNormalization adds, normalises and gives the sum as output 3", () => {
    const { outputs, network } = read({
      inputs: { x: [1, 16, 8], skip: [1, 16, 8] },
      outputs: { y: [], sum: [] },
      initialisers: [floats("g", [8])],
      nodes: [node("SkipLayerNormalization", "x skip g", "y mean inv sum", microsoft)],
    })
    expect(outputs).toEqual(
      new Map([
        ["y", [1, 16, 8]],
        ["sum", [1, 16, 8]],
      ]),
    )
    expect(network.layers[0].op).toMatchObject({ function: "layernorm", inputElements: 256, parameters: 8 })
  })
})

describe("shape arithmetic", () => {
  it("follows Shape, Gather, Unsqueeze, Concat to Reshape, as PyTorch exports a view", () => {
    const { outputs, network } = read(
      {
        inputs: { x: ["batch", 6, 4, 4] },
        outputs: { y: [] },
        initialisers: [intScalar("zero", 0), ints("axis", [0]), ints("minus", [-1])],
        nodes: [
          node("Shape", "x", "shape"),
          node("Gather", "shape zero", "n"),
          node("Unsqueeze", "n axis", "n1"),
          node("Concat", "n1 minus", "target", { attributes: { axis: 0 } }),
          node("Reshape", "x target", "y"),
        ],
      },
      { batch: 5 },
    )
    expect(outputs.get("y")).toEqual([5, 96])
    expect(network.layers).toEqual([])
  })

  it("divides integers towards zero and casts like C", () => {
    const { outputs } = read({
      inputs: { x: [7, 3] },
      outputs: { y: [] },
      initialisers: [intScalar("two", 2), floats("half", [1], [0.5])],
      nodes: [
        node("Shape", "x", "first", { attributes: { end: 1 } }),
        node("Div", "first two", "three"),
        node("Cast", "first", "real", { attributes: { to: DataType.FLOAT } }),
        node("Mul", "real half", "threeAndHalf"),
        node("Cast", "threeAndHalf", "alsoThree", { attributes: { to: DataType.INT64 } }),
        node("Concat", "three alsoThree", "target", { attributes: { axis: 0 } }),
        node("ConstantOfShape", "target", "y"),
      ],
    })
    expect(outputs.get("y")).toEqual([3, 3])
  })

  it("computes Range, Where, Equal and ReduceProd", () => {
    const { outputs } = read({
      inputs: { x: [2, 3, 4] },
      outputs: { y: [], z: [] },
      initialisers: [intScalar("zero", 0), intScalar("one", 1), ints("minus", [-1, 6, -1]), ints("m", [-1])],
      nodes: [
        node("Shape", "x", "shape"),
        node("ReduceProd", "shape", "count", { attributes: { keepdims: 0 } }),
        node("Range", "zero count one", "y"),
        node("Equal", "minus m", "isMinus"),
        node("Where", "isMinus shape minus", "target"),
        node("Expand", "one target", "z"),
      ],
    })
    expect(outputs.get("y")).toEqual([24])
    expect(outputs.get("z")).toEqual([2, 6, 4])
  })

  it("refuses a Gather beyond the end", () => {
    expect(() =>
      read({
        inputs: { x: [2, 3] },
        initialisers: [ints("i", [2])],
        nodes: [node("Shape", "x", "s"), node("Gather", "s i", "y")],
      }),
    ).toThrow("Gather takes index 2 of dimension 0 of 2.")
  })
})
