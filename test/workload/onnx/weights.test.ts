import { create } from "@bufbuild/protobuf"
import fc from "fast-check"
import { SparseTensorProtoSchema, type TensorProto, TensorProtoSchema } from "onnx-buf"
import { describe, expect, it } from "vitest"
import { stridedConstant, transposedConstant } from "../../../src/workload/onnx/constant-layout.ts"
import { literalConstant } from "../../../src/workload/onnx/constant.ts"
import { bfloat16Value, float16Value } from "../../../src/workload/onnx/element-type.ts"
import { networkFromModel } from "../../../src/workload/onnx/network-from-model.ts"
import { rowMajorStrides } from "../../../src/workload/onnx/shape.ts"
import { DataType, floats, ints, intScalar, model, node, raw, read } from "../../arbitraries/onnx.ts"

type Nodes = Parameters<typeof read>[0]["nodes"]

/** Weights of a Gemm x[1×k]·Wᵀ, whose weight "w" comes from the given tensors and nodes. */
const weightsFrom = (initialisers: readonly TensorProto[], nodes: Nodes = [], inFeatures = 2) => {
  const { network } = read({
    inputs: { x: [1, inFeatures] },
    initialisers,
    nodes: [...nodes, node("Gemm", "x w", "y", { name: "fc", attributes: { transB: 1 } })],
  })
  expect(network.layers.map(({ id }) => id)).toEqual(["fc"])
  return Array.from(network.layers[0].weights?.load() ?? [])
}

const bytesOf = (array: ArrayBufferView<ArrayBuffer>) => new Uint8Array(array.buffer)

