/** Nodes of a graph in an order in which every value exists before it is used. */
import type { GraphProto, NodeProto } from "onnx-buf"

/** Names a node uses, those that the bodies of If, Loop and Scan take from outside included. */
const namesUsed = (node: NodeProto): readonly string[] => [
  ...node.input,
  ...node.attribute.flatMap((attribute) =>
    [...(attribute.g === undefined ? [] : [attribute.g]), ...attribute.graphs].flatMap(namesCaptured),
  ),
]

const namesCaptured = (body: GraphProto): readonly string[] => {
  const own = new Set([
    ...body.input.map(({ name }) => name),
    ...body.initializer.map(({ name }) => name),
    ...body.node.flatMap((node) => node.output),
  ])
  const used = [...body.node.flatMap(namesUsed), ...body.output.map(({ name }) => name)]
  return used.filter((name) => !own.has(name))
}

export type ExecutionOrder =
  | { readonly order: readonly number[] }
  /** Indices of nodes that need each other, in order of use. */
  | { readonly cycle: readonly number[] }

/**
 * Indices of `nodes`, each after the nodes whose outputs it uses. A list that is in order already, as the format
 * demands, keeps its order; others are sorted by depth-first search.
 */
export const executionOrder = (nodes: readonly NodeProto[]): ExecutionOrder => {
  const producer = new Map<string, number>()
  for (const [index, node] of nodes.entries()) {
    for (const name of node.output) if (name !== "") producer.set(name, index)
  }
  const needs = nodes.map((node) =>
    namesUsed(node).flatMap((name) => {
      const index = name === "" ? undefined : producer.get(name)
      return index === undefined ? [] : [index]
    }),
  )
  if (needs.every((indices, index) => indices.every((needed) => needed < index)))
    return { order: nodes.map((_, index) => index) }

  const order: number[] = []
  const state = new Uint8Array(nodes.length)
  const waiting = 1
  const done = 2
  for (const root of nodes.keys()) {
    // A stack of its own: a long chain stored backwards would overflow the call stack.
    const path = state[root] === done ? [] : [{ index: root, next: 0 }]
    while (path.length > 0) {
      const top = path[path.length - 1]
      state[top.index] = waiting
      const needed = needs[top.index][top.next]
      top.next += 1
      if (needed === undefined) {
        state[top.index] = done
        order.push(top.index)
        path.pop()
      } else if (state[needed] === waiting) {
        const from = path.findIndex(({ index }) => index === needed)
        return { cycle: path.slice(from).map(({ index }) => index) }
      } else if (state[needed] !== done) {
        path.push({ index: needed, next: 0 })
      }
    }
  }
  return { order }
}
