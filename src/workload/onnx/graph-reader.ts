/** Walks a graph in execution order, carrying what is known of every value, and collects the layers. */
import type { AttributeProto, FunctionProto, GraphProto, NodeProto } from "onnx-buf"
import { UnsupportedError } from "../../../arch/errors.ts"
import { executionOrder } from "./execution-order.ts"
import type { Inferred, LayerDraft, OnnxNode } from "./node.ts"
import { errorAt, quoted, type Reading, sourceAt } from "./reading.ts"
import { isStandardDomain, ruleOf } from "./rules.ts"
import { elementsIn, formatShape, type Shape } from "./shape.ts"
import { declaredShapes, readInitialisers } from "./stored-values.ts"
import { known, NotFixedByFile, unknownValue, type Value } from "./value.ts"

/** Where a list of nodes stands: in the main graph, in a body, in a function. */
interface Place {
  /** `graph` or `graph.node[3] "loop".body`. */
  readonly path: string
  /** Goes before the ids of layers. */
  readonly prefix: string
  /** Values of the graphs around this one. */
  readonly outer: (name: string) => Value | undefined
  /** Bodies and functions inside each other; bounded, since functions could call themselves. */
  readonly depth: number
  /** What attributes of a function refer to; undefined outside functions. */
  readonly arguments?: ReadonlyMap<string, AttributeProto>
}

/** Deepest nesting of bodies and functions. */
const mostDepth = 32

/** Every shape a rule gives must be one; anything else is a fault of the file that the rule did not foresee. */
const checkOutputs = (node: OnnxNode, outputs: readonly Value[]) => {
  for (const { shape } of outputs) {
    if (shape === undefined) continue
    if (
      !shape.every((dim) => Number.isSafeInteger(dim) && dim >= 0) ||
      !Number.isSafeInteger(elementsIn(shape))
    )
      throw node.fail(
        `${node.opType} would give an output of shape ${formatShape(shape)}, which is not a shape.`,
      )
  }
}

const isEveryInputConstant = (node: OnnxNode): boolean => {
  const given = node.inputs.filter((value) => value !== undefined)
  return given.length > 0 && given.every((value) => value.shape !== undefined && value.constant !== undefined)
}

const unknownOutputs = (proto: NodeProto, because: string, remedy: string): Inferred => ({
  outputs: proto.output.map(() => unknownValue(because, remedy)),
})

const declareRemedy =
  "Declare the shape of its output in the file (run ONNX shape inference, or add a value_info entry), or export the model with standard operators."

/** Applies the rule of one node, the function it calls, or the fallback for operators nobody knows. */
const inferNode = (reading: Reading, place: Place, proto: NodeProto, node: OnnxNode): Inferred => {
  const called = reading.functions.get(`${proto.domain}:${proto.opType}`)
  if (called !== undefined) return readFunction(reading, place, node, called)

  const entry = ruleOf(proto.domain, proto.opType)
  if (entry === undefined) {
    const name = isStandardDomain(proto.domain) ? proto.opType : `${proto.domain}.${proto.opType}`
    reading.warnings.add(
      isStandardDomain(proto.domain)
        ? `operator ${name} is not modelled: its work is not counted`
        : `custom operator ${name} is skipped: its work is not counted`,
      node.path,
    )
    return unknownOutputs(proto, `${node.path} (${name}) is not modelled`, declareRemedy)
  }
  try {
    const inferred = entry.rule(node)
    checkOutputs(node, inferred.outputs)
    // Computed once from stored values, before inference starts. Control flow reads values besides its inputs.
    return entry.kind === "other" && isEveryInputConstant(node) ? { outputs: inferred.outputs } : inferred
  } catch (error) {
    if (!(error instanceof NotFixedByFile)) throw error
    if (entry.kind === "multiplies")
      throw node.fail(
        `The ${proto.opType} ${node.id} needs the shapes of its inputs, but ${error.because}.`,
        error.remedy,
      )
    return unknownOutputs(proto, error.because, error.remedy)
  }
}

const readFunction = (reading: Reading, place: Place, node: OnnxNode, called: FunctionProto): Inferred => {
  const defaults = called.attributeProto.map((attribute) => [attribute.name, attribute] as const)
  const inner: Place = {
    path: `${node.path}.${called.name}`,
    prefix: `${node.id}/`,
    // A function sees its inputs only, not the graph that calls it.
    outer: () => undefined,
    depth: place.depth + 1,
    arguments: new Map([...defaults, ...node.attributes]),
  }
  const values = new Map<string, Value>()
  for (const [i, name] of called.input.entries())
    values.set(name, node.inputs[i] ?? unknownValue(`input "${name}" is left out`, "Give the input."))
  const opsets = new Map([
    ...reading.opsets,
    ...called.opsetImport.map(({ domain, version }) => [standardName(domain), Number(version)] as const),
  ])
  const layers = readNodes(
    { ...reading, opsets },
    inner,
    called.node,
    values,
    declaredShapes(reading, called.valueInfo),
  )
  return { outputs: called.output.map((name) => outputOf(reading, inner, name, values)), layers }
}

const standardName = (domain: string): string => (isStandardDomain(domain) ? "" : domain)

/** Versions of the operator sets by domain. */
export const opsetVersions = (
  imports: readonly { readonly domain: string; readonly version: bigint }[],
): ReadonlyMap<string, number> =>
  new Map(imports.map(({ domain, version }) => [standardName(domain), Number(version)]))

