import { describe, expect, it } from "vitest"
import { forwardMacs } from "../../../dataflows/operator.ts"
import {
  DataType,
  floats,
  graph,
  ints,
  intScalar,
  node,
  raw,
  read,
  withReference,
} from "../../arbitraries/onnx.ts"

const boolean = (name: string, value: 0 | 1) => raw(name, [], DataType.BOOL, Uint8Array.of(value))

describe("If", () => {
  const branch = (name: string, width: number) =>
    graph({
      outputs: { [name]: [] },
      initialisers: [floats(`w_${name}`, [4, width])],
      nodes: [node("MatMul", `x w_${name}`, name, { name: `mm_${name}` })],
    })
  const choose = (condition: 0 | 1 | undefined) =>
    read({
      inputs: { x: [1, 4], ...(condition === undefined ? { c: [] } : {}) },
      outputs: { y: [] },
      initialisers: condition === undefined ? [] : [boolean("c", condition)],
      nodes: [
        node("If", "c", "y", {
          name: "if",
          attributes: { then_branch: branch("t", 2), else_branch: branch("e", 8) },
        }),
      ],
    })

  it.each([
    [1, "if/mm_t", 2],
    [0, "if/mm_e", 8],
  ] as const)("with constant condition %i takes that branch", (condition, id, width) => {
    const { network, outputs, warnings } = choose(condition)
    expect(network.layers.map((layer) => layer.id)).toEqual([id])
    expect(outputs.get("y")).toEqual([1, width])
    expect(warnings.some((warning) => warning.includes("run-time"))).toBe(false)
  })

  it("with a condition only known at run time takes the larger branch and says so", () => {
    const { network, warnings } = choose(undefined)
    expect(network.layers.map((layer) => layer.id)).toEqual(["if/mm_e"])
    expect(warnings.join()).toContain("the branch with more multiplications is counted")
  })
})

describe("Loop", () => {
  /** x ← x·W each iteration; the iteration number and x are stacked up. */
  const body = graph({
    inputs: { i: [], go: [], h: [1, 4] },
    outputs: { go: [], next: [], stacked: [] },
    nodes: [node("MatMul", "h w", "next", { name: "mm" }), node("Identity", "next", "stacked")],
  })
  const run = (trips: number | undefined) =>
    read({
      inputs: { x: [1, 4], ...(trips === undefined ? { m: [] } : {}) },
      outputs: { y: [], all: [] },
      initialisers: [
        floats("w", [4, 4]),
        boolean("go0", 1),
        ...(trips === undefined ? [] : [intScalar("m", trips)]),
      ],
      nodes: [node("Loop", "m go0 x", "y all", { name: "loop", attributes: { body } })],
    })

  it("counts its body once for each trip", () => {
    const { network, outputs } = run(3)
    expect(network.layers.map((layer) => layer.id)).toEqual(["loop/0/mm", "loop/1/mm", "loop/2/mm"])
    expect(outputs.get("y")).toEqual([1, 4])
    expect(outputs.get("all")).toEqual([3, 1, 4])
  })

  it("counts its body once, with a warning, when the trip count is only known at run time", () => {
    const { network, outputs, warnings } = run(undefined)
    expect(network.layers).toHaveLength(1)
    expect(outputs.get("y")).toEqual([1, 4])
    expect(outputs.get("all")).toBeUndefined()
    expect(warnings.join()).toContain("its body is counted once")
  })

  it("passes on shapes that grow", () => {
    const growing = graph({
      inputs: { i: [], go: [], h: [1, 4] },
      outputs: { go: [], next: [] },
      nodes: [node("Concat", "h x", "next", { attributes: { axis: 0 } })],
    })
    const { outputs } = read({
      inputs: { x: [1, 4] },
      outputs: { y: [] },
      initialisers: [intScalar("m", 5), boolean("go0", 1)],
      nodes: [node("Loop", "m go0 x", "y", { attributes: { body: growing } })],
    })
    expect(outputs.get("y")).toEqual([6, 4])
  })

  it("refuses more iterations than can be read one by one", () => {
    expect(() => run(1e9)).toThrow(
      expect.objectContaining({
        _tag: "UnsupportedError",
        place: { file: "test.onnx", path: 'graph.node[0] "loop"' },
      }),
    )
  })
})

