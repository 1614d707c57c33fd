/** What a graph says about its values outside of its nodes: initialisers and declared shapes. */
import type { GraphProto, ValueInfoProto } from "onnx-buf"
import { dimensionsOf, sizeOfSymbol } from "./dimensions.ts"
import { quoted, type Reading, sourceAt } from "./reading.ts"
import type { Shape } from "./shape.ts"
import { constantFromSparseTensor, constantFromTensor } from "./tensor-proto.ts"
import { constantValue, type Value } from "./value.ts"

/** Initialisers of a graph, dense and sparse, by name. */
export const readInitialisers = (reading: Reading, graph: GraphProto, path: string): Map<string, Value> => {
  const values = new Map<string, Value>()
  for (const [index, tensor] of graph.initializer.entries()) {
    const source = sourceAt(reading, `${path}.initializer[${index}]${quoted(tensor.name)}`)
    values.set(tensor.name, constantValue(constantFromTensor(tensor, source)))
  }
  for (const [index, sparse] of graph.sparseInitializer.entries()) {
    const name = sparse.values?.name ?? ""
    const source = sourceAt(reading, `${path}.sparse_initializer[${index}]${quoted(name)}`)
    values.set(name, constantValue(constantFromSparseTensor(sparse, source)))
  }
  return values
}

/** Shapes the file declares for values inside the graph, where every dimension has a size. */
export const declaredShapes = (
  reading: Reading,
  infos: readonly ValueInfoProto[],
): ReadonlyMap<string, Shape> => {
  const shapes = new Map<string, Shape>()
  for (const info of infos) {
    const dims = dimensionsOf(info)?.map((dim) =>
      typeof dim === "string" ? sizeOfSymbol(dim, reading.symbols) : dim,
    )
    if (dims?.every((dim) => dim !== undefined)) shapes.set(info.name, dims)
  }
  return shapes
}
