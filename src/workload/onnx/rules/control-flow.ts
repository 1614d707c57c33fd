/** If, Loop and Scan: bodies are read in place, as often as the file says they run. */
import { forwardMacs } from "../../../../dataflows/operator.ts"
import { graphAttribute, intAttribute, intsAttribute } from "../attributes.ts"
import { literalConstant } from "../constant.ts"
import { axisIn, type Inferred, inputAt, type LayerDraft, type OnnxNode, type Rule } from "../node.ts"
import { sameShape } from "../shape.ts"
import { constantValue, known, unknownValue, type Value } from "../value.ts"

/** Every iteration is read on its own; more would fill the memory. */
const mostIterations = 100_000

const macsOf = (layers: readonly LayerDraft[] = []): number =>
  layers.reduce((sum, { op }) => sum + forwardMacs(op), 0)

/** The branch that a constant condition chooses, else the one with more multiplications. */
export const ifElse: Rule = (node) => {
  const condition = node.inputs[0]
  const read = (branch: string): Inferred =>
    node.readBody(graphAttribute(node, branch), `.${branch}`, [], `${node.id}/`)
  if (condition?.shape !== undefined && condition.constant !== undefined)
    return read(condition.constant.load()[0] === 0 ? "else_branch" : "then_branch")
  const thenBranch = read("then_branch")
  const elseBranch = read("else_branch")
  const larger = macsOf(elseBranch.layers) > macsOf(thenBranch.layers) ? elseBranch : thenBranch
  node.warn("If depends on run-time data: the branch with more multiplications is counted (then, when equal)")
  return larger
}

/** A value whose content changes from one iteration to the next. */
const varying = (value: Value): Value => (value.shape === undefined ? value : known(value.shape))

const iterationNumber = (i: number): Value => constantValue(literalConstant("int64", [], Float64Array.of(i)))

const absent = unknownValue("an optional value is left out", "Give the value.")

const tooMany = (node: OnnxNode, count: number) =>
  node.unsupported(
    `${node.opType} runs ${count} times; at most ${mostIterations} iterations are read.`,
    "Give a smaller input with --input-shape.",
  )

/** Inputs: trip count, condition, then values carried from one iteration to the next. */
export const loop: Rule = (node) => {
  const body = graphAttribute(node, "body")
  const scalar = (index: number): number | undefined => {
    const value = node.inputs[index]
    return value?.shape !== undefined ? value.constant?.load()[0] : undefined
  }
  const initial = node.inputs.slice(2).map((value) => value ?? absent)
  if (body.output.length < 1 + initial.length)
    throw node.fail(
      `The body of ${node.opType} gives ${body.output.length} values, which does not fit ${initial.length} carried ones.`,
    )
  const trips = scalar(0)
  if (scalar(1) === 0 || trips === 0) {
    // The body never runs; what it would stack up stays empty.
    const stacked = node.outputNames
      .slice(initial.length)
      .map(() => unknownValue(`${node.path} (${node.opType}) never runs`, "Remove the node."))
    return { outputs: [...initial, ...stacked] }
  }

  if (trips === undefined) {
    node.warn(
      `${node.opType} runs a number of times that is only known at run time: its body is counted once`,
    )
    const once = node.readBody(body, ".body", [known([]), known([]), ...initial.map(varying)], `${node.id}/`)
    const outputs = once.outputs.slice(1).map((value, i): Value => {
      const before = initial[i]
      const settled =
        before !== undefined &&
        before.shape !== undefined &&
        value.shape !== undefined &&
        sameShape(before.shape, value.shape)
      return settled
        ? known(value.shape)
        : unknownValue(
            `${node.path} (${node.opType}) runs a number of times that is only known at run time`,
            "Export the model with a constant trip count, or declare the shape in the file (value_info).",
          )
    })
    return { outputs, layers: once.layers ?? [] }
  }

  if (trips > mostIterations) throw tooMany(node, trips)
  const layers: LayerDraft[] = []
  let carried: readonly Value[] = initial
  let stacked: readonly Value[] = []
  let condition: Value = known([])
  let ran = 0
  while (ran < trips) {
    const step = node.readBody(
      body,
      ".body",
      [iterationNumber(ran), condition, ...carried],
      `${node.id}/${ran}/`,
    )
    for (const layer of step.layers ?? []) layers.push(layer)
    condition = step.outputs[0]
    carried = step.outputs.slice(1, 1 + initial.length)
    stacked = step.outputs.slice(1 + initial.length)
    ran += 1
    if (condition.shape !== undefined && condition.constant?.load()[0] === 0) break
  }
  if (condition.shape === undefined || condition.constant === undefined)
    node.warn(`${node.opType} may stop early depending on run-time data: its full trip count is counted`)
  return {
    outputs: [
      ...carried,
      ...stacked.map((value) => (value.shape === undefined ? value : known([ran, ...value.shape]))),
    ],
    layers,
  }
}

/** States, then inputs that are taken apart along an axis, one slice an iteration. */
export const scan: Rule = (node) => {
  const body = graphAttribute(node, "body")
  const scanned = intAttribute(node, "num_scan_inputs") ?? 0
  const stateCount = node.inputs.length - scanned
  if (scanned < 1 || stateCount < 0 || node.opset < 9)
    throw node.fail(
      `Scan with ${scanned} scan inputs of ${node.inputs.length} is not read (operator set ${node.opset}).`,
    )
  const axes = intsAttribute(node, "scan_input_axes") ?? []
  const slices = Array.from({ length: scanned }, (_, i) => {
    const { shape } = inputAt(node, stateCount + i)
    const axis = axisIn(node, axes[i] ?? 0, shape.length)
    return { trips: shape[axis], value: known(shape.filter((_, other) => other !== axis)) }
  })
  const { trips } = slices[0]
  if (slices.some((slice) => slice.trips !== trips))
    throw node.fail("Scan takes apart inputs of different lengths.")
  if (trips > mostIterations) throw tooMany(node, trips)
  if (trips === 0) throw node.fail("Scan has an input of length 0: nothing to compute.")
  const layers: LayerDraft[] = []
  let states: readonly Value[] = node.inputs.slice(0, stateCount).map((value) => value ?? absent)
  let stacked: readonly Value[] = []
  for (let i = 0; i < trips; i += 1) {
    const step = node.readBody(
      body,
      ".body",
      [...states, ...slices.map(({ value }) => value)],
      `${node.id}/${i}/`,
    )
    for (const layer of step.layers ?? []) layers.push(layer)
    states = step.outputs.slice(0, stateCount)
    stacked = step.outputs.slice(stateCount)
  }
  const outputAxes = intsAttribute(node, "scan_output_axes") ?? []
  return {
    outputs: [
      ...states,
      ...stacked.map((value, i) => {
        if (value.shape === undefined) return value
        const axis = axisIn(node, outputAxes[i] ?? 0, value.shape.length + 1)
        return known([...value.shape.slice(0, axis), trips, ...value.shape.slice(axis)])
      }),
    ],
    layers,
  }
}