describe("element types", () => {
  it.each([
    ["float32", DataType.FLOAT, Float32Array.of(1.5, -2)],
    ["float64", DataType.DOUBLE, Float64Array.of(1.5, -2)],
    // 0x3e00 = 1.5 and 0xc000 = −2 in binary16.
    ["float16", DataType.FLOAT16, Uint16Array.of(0x3e00, 0xc000)],
    // 0x3fc0 = 1.5 and 0xc000 = −2 in bfloat16.
    ["bfloat16", DataType.BFLOAT16, Uint16Array.of(0x3fc0, 0xc000)],
  ])("reads %s from raw data", (_, type, data) => {
    expect(weightsFrom([raw("w", [1, 2], type, bytesOf(data))])).toEqual([1.5, -2])
  })

  it.each([
    ["int8", DataType.INT8, Int8Array.of(-128, 127), [-128, 127]],
    ["uint8", DataType.UINT8, Uint8Array.of(200, 1), [200, 1]],
    ["int16", DataType.INT16, Int16Array.of(-300, 300), [-300, 300]],
    ["int32", DataType.INT32, Int32Array.of(-70_000, 5), [-70_000, 5]],
    ["int64", DataType.INT64, BigInt64Array.of(-5n, 7n), [-5, 7]],
    // Low half first: 0x9 = −7, 0x7 = 7.
    ["int4", DataType.INT4, Uint8Array.of(0x79), [-7, 7]],
    ["uint4", DataType.UINT4, Uint8Array.of(0x79), [9, 7]],
  ])("reads %s from raw data", (_, type, data, expected) => {
    expect(weightsFrom([raw("w", [1, 2], type, bytesOf(data))])).toEqual(expected)
  })

  it.each([
    ["float_data", { dataType: DataType.FLOAT, floatData: [1.5, -2] }],
    ["double_data", { dataType: DataType.DOUBLE, doubleData: [1.5, -2] }],
    ["int32_data holding binary16", { dataType: DataType.FLOAT16, int32Data: [0x3e00, 0xc000] }],
    ["int32_data holding bfloat16", { dataType: DataType.BFLOAT16, int32Data: [0x3fc0, 0xc000] }],
  ])("reads %s", (_, data) => {
    expect(weightsFrom([create(TensorProtoSchema, { name: "w", dims: [1n, 2n], ...data })])).toEqual([
      1.5, -2,
    ])
  })

  it("reads signed 8-bit values from int32_data", () => {
    const w = create(TensorProtoSchema, {
      name: "w",
      dims: [1n, 2n],
      dataType: DataType.INT8,
      int32Data: [-3, 4],
    })
    expect(weightsFrom([w])).toEqual([-3, 4])
  })

  it("decodes every finite binary16 to the value whose bits JavaScript's own arithmetic gives back", () => {
    // Subnormal, smallest normal, one, largest, from IEEE 754.
    expect([0x0001, 0x0400, 0x3c00, 0x7bff, 0x8000].map(float16Value)).toEqual([
      2 ** -24,
      2 ** -14,
      1,
      65_504,
      -0,
    ])
    expect(float16Value(0xfc00)).toBe(-Infinity)
    expect(float16Value(0x7e00)).toBeNaN()
  })

  it("decodes bfloat16 as the upper half of a binary32", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (bits) => {
        const float = new Float32Array(Uint32Array.of(bits * 0x1_0000).buffer)[0]
        expect(bfloat16Value(bits)).toBe(float)
      }),
    )
  })

  it.each([
    ["string", DataType.STRING],
    ["float8e4m3fn", DataType.FLOAT8E4M3FN],
    ["complex64", DataType.COMPLEX64],
  ])("refuses %s weights by name", (name, type) => {
    expect(() => weightsFrom([raw("w", [1, 2], type, new Uint8Array(2))])).toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message: `The weights are of type ${name}, which is not read.`,
      }),
    )
  })

  it("densifies sparse initialisers with linear and with coordinate indices", () => {
    const sparse = (indices: TensorProto) => {
      const built = model({
        inputs: { x: [1, 3] },
        nodes: [node("Gemm", "x w", "y", { attributes: { transB: 1 } })],
      })
      built.graph?.sparseInitializer.push(
        create(SparseTensorProtoSchema, { values: floats("w", [2], [5, 7]), indices, dims: [2n, 3n] }),
      )
      const { network } = networkFromModel(built, { file: "test.onnx" })
      return Array.from(network.layers[0].weights?.load() ?? [])
    }
    expect(sparse(ints("", [1, 5]))).toEqual([0, 5, 0, 0, 0, 7])
    const coordinates = raw("", [2, 2], DataType.INT64, bytesOf(BigInt64Array.of(0n, 1n, 1n, 2n)))
    expect(sparse(coordinates)).toEqual([0, 5, 0, 0, 0, 7])
  })
})

