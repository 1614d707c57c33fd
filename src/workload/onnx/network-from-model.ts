/** An ONNX model as a network: shapes propagated, every multiplying node a layer. No files, no protobuf decoding. */
import type { ModelProto } from "onnx-buf"
import type { Layer, Network } from "../../../dataflows/network.ts"
import { dimensionsOf } from "./dimensions.ts"
import { noExternalData } from "./external-data.ts"
import { type InputOptions, resolveGraphInputs } from "./graph-inputs.ts"
import { opsetVersions, outputOf, readNodes } from "./graph-reader.ts"
import type { LayerDraft } from "./node.ts"
import { errorAt, quoted, type Reading } from "./reading.ts"
import { formatShape, type Shape } from "./shape.ts"
import { declaredShapes, readInitialisers } from "./stored-values.ts"
import type { ExternalData } from "./tensor-proto.ts"
import { known, unknownValue } from "./value.ts"
import { collectWarnings } from "./warnings.ts"

export interface ModelOptions extends InputOptions {
  /** Name of the file, for errors and for the network's name. */
  readonly file: string
  /** Where tensors outside the model are; without it they are an error. */
  readonly external?: ExternalData
}

export interface OnnxNetwork {
  readonly network: Network
  /** Undefined where a shape could not be followed. */
  readonly outputs: ReadonlyMap<string, Shape | undefined>
  /** Lines for a person: assumed sizes, operators that are not counted. */
  readonly warnings: readonly string[]
}

/** "conv", "conv#2", "conv#3" for nodes that share a name. */
const withUniqueIds = (drafts: readonly LayerDraft[]): readonly Layer[] => {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return drafts.map((draft) => {
    let id = draft.id
    while (taken.has(id)) {
      const count = (counts.get(draft.id) ?? 1) + 1
      counts.set(draft.id, count)
      id = `${draft.id}#${count}`
    }
    taken.add(id)
    return id === draft.id ? draft : { ...draft, id }
  })
}

const baseName = (file: string): string => file.replace(/^.*[/\\]/, "")

/** Nodes read at most, loop iterations included: far above any real model, low enough to end in seconds. */
const mostNodes = 2_000_000

/** Throws WorkloadError or UnsupportedError, with the node's path in the graph. */
export const networkFromModel = (model: ModelProto, options: ModelOptions): OnnxNetwork => {
  const { file } = options
  const { graph } = model
  if (graph === undefined) throw errorAt(file, "graph")("The model holds no graph.")
  const warnings = collectWarnings()
  const stored = new Set([
    ...graph.initializer.map(({ name }) => name),
    ...graph.sparseInitializer.map(({ values }) => values?.name),
  ])
  // Up to IR version 3 initialisers are listed among the inputs.
  const inputs = graph.input.filter(({ name }) => !stored.has(name))
  const resolved = resolveGraphInputs(inputs, options, (index, message, remedy) =>
    errorAt(file, index === undefined ? "graph.input" : `graph.input[${index}]${quoted(inputs[index].name)}`)(
      message,
      remedy,
    ),
  )
  for (const note of resolved.notes) warnings.add(note)
  const reading: Reading = {
    file,
    external: options.external ?? noExternalData(file),
    warnings,
    opsets: opsetVersions(model.opsetImport),
    functions: new Map(model.functions.map((called) => [`${called.domain}:${called.name}`, called])),
    symbols: resolved.symbols,
    budget: { nodes: mostNodes },
  }
  const values = readInitialisers(reading, graph, "graph")
  for (const [name, shape] of resolved.shapes) {
    values.set(
      name,
      shape === undefined
        ? unknownValue(
            `input "${name}" has no declared tensor shape`,
            `Give the shape: --input-shape ${name}=SIZExSIZE...`,
          )
        : known(shape),
    )
  }
  const place = { path: "graph", prefix: "", outer: () => undefined, depth: 0 }
  const drafts = readNodes(reading, place, graph.node, values, declaredShapes(reading, graph.valueInfo))
  const outputs = new Map(
    graph.output.map(({ name }) => [name, outputOf(reading, place, name, values).shape] as const),
  )
  for (const info of graph.output) {
    const shape = outputs.get(info.name)
    const declared = dimensionsOf(info)
    if (shape === undefined || declared === undefined) continue
    const fits =
      declared.length === shape.length &&
      declared.every((dim, axis) => typeof dim !== "number" || dim === shape[axis])
    if (!fits)
      warnings.add(
        `output "${info.name}" is ${formatShape(shape)}; the file declares ${declared.map((dim) => dim ?? "?").join("×")}`,
      )
  }
  const base = baseName(file)
  const shapes = Array.from(resolved.shapes).flatMap(([name, shape]) =>
    shape === undefined ? [] : [`${name} ${formatShape(shape)}`],
  )
  const id = base.replace(/\.onnx$/i, "")
  return {
    network: {
      id,
      name: `${id}, ${shapes.slice(0, 3).join(", ")}${shapes.length > 3 ? ", …" : ""}`,
      batch: resolved.batch,
      layers: withUniqueIds(drafts),
      source: [base, ...resolved.notes].join("; "),
    },
    outputs,
    warnings: warnings.list(),
  }
}
