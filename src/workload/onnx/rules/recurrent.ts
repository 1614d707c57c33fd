/**
 * LSTM, GRU and RNN. The input projection of all steps is one Linear, with the gates stacked, as libraries run it; the
 * recurrent product depends on the step before, so every step is a Linear of its own over `batch` rows. The arithmetic
 * of the gates is one vector layer. Source: ONNX LSTM-22, GRU-22, RNN-22.
 */
import { intAttribute, stringAttribute } from "../attributes.ts"
import { stridedConstant } from "../constant-layout.ts"
import { inputAt, type Inferred, type LayerDraft, type OnnxNode, type Rule, shapeOfRank } from "../node.ts"
import { formatShape } from "../shape.ts"
import { type KnownValue, known } from "../value.ts"
import { layerWeights } from "../weights.ts"

/** Each step is a layer; far longer sequences than any real one would fill the memory. */
const mostSteps = 100_000

/** Weights of one direction of a [directions, out, in] constant. */
const directionWeights = (node: OnnxNode, value: KnownValue, direction: number) => {
  const [, outFeatures, inFeatures] = value.shape
  const part =
    value.constant === undefined
      ? undefined
      : stridedConstant(
          value.constant,
          [outFeatures, inFeatures],
          [inFeatures, 1],
          direction * outFeatures * inFeatures,
        )
  return part === undefined ? {} : { weights: layerWeights(node, part) }
}

const recurrent =
  (gates: number): Rule =>
  (node): Inferred => {
    const x = shapeOfRank(node, 0, 3, 3)
    const batchFirst = intAttribute(node, "layout") === 1
    const [batch, steps] = batchFirst ? x : [x[1], x[0]]
    const inFeatures = x[2]
    const w = inputAt(node, 1)
    const r = inputAt(node, 2)
    const directions = stringAttribute(node, "direction") === "bidirectional" ? 2 : 1
    const hidden = r.shape[2]
    const stacked = gates * hidden
    const expectedW = [directions, stacked, inFeatures]
    const expectedR = [directions, stacked, hidden]
    for (const [what, found, expected] of [
      ["W", w.shape, expectedW],
      ["R", r.shape, expectedR],
    ] as const) {
      if (formatShape(found) !== formatShape(expected))
        throw node.fail(
          `${node.opType} with an input of ${formatShape(x)} needs ${what} of shape ${formatShape(expected)}, found ${formatShape(found)}.`,
        )
    }
    const declared = intAttribute(node, "hidden_size")
    if (declared !== undefined && declared !== hidden)
      throw node.fail(`hidden_size is ${declared}, but R is for ${hidden}.`)
    if (batch * steps * inFeatures * hidden === 0)
      throw node.fail(`${node.opType} has a dimension of 0: nothing to compute.`)
    if (steps * directions > mostSteps)
      throw node.unsupported(
        `${node.opType} runs ${steps * directions} steps one after the other; at most ${mostSteps} are read.`,
        "Give a shorter sequence with --input-shape.",
      )

    const layers: LayerDraft[] = []
    for (let direction = 0; direction < directions; direction += 1) {
      const id = directions === 1 ? node.id : `${node.id}/${direction === 0 ? "forward" : "reverse"}`
      layers.push({
        id: `${id}/input`,
        op: { kind: "linear", rows: steps * batch, inFeatures, outFeatures: stacked },
        ...directionWeights(node, w, direction),
      })
      const weights = directionWeights(node, r, direction)
      for (let step = 0; step < steps; step += 1)
        layers.push({
          id: `${id}/step${step}`,
          op: { kind: "linear", rows: batch, inFeatures: hidden, outFeatures: stacked },
          ...weights,
        })
    }
    layers.push({
      id: `${node.id}/gates`,
      op: {
        kind: "vector",
        function: "sigmoid",
        inputElements: 2 * directions * steps * batch * stacked,
        outputElements: directions * steps * batch * hidden,
        parameters: 0,
      },
    })
    const last = batchFirst ? [batch, directions, hidden] : [directions, batch, hidden]
    return {
      outputs: [
        known(batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden]),
        known(last),
        known(last),
      ],
      layers,
    }
  }

export const lstm: Rule = recurrent(4)
export const gru: Rule = recurrent(3)
export const rnn: Rule = recurrent(1)