describe("weights behind other nodes", () => {
  it.each<[string, Nodes, readonly TensorProto[]]>([
    ["Constant", [node("Constant", "", "w", { attributes: { value: floats("", [2, 2]) } })], []],
    ["Identity", [node("Identity", "v", "w")], [floats("v", [2, 2])]],
    ["Cast", [node("Cast", "v", "w", { attributes: { to: DataType.FLOAT16 } })], [floats("v", [2, 2])]],
    ["Reshape", [node("Reshape", "v s", "w")], [floats("v", [4]), ints("s", [2, 2])]],
    ["Transpose", [node("Transpose", "v", "w")], [floats("v", [2, 2], [0, 2, 1, 3])]],
    [
      "Unsqueeze and Squeeze",
      [node("Unsqueeze", "v a", "u"), node("Squeeze", "u a", "w")],
      [floats("v", [2, 2]), ints("a", [0])],
    ],
    [
      "Slice",
      [node("Slice", "v s e", "w")],
      [floats("v", [3, 2], [9, 9, 0, 1, 2, 3]), ints("s", [1]), ints("e", [3])],
    ],
    [
      "Concat",
      [node("Concat", "a b", "w", { attributes: { axis: 0 } })],
      [floats("a", [1, 2]), floats("b", [1, 2], [2, 3])],
    ],
    [
      "Split",
      [node("Split", "v", "q w", { attributes: { axis: 1 } })],
      [floats("v", [2, 4], [9, 9, 0, 1, 9, 9, 2, 3])],
    ],
    ["Gather", [node("Gather", "v i", "w")], [floats("v", [3, 2], [9, 9, 0, 1, 2, 3]), ints("i", [1, -1])]],
    ["Mul", [node("Mul", "v s", "w")], [floats("v", [2, 2], [0, 0.5, 1, 1.5]), floats("s", [1], [2])]],
    [
      "MatMul of constants",
      [node("MatMul", "v e", "w")],
      [floats("v", [2, 2]), floats("e", [2, 2], [1, 0, 0, 1])],
    ],
  ])("are followed through %s", (_, nodes, tensors) => {
    expect(weightsFrom(tensors, nodes)).toEqual([0, 1, 2, 3])
  })

  it("may be shared, and pruning the copy of one layer leaves the other alone", () => {
    const { network } = read({
      inputs: { x: [1, 2] },
      initialisers: [floats("v", [2, 2])],
      nodes: [
        node("Transpose", "v", "t"),
        node("Transpose", "t", "w"),
        node("Gemm", "x w", "a", { name: "one" }),
        node("Gemm", "a w", "b", { name: "two" }),
      ],
    })
    network.layers[0].weights?.load().fill(0)
    expect(network.layers.map(({ weights }) => Array.from(weights?.load() ?? []))).toEqual([
      [0, 2, 1, 3],
      [0, 2, 1, 3],
    ])
  })

  it("are given up, not computed forever, when a constant is combined with itself over and over", () => {
    const doubled = Array.from({ length: 60 }, (_, i) => node("Add", `v${i} v${i}`, `v${i + 1}`))
    const { network, warnings } = read({
      inputs: { x: [1, 300] },
      initialisers: [floats("v0", [300, 300])],
      nodes: [...doubled, node("MatMul", "x v60", "y", { name: "fc" })],
    })
    expect(network.layers.at(-1)?.op).toMatchObject({ m: 1, n: 300, k: 300 })
    expect(warnings).toEqual([])
  })
})