describe("Scan", () => {
  it("takes its input apart and stacks its output up, each along its axis", () => {
    const body = graph({
      inputs: { h: [2, 4], xt: [2, 3] },
      outputs: { next: [], yt: [] },
      nodes: [
        node("MatMul", "xt w", "p", { name: "in" }),
        node("Add", "p h", "next"),
        node("Identity", "next", "yt"),
      ],
    })
    const { network, outputs } = read({
      inputs: { h0: [2, 4], x: [2, 5, 3] },
      outputs: { h: [], y: [] },
      initialisers: [floats("w", [3, 4])],
      nodes: [
        node("Scan", "h0 x", "h y", {
          name: "s",
          attributes: { body, num_scan_inputs: 1, scan_input_axes: [1], scan_output_axes: [1] },
        }),
      ],
    })
    expect(outputs.get("y")).toEqual([2, 5, 4])
    expect(outputs.get("h")).toEqual([2, 4])
    expect(network.layers.filter(({ op }) => op.kind === "linear").map(({ id }) => id)).toEqual([
      "s/0/in",
      "s/1/in",
      "s/2/in",
      "s/3/in",
      "s/4/in",
    ])
  })
})

describe("functions of the model", () => {
  it("are read in place, with the caller's attributes", () => {
    const { network, outputs } = read({
      inputs: { x: [1, 8, 4] },
      outputs: { y: [] },
      initialisers: [floats("w", [4, 2])],
      functions: [
        {
          name: "Project",
          domain: "local",
          input: ["a", "b"],
          output: ["c"],
          attribute: ["where"],
          node: [
            node("MatMul", "a b", "m", { name: "mm" }),
            withReference(node("Concat", "m m", "c"), "axis", "where"),
          ],
        },
      ],
      nodes: [node("Project", "x w", "y", { name: "p", domain: "local", attributes: { where: 1 } })],
    })
    expect(network.layers.map(({ id }) => id)).toEqual(["p/mm"])
    expect(outputs.get("y")).toEqual([1, 16, 2])
  })

  it("that call themselves are refused", () => {
    expect(() =>
      read({
        inputs: { x: [1] },
        functions: [
          {
            name: "F",
            domain: "local",
            input: ["a"],
            output: ["b"],
            node: [node("F", "a", "b", { domain: "local" })],
          },
        ],
        nodes: [node("F", "x", "y", { domain: "local" })],
      }),
    ).toThrow(expect.objectContaining({ _tag: "UnsupportedError" }))
  })
})

