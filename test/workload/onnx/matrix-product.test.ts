import { describe, expect, it } from "vitest"
import { forwardMacs } from "../../../dataflows/operator.ts"
import { floats, layerCalled, node, type NodeOptions, read } from "../../arbitraries/onnx.ts"

/** Layers and output shape of one product; operands named w, w1, … are stored, others are inputs. */
const product = (
  opType: string,
  operands: Readonly<Record<string, readonly number[]>>,
  attributes: NodeOptions["attributes"] = {},
) => {
  const stored = Object.entries(operands).filter(([name]) => name.startsWith("w"))
  const { network, outputs } = read({
    inputs: Object.fromEntries(Object.entries(operands).filter(([name]) => !name.startsWith("w"))),
    outputs: { y: [] },
    initialisers: stored.map(([name, dims]) => floats(name, dims)),
    nodes: [node(opType, Object.keys(operands).join(" "), "y", { name: "p", attributes })],
  })
  return {
    layers: network.layers,
    op: network.layers[0].op,
    weights: network.layers[0].weights,
    shape: outputs.get("y"),
  }
}

describe("Gemm", () => {
  it.each([
    { transB: 0, w: [3, 2], expected: [0, 2, 4, 1, 3, 5] },
    { transB: 1, w: [2, 3], expected: [0, 1, 2, 3, 4, 5] },
  ])("gives weights as [out, in] with transB = $transB", ({ transB, w, expected }) => {
    const { op, weights, shape } = product("Gemm", { x: [4, 3], w }, { transB })
    expect(op).toEqual({ kind: "linear", rows: 4, inFeatures: 3, outFeatures: 2 })
    expect(weights?.shape).toEqual([2, 3])
    expect(Array.from(weights?.load() ?? [])).toEqual(expected)
    expect(shape).toEqual([4, 2])
  })

  it("takes rows from the second dimension with transA", () => {
    expect(product("Gemm", { x: [3, 4], w: [3, 2] }, { transA: 1 }).op).toMatchObject({
      rows: 4,
      inFeatures: 3,
    })
  })

  it("is a Linear too when the left operand is the stored one", () => {
    const { op, weights, shape } = product("Gemm", { w: [2, 3], x: [3, 5] })
    expect(op).toEqual({ kind: "linear", rows: 5, inFeatures: 3, outFeatures: 2 })
    expect(Array.from(weights?.load() ?? [])).toEqual([0, 1, 2, 3, 4, 5])
    expect(shape).toEqual([2, 5])
  })

  it("is a MatMul when both operands are computed, with C as an addition", () => {
    const { layers } = product("Gemm", { a: [4, 3], b: [3, 2], c: [4, 2] })
    expect(layers.map(({ id, op }) => [id, op.kind])).toEqual([
      ["p", "matmul"],
      ["p/add", "vector"],
    ])
  })

  it("refuses inner sizes that differ", () => {
    expect(() => product("Gemm", { x: [4, 3], w: [5, 2] })).toThrow(
      "Gemm multiplies 4×3 by 5×2 (A is 4×3, B is 5×2): the inner sizes differ.",
    )
  })
})

describe("MatMul", () => {
  it("is a Linear over all rows when the right operand is one stored matrix", () => {
    const { op, weights, shape } = product("MatMul", { x: [2, 5, 3], w: [3, 2] })
    expect(op).toEqual({ kind: "linear", rows: 10, inFeatures: 3, outFeatures: 2 })
    expect(Array.from(weights?.load() ?? [])).toEqual([0, 2, 4, 1, 3, 5])
    expect(shape).toEqual([2, 5, 2])
  })

  it("is a Linear over all columns when the left operand is one stored matrix", () => {
    const { op, weights } = product("MatMul", { w: [2, 3], x: [4, 3, 5] })
    expect(op).toEqual({ kind: "linear", rows: 20, inFeatures: 3, outFeatures: 2 })
    expect(weights?.shape).toEqual([2, 3])
  })

  it("is one Linear for each matrix of a stored stack, each with its own weights", () => {
    const { layers, shape } = product("MatMul", { x: [4, 3, 5, 2], w: [3, 2, 1] })
    expect(shape).toEqual([4, 3, 5, 1])
    expect(layers.map(({ id }) => id)).toEqual(["p/0", "p/1", "p/2"])
    expect(layers[1].op).toEqual({ kind: "linear", rows: 20, inFeatures: 2, outFeatures: 1 })
    expect(Array.from(layers[1].weights?.load() ?? [])).toEqual([2, 3])
  })

  it("is one product for each head when both operands are computed", () => {
    const { op, shape } = product("MatMul", { q: [2, 8, 40, 15], k: [2, 8, 15, 40] })
    expect(op).toEqual({ kind: "matmul", count: 16, m: 40, n: 40, k: 15 })
    expect(shape).toEqual([2, 8, 40, 40])
  })

  it("is one product over all rows when the whole stack shares the right operand", () => {
    const { op } = product("MatMul", { a: [2, 8, 40, 15], b: [15, 6] })
    expect(op).toEqual({ kind: "matmul", count: 1, m: 640, n: 6, k: 15 })
  })

  it("broadcasts leading dimensions", () => {
    const { op, shape } = product("MatMul", { a: [5, 1, 2, 3], b: [4, 3, 6] })
    expect(shape).toEqual([5, 4, 2, 6])
    expect(forwardMacs(op)).toBe(5 * 4 * 2 * 3 * 6)
  })

  it("treats vectors as one row or one column and drops that dimension", () => {
    expect(product("MatMul", { x: [3], w: [3, 2] }).shape).toEqual([2])
    expect(product("MatMul", { x: [4, 3], w: [3] }).shape).toEqual([4])
    expect(product("MatMul", { a: [3], b: [3] }).shape).toEqual([])
  })

  it.each([
    [{ x: [4, 3], w: [5, 2] }, "the inner sizes 3 and 5 differ"],
    [{ a: [2, 4, 3], b: [5, 3, 2] }, "the leading dimensions do not broadcast"],
  ])("refuses %j: %s", (operands, reason) => {
    expect(() => product("MatMul", operands)).toThrow(reason)
  })

  it("refuses a dimension of 0", () => {
    expect(() => product("MatMul", { x: [4, 3], w: [3, 0] })).toThrow("a dimension is 0, nothing to compute")
  })
})