/** A domain that the model does not import is read as its newest operator set. */
const newestOpset = 25

export const outputOf = (
  reading: Reading,
  place: Place,
  name: string,
  values: ReadonlyMap<string, Value>,
): Value => {
  const value = values.get(name) ?? place.outer(name)
  if (value === undefined)
    throw errorAt(reading.file, place.path)(
      `Output "${name}" of ${place.path} is not the output of any node.`,
      "Export the model again.",
    )
  return value
}

/** Attributes by name; inside a function, references to its arguments are replaced by what the caller gave. */
const attributesOf = (proto: NodeProto, place: Place): ReadonlyMap<string, AttributeProto> => {
  const attributes = new Map<string, AttributeProto>()
  for (const attribute of proto.attribute) {
    const actual = attribute.refAttrName === "" ? attribute : place.arguments?.get(attribute.refAttrName)
    if (actual !== undefined) attributes.set(attribute.name, actual)
  }
  return attributes
}

/** Reads nodes in execution order; adds their outputs to `values` and returns their layers. */
export const readNodes = (
  reading: Reading,
  place: Place,
  nodes: readonly NodeProto[],
  values: Map<string, Value>,
  declared: ReadonlyMap<string, Shape>,
): readonly LayerDraft[] => {
  const pathOf = (index: number) => `${place.path}.node[${index}]${quoted(nodes[index].name)}`
  if (place.depth > mostDepth)
    throw new UnsupportedError({
      message: `Functions and bodies are nested more than ${mostDepth} deep, or call themselves.`,
      place: { file: reading.file, path: place.path },
    })
  const sorted = executionOrder(nodes)
  if ("cycle" in sorted) {
    const [first] = sorted.cycle
    throw errorAt(reading.file, pathOf(first))(
      `The graph has a cycle: ${[...sorted.cycle, first].map((index) => nodes[index].name || `${nodes[index].opType} ${index}`).join(" needs ")}.`,
      "Export the model again; loops must be Loop or Scan nodes.",
    )
  }
  const layers: LayerDraft[] = []
  for (const index of sorted.order) {
    const proto = nodes[index]
    const path = pathOf(index)
    const fail = errorAt(reading.file, path)
    reading.budget.nodes -= 1
    if (reading.budget.nodes < 0)
      throw new UnsupportedError({
        message: "The loops of the model run too many nodes to read them one by one.",
        place: { file: reading.file, path },
        remedy: "Give a smaller input with --input-shape.",
      })
    const inputs = proto.input.map((name) => {
      if (name === "") return undefined
      const value = values.get(name) ?? place.outer(name)
      if (value === undefined)
        throw fail(
          `Input "${name}" of the ${proto.opType || "node"} is neither an initialiser, nor a graph input, nor the output of a node.`,
          "The file is damaged or its weights were not saved with it; export the model again.",
        )
      return value
    })
    const id = `${place.prefix}${proto.name || `${proto.opType}_${index}`}`
    const node: OnnxNode = {
      id,
      path,
      opType: proto.opType,
      opset: reading.opsets.get(standardName(proto.domain)) ?? newestOpset,
      inputs,
      inputNames: proto.input,
      outputNames: proto.output,
      attributes: attributesOf(proto, place),
      fail,
      unsupported: (message, remedy) =>
        new UnsupportedError({ message, place: { file: reading.file, path }, remedy }),
      warn: (message) => reading.warnings.add(message, path),
      tensorSource: (where) => sourceAt(reading, `${path}${where}`),
      readBody: (body, where, given, prefix) =>
        readGraph(
          reading,
          {
            path: `${path}${where}`,
            prefix,
            outer: (name) => values.get(name) ?? place.outer(name),
            depth: place.depth + 1,
            ...(place.arguments === undefined ? {} : { arguments: place.arguments }),
          },
          body,
          given,
        ),
    }
    const inferred = inferNode(reading, place, proto, node)
    for (const layer of inferred.layers ?? []) layers.push(layer)
    for (const [i, name] of proto.output.entries()) {
      if (name === "") continue
      if (values.has(name))
        throw fail(
          `Output "${name}" of the ${proto.opType} already has a value; every name may be given once.`,
          "Export the model again.",
        )
      const value =
        inferred.outputs[i] ??
        unknownValue(`${path} (${proto.opType}) has no output ${i} that is modelled`, declareRemedy)
      const declaredShape = declared.get(name)
      values.set(
        name,
        value.shape === undefined && declaredShape !== undefined ? known(declaredShape) : value,
      )
    }
  }
  return layers
}

/** Reads a body with its inputs bound in order. */
const readGraph = (reading: Reading, place: Place, graph: GraphProto, inputs: readonly Value[]): Inferred => {
  const values = readInitialisers(reading, graph, place.path)
  if (graph.input.length !== inputs.length)
    throw errorAt(
      reading.file,
      place.path,
    )(`The body takes ${graph.input.length} inputs, but ${inputs.length} are given.`)
  for (const [i, { name }] of graph.input.entries()) values.set(name, inputs[i])
  const layers = readNodes(reading, place, graph.node, values, declaredShapes(reading, graph.valueInfo))
  return { outputs: graph.output.map(({ name }) => outputOf(reading, place, name, values)), layers }
}