describe("operators that are not modelled", () => {
  const custom = node("Magic", "x", "m", { name: "magic", domain: "com.example" })
  const product = node("MatMul", "m w", "y", { name: "fc" })
  const initialisers = [floats("w", [4, 2])]

  it("are skipped with a warning when no product needs their output", () => {
    const { network, outputs, warnings } = read({
      inputs: { x: [1, 4] },
      outputs: { z: [] },
      nodes: [custom, node("Relu", "m", "z")],
    })
    expect(network.layers).toEqual([])
    expect(outputs.get("z")).toBeUndefined()
    expect(warnings).toEqual([
      'custom operator com.example.Magic is skipped: its work is not counted (graph.node[0] "magic")',
    ])
  })

  it("are an error that names them when a product needs their output, however far behind", () => {
    const nodes = [custom, node("Relu", "m", "r"), node("MatMul", "r w", "y", { name: "fc" })]
    expect(() => read({ inputs: { x: [1, 4] }, initialisers, nodes })).toThrow(
      expect.objectContaining({
        _tag: "WorkloadError",
        message:
          'The MatMul fc needs the shapes of its inputs, but graph.node[0] "magic" (com.example.Magic) is not modelled.',
        place: { file: "test.onnx", path: 'graph.node[2] "fc"' },
        remedy: expect.stringContaining("Declare the shape of its output"),
      }),
    )
  })

  it("are bridged by a shape that the file declares", () => {
    const { network } = read({
      inputs: { x: ["N", 4] },
      declared: { m: ["N", 4] },
      initialisers,
      nodes: [custom, product],
    })
    expect(network.layers.map(({ op }) => forwardMacs(op))).toEqual([8])
  })

  it("are bridged by a Reshape to a fixed shape", () => {
    const { network } = read({
      inputs: { x: [1, 4] },
      initialisers: [...initialisers, ints("s", [3, 4])],
      nodes: [custom, node("Reshape", "m s", "r"), node("MatMul", "r w", "y")],
    })
    expect(network.layers[0].op).toMatchObject({ rows: 3 })
  })

  it("warn once for each kind of operator", () => {
    const { warnings } = read({
      inputs: { x: [1, 4] },
      nodes: [custom, node("Magic", "m", "n", { domain: "com.example" }), node("Nonsense", "x", "o")],
    })
    expect(warnings).toEqual([
      'custom operator com.example.Magic is skipped: its work is not counted (graph.node[0] "magic" and 1 more)',
      "operator Nonsense is not modelled: its work is not counted (graph.node[2])",
    ])
  })

  it("a shape that depends on data names the node that makes it so", () => {
    expect(() =>
      read({
        inputs: { x: [1, 4] },
        initialisers,
        nodes: [
          node("NonZero", "x", "i", { name: "nz" }),
          node("Transpose", "i", "t"),
          node("MatMul", "t w", "y"),
        ],
      }),
    ).toThrow('graph.node[0] "nz" (NonZero) gives as many indices as there are non-zeros')
  })
})

describe("order of nodes", () => {
  it("does not matter", () => {
    const { network } = read({
      inputs: { x: [1, 4] },
      initialisers: [floats("w", [4, 4])],
      nodes: [
        node("MatMul", "b w", "c", { name: "third" }),
        node("MatMul", "a w", "b", { name: "second" }),
        node("MatMul", "x w", "a", { name: "first" }),
      ],
    })
    expect(network.layers.map(({ id }) => id)).toEqual(["first", "second", "third"])
  })

  it("of a chain of 20000 nodes stored backwards is found without overflowing the stack", () => {
    const nodes = Array.from({ length: 20_000 }, (_, i) => node("Relu", i === 0 ? "x" : `v${i - 1}`, `v${i}`))
    const { network } = read({ inputs: { x: [1] }, nodes: nodes.reverse() })
    expect(network.layers).toHaveLength(20_000)
  })

  it("with a cycle is an error that names the nodes on it", () => {
    expect(() =>
      read({
        inputs: { x: [1] },
        nodes: [
          node("Add", "x c", "a", { name: "one" }),
          node("Relu", "a", "b", { name: "two" }),
          node("Relu", "b", "c", { name: "three" }),
        ],
      }),
    ).toThrow("The graph has a cycle: one needs three needs two needs one.")
  })
})

describe("ids of layers", () => {
  it("are node names, made unique, or the operator and the node's index", () => {
    const names = ["act#2", "act", "act", "act", "act#2", ""]
    const { network } = read({
      inputs: { v0: [1] },
      nodes: names.map((name, i) => node("Relu", `v${i}`, `v${i + 1}`, { name })),
    })
    expect(network.layers.map(({ id }) => id)).toEqual([
      "act#2",
      "act",
      "act#3",
      "act#4",
      "act#2#2",
      "Relu_5",
    ])
  })
})