describe("Einsum", () => {
  it("is attention's scores when both operands share batch and heads", () => {
    const { op, shape } = product(
      "Einsum",
      { q: [2, 8, 40, 15], k: [2, 8, 50, 15] },
      { equation: "bhid,bhjd->bhij" },
    )
    expect(op).toEqual({ kind: "matmul", count: 16, m: 40, n: 50, k: 15 })
    expect(shape).toEqual([2, 8, 40, 50])
  })

  it("is a Linear with weights as [out, in] when one operand is stored", () => {
    const { op, weights, shape } = product(
      "Einsum",
      { x: [5, 3], w: [3, 2, 2] },
      { equation: "bk, kho -> bho" },
    )
    expect(op).toEqual({ kind: "linear", rows: 5, inFeatures: 3, outFeatures: 4 })
    expect(shape).toEqual([5, 2, 2])
    expect(Array.from(weights?.load() ?? [])).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
  })
})

describe("Attention", () => {
  it("is two products for each query head, with cached keys", () => {
    const { network, outputs } = read({
      inputs: { q: [1, 6, 32], k: [1, 6, 16], v: [1, 6, 16], pk: [1, 2, 10, 8], pv: [1, 2, 10, 8] },
      outputs: { y: [], keys: [] },
      nodes: [
        node("Attention", "q k v _ pk pv", "y keys values", {
          name: "a",
          attributes: { q_num_heads: 4, kv_num_heads: 2 },
        }),
      ],
    })
    expect(outputs.get("y")).toEqual([1, 6, 32])
    expect(outputs.get("keys")).toEqual([1, 2, 16, 8])
    expect(layerCalled(network.layers, "a/scores").op).toEqual({
      kind: "matmul",
      count: 4,
      m: 6,
      n: 16,
      k: 8,
    })
    expect(layerCalled(network.layers, "a/values").op).toEqual({
      kind: "matmul",
      count: 4,
      m: 6,
      n: 8,
      k: 16,
    })
  })
})

describe("LSTM and GRU", () => {
  const recurrent = (opType: string, gates: number, directions: number, layout: 0 | 1) => {
    const [steps, batch, size, hidden] = [5, 2, 3, 4]
    return read({
      inputs: { x: layout === 0 ? [steps, batch, size] : [batch, steps, size] },
      outputs: { y: [], h: [] },
      initialisers: [
        floats("w", [directions, gates * hidden, size]),
        floats("r", [directions, gates * hidden, hidden]),
      ],
      nodes: [
        node(opType, "x w r", "y h", {
          name: "n",
          attributes: {
            hidden_size: hidden,
            layout,
            direction: directions === 2 ? "bidirectional" : "forward",
          },
        }),
      ],
    })
  }

  it("projects the input of all steps at once and runs the recurrence step by step", () => {
    const { network, outputs } = recurrent("LSTM", 4, 1, 0)
    expect(outputs.get("y")).toEqual([5, 1, 2, 4])
    expect(outputs.get("h")).toEqual([1, 2, 4])
    expect(network.layers.map(({ id }) => id)).toEqual([
      "n/input",
      ...[0, 1, 2, 3, 4].map((step) => `n/step${step}`),
      "n/gates",
    ])
    expect(network.layers[0].op).toEqual({ kind: "linear", rows: 10, inFeatures: 3, outFeatures: 16 })
    expect(network.layers[1].op).toEqual({ kind: "linear", rows: 2, inFeatures: 4, outFeatures: 16 })
  })

  it("gives each direction its own weights", () => {
    const { network, outputs } = recurrent("GRU", 3, 2, 1)
    expect(outputs.get("y")).toEqual([2, 5, 2, 4])
    const reverse = layerCalled(network.layers, "n/reverse/step4").weights
    expect(reverse?.shape).toEqual([12, 4])
    expect(reverse?.load()[0]).toBe(48)
  })

  it("refuses weights that do not fit the input", () => {
    expect(() =>
      read({
        inputs: { x: [5, 2, 7] },
        initialisers: [floats("w", [1, 16, 3]), floats("r", [1, 16, 4])],
        nodes: [node("LSTM", "x w r", "y")],
      }),
    ).toThrow("LSTM with an input of 5×2×7 needs W of shape 1×16×7, found 1×16×3.")
  })
})