describe("quantised weights", () => {
  const q = raw("q", [2, 2], DataType.INT8, bytesOf(Int8Array.of(-10, 0, 10, 20)))
  const zero = raw("z", [], DataType.INT8, bytesOf(Int8Array.of(10)))

  it("are (q − zero point) · scale with one scale", () => {
    expect(weightsFrom([q, zero, floats("s", [], [0.5])], [node("DequantizeLinear", "q s z", "w")])).toEqual([
      -10, -5, 0, 5,
    ])
  })

  it("have one scale for each index of the axis", () => {
    const nodes = (axis: number) => [node("DequantizeLinear", "q s", "w", { attributes: { axis } })]
    const scale = floats("s", [2], [1, 10])
    expect(weightsFrom([q, scale], nodes(0))).toEqual([-10, 0, 100, 200])
    expect(weightsFrom([q, scale], nodes(-1))).toEqual([-10, 0, 10, 200])
  })

  it("have one scale for each block", () => {
    const wide = raw("q", [2, 4], DataType.INT8, bytesOf(Int8Array.of(1, 2, 3, 4, 5, 6, 7, 8)))
    const blocks = node("DequantizeLinear", "q s", "w", { attributes: { axis: 1, block_size: 2 } })
    expect(weightsFrom([wide, floats("s", [2, 2], [1, 10, 100, 1000])], [blocks], 4)).toEqual([
      1, 2, 30, 40, 500, 600, 7000, 8000,
    ])
  })

  it("survive QuantizeLinear and DequantizeLinear, as quantisation-aware training exports them", () => {
    const fake = [node("QuantizeLinear", "v s z", "q8"), node("DequantizeLinear", "q8 s z", "w")]
    const z = raw("z", [], DataType.INT8, bytesOf(Int8Array.of(0)))
    // 0.25 and 0.75 are half-way between steps of 0.5 and round to even; 1000 saturates at 127.
    expect(
      weightsFrom([floats("v", [2, 2], [0.25, 0.75, -1, 1000]), floats("s", [], [0.5]), z], fake),
    ).toEqual([0, 1, -1, 63.5])
  })

  it("come out of QLinearConv with one scale for each output channel", () => {
    const w8 = raw("w", [2, 1, 1, 2], DataType.UINT8, bytesOf(Uint8Array.of(128, 129, 130, 126)))
    const point = raw("wz", [], DataType.UINT8, bytesOf(Uint8Array.of(128)))
    const { network } = read({
      inputs: { x: [1, 1, 4, 4] },
      initialisers: [w8, point, floats("ws", [2], [1, 0.5]), floats("s", [], [1])],
      nodes: [node("QLinearConv", "x s wz w ws wz s wz", "y", { name: "conv" })],
    })
    expect(network.layers[0].op).toMatchObject({ kind: "conv2d", outChannels: 2, kernelWidth: 2 })
    expect(Array.from(network.layers[0].weights?.load() ?? [])).toEqual([0, 1, 1, -1])
  })

  it.each([
    ["QLinearMatMul", "x s z q s z s z", [-10, 0, -5, 5]],
    ["MatMulInteger", "x q z z", [-20, 0, -10, 10]],
  ])("come out of %s transposed", (opType, inputs, expected) => {
    const { network } = read({
      inputs: { x: [1, 2] },
      initialisers: [q, zero, floats("s", [], [0.5])],
      nodes: [node(opType, inputs, "y")],
    })
    expect(network.layers[0].op).toEqual({ kind: "linear", rows: 1, inFeatures: 2, outFeatures: 2 })
    expect(Array.from(network.layers[0].weights?.load() ?? [])).toEqual(expected)
  })

  it("refuse a number of scales that fits nothing", () => {
    expect(() => weightsFrom([q, floats("s", [3])], [node("DequantizeLinear", "q s", "w")])).toThrow(
      "A quantised tensor of shape 2×2 has 3 scales or zero points; expected 1 or 2.",
    )
  })
})

describe("constants under other layouts", () => {
  const shape = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })

  it("a transpose moves element [i…] to its permuted index", () => {
    fc.assert(
      fc.property(
        shape.chain((dims) =>
          fc.tuple(fc.constant(dims), fc.shuffledSubarray([...dims.keys()], { minLength: dims.length })),
        ),
        ([dims, permutation]) => {
          const count = dims.reduce((product, dim) => product * dim, 1)
          const source = literalConstant(
            "float32",
            dims,
            Float32Array.from({ length: count }, (_, i) => i),
          )
          const result = transposedConstant(source, permutation)
          const from = rowMajorStrides(dims)
          const to = rowMajorStrides(result?.shape ?? [])
          for (const [position, value] of (result?.load() ?? new Float32Array()).entries()) {
            const expected = permutation.reduce(
              (sum, axis, i) => sum + (Math.floor(position / to[i]) % dims[axis]) * from[axis],
              0,
            )
            expect(value).toBe(expected)
          }
        },
      ),
    )
  })

  it("reading with the tensor's own steps gives the tensor back", () => {
    fc.assert(
      fc.property(shape, (dims) => {
        const count = dims.reduce((product, dim) => product * dim, 1)
        const elements = Float32Array.from({ length: count }, (_, i) => i * 3)
        const source = literalConstant("float32", dims, elements)
        expect(stridedConstant(source, dims, rowMajorStrides(dims), 0)?.load()).toEqual(elements)
      }),
    )
  })

  it("a scalar has one element under every rank", () => {
    const { outputs } = read({
      inputs: { x: [4] },
      outputs: { y: [] },
      initialisers: [intScalar("n", 3), ints("axis", [0])],
      nodes: [node("Unsqueeze", "n axis", "shape"), node("ConstantOfShape", "shape", "y")],
    })
    expect(outputs.get("y")).toEqual([3])
  })
})
