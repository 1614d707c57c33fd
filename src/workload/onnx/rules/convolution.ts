/** Conv, ConvTranspose and their quantised forms. */
import type { Conv2d, Operator } from "../../../../dataflows/operator.ts"
import { intAttribute, intsAttribute } from "../attributes.ts"
import { type Constant, reshapedConstant } from "../constant.ts"
import { stridedConstant, transposedConstant } from "../constant-layout.ts"
import { inputAt, type Inferred, type LayerDraft, type OnnxNode, type Rule, shapeOfRank } from "../node.ts"
import { elementsIn, formatShape, sameShape, type Shape } from "../shape.ts"
import { type KnownValue, known } from "../value.ts"
import { optionalWeights } from "../weights.ts"
import { dequantisedValue } from "./quantisation.ts"
import { autoPad, perAxis, type SlidingWindow, slidingWindow } from "./sliding-window.ts"

const requireSome = (node: OnnxNode, what: string, shape: Shape) => {
  if (elementsIn(shape) === 0)
    throw node.fail(`${node.opType} has ${what} of shape ${formatShape(shape)}: nothing to compute.`)
}

const groupsOf = (node: OnnxNode): number => {
  const groups = intAttribute(node, "group") ?? 1
  if (!Number.isSafeInteger(groups) || groups < 1) throw node.fail(`Attribute group is ${groups}.`)
  return groups
}

/** The attribute repeats what the weights say; when it does not, one of the two is wrong. */
const checkKernel = (node: OnnxNode, kernel: Shape) => {
  const declared = intsAttribute(node, "kernel_shape")
  if (declared !== undefined && !sameShape(declared, kernel))
    throw node.fail(
      `kernel_shape is ${formatShape(declared)}, but the weights have a kernel of ${formatShape(kernel)}.`,
    )
}

/** [1, …] in front of a list for one spatial axis, so that a 1-D convolution is a 2-D one of height 1. */
const asTwo = (values: readonly number[], fill: number): readonly number[] =>
  values.length === 1 ? [fill, ...values] : values

const conv2d = (x: Shape, weight: Shape, groups: number, window: SlidingWindow): Conv2d => {
  const [inHeight, inWidth] = asTwo(x.slice(2), 1)
  const [kernelHeight, kernelWidth] = asTwo(window.kernel, 1)
  const [strideHeight, strideWidth] = asTwo(window.strides, 1)
  const [dilationHeight, dilationWidth] = asTwo(window.dilations, 1)
  const [padTop, padLeft] = asTwo(window.padsBegin, 0)
  const [padBottom, padRight] = asTwo(window.padsEnd, 0)
  return {
    kind: "conv2d",
    batch: x[0],
    inChannels: x[1],
    outChannels: weight[0],
    inHeight,
    inWidth,
    kernelHeight,
    kernelWidth,
    strideHeight,
    strideWidth,
    dilationHeight,
    dilationWidth,
    padTop,
    padBottom,
    padLeft,
    padRight,
    groups,
  }
}

/** A convolution of input 0 with `weight` [out, in / groups, kernel...]; 1-D to 3-D. Bias is not counted. */
const convolve = (node: OnnxNode, weight: KnownValue): Inferred => {
  const x = shapeOfRank(node, 0, 3, 5)
  const w = weight.shape
  if (w.length !== x.length)
    throw node.fail(
      `${node.opType} has an input of shape ${formatShape(x)}, but weights of shape ${formatShape(w)}.`,
    )
  const groups = groupsOf(node)
  requireSome(node, "an input", x)
  requireSome(node, "weights", w)
  if (x[1] !== w[1] * groups)
    throw node.fail(
      `The input has ${x[1]} channels, but the weights ${formatShape(w)} with ${groups} group${groups === 1 ? "" : "s"} expect ${w[1] * groups}.`,
    )
  if (w[0] % groups !== 0) throw node.fail(`${w[0]} output channels cannot be split into ${groups} groups.`)
  const kernel = w.slice(2)
  checkKernel(node, kernel)
  const window = slidingWindow(node, x.slice(2), kernel, "floor")
  const outputs = [known([x[0], w[0], ...window.out])]
  if (x.length < 5) {
    const constant =
      weight.constant !== undefined && x.length === 3
        ? reshapedConstant(weight.constant, [w[0], w[1], 1, w[2]])
        : weight.constant
    return {
      outputs,
      layers: [{ id: node.id, op: conv2d(x, w, groups, window), ...optionalWeights(node, constant) }],
    }
  }
  // There is no 3-D convolution operator; the GEMM it becomes (im2col) has the same multiplications.
  return {
    outputs,
    layers: volumeLayers(node, x[0] * elementsIn(window.out), w, groups, weight.constant),
  }
}

const volumeLayers = (
  node: OnnxNode,
  rows: number,
  w: Shape,
  groups: number,
  constant: Constant | undefined,
): readonly LayerDraft[] => {
  node.warn("3-D convolution read as the matrix product it becomes, one per group")
  const outFeatures = w[0] / groups
  const inFeatures = elementsIn(w.slice(1))
  return Array.from({ length: groups }, (_, group) => {
    const part =
      constant === undefined
        ? undefined
        : stridedConstant(
            constant,
            [outFeatures, inFeatures],
            [inFeatures, 1],
            group * outFeatures * inFeatures,
          )
    return {
      id: groups === 1 ? node.id : `${node.id}/group${group}`,
      op: { kind: "linear", rows, inFeatures, outFeatures },
      ...optionalWeights(node, part),
    }
  })
}

export const conv: Rule = (node) => convolve(node, inputAt(node, 1))

/** Weight (input 3) with its scale (4) and zero point (5), one for each output channel or one for all. */
export const qLinearConv: Rule = (node) => {
  const weight = inputAt(node, 3)
  return convolve(node, dequantisedValue(node, weight, 4, 5, 0))
}

/** Weight (input 1) with zero point (3); the scale is applied elsewhere, so weights come out in integer steps. */
export const convInteger: Rule = (node) =>
  convolve(node, dequantisedValue(node, inputAt(node, 1), undefined, 3, 0))

/** Output size of a transposed convolution. Source: ONNX ConvTranspose-22. */
const transposedOutput = (
  node: OnnxNode,
  spatial: Shape,
  kernel: Shape,
): { readonly out: Shape; readonly strides: readonly number[] } => {
  const count = spatial.length
  const mode = autoPad(node)
  const strides = perAxis(node, "strides", count, 1, 1)
  const dilations = perAxis(node, "dilations", count, 1, 1)
  const extra = perAxis(node, "output_padding", count, 0, 0)
  const declared = intsAttribute(node, "output_shape")
  const pads = mode === "NOTSET" ? perAxis(node, "pads", 2 * count, 0, 0) : []
  const out = spatial.map((size, axis) => {
    // output_shape may or may not include batch and channels; the spatial sizes are the last.
    if (declared !== undefined) return declared[declared.length - count + axis]
    if (mode === "SAME_UPPER" || mode === "SAME_LOWER") return size * strides[axis]
    const full = strides[axis] * (size - 1) + extra[axis] + dilations[axis] * (kernel[axis] - 1) + 1
    return full - (pads[axis] ?? 0) - (pads[axis + count] ?? 0)
  })
  if (out.some((size) => !Number.isSafeInteger(size) || size < 1))
    throw node.fail(`The output of ${node.opType} would be ${formatShape(out)}.`)
  return { out, strides }
}

/**
 * A transposed convolution is a 1×1 convolution to outChannels·kernel values per input position, then a scatter-add of
 * those onto the output (GEMM + col2im, as Caffe and PyTorch compute it). The multiplications are exactly its own;
 * a convolution over a zero-stuffed input would count stride² times as many. The scatter-add is a vector layer of its
 * own when kernels overlap. Weights [in, out / groups, kernel...] become [groups · out / groups · kernel, in / groups, 1, 1].
 */
export const convTranspose: Rule = (node) => {
  const x = shapeOfRank(node, 0, 3, 4)
  const weight = inputAt(node, 1)
  const w = weight.shape
  if (w.length !== x.length)
    throw node.fail(`ConvTranspose has an input of ${formatShape(x)}, but weights of ${formatShape(w)}.`)
  requireSome(node, "an input", x)
  requireSome(node, "weights", w)
  const groups = groupsOf(node)
  if (w[0] !== x[1] || w[0] % groups !== 0)
    throw node.fail(
      `The input has ${x[1]} channels in ${groups} group${groups === 1 ? "" : "s"}, but the weights ${formatShape(w)} are for ${w[0]}.`,
    )
  const kernel = w.slice(2)
  checkKernel(node, kernel)
  const { out, strides } = transposedOutput(node, x.slice(2), kernel)
  const perPosition = w[1] * elementsIn(kernel)
  const outChannels = groups * perPosition
  const inPerGroup = w[0] / groups
  const ones = kernel.map(() => 1)
  const op: Operator = conv2d(x, [outChannels], groups, {
    kernel: ones,
    strides: ones,
    dilations: ones,
    padsBegin: kernel.map(() => 0),
    padsEnd: kernel.map(() => 0),
    out: x.slice(2),
  })
  const grouped =
    weight.constant === undefined
      ? undefined
      : transposedConstant(reshapedConstant(weight.constant, [groups, inPerGroup, perPosition]), [0, 2, 1])
  const constant =
    grouped === undefined ? undefined : reshapedConstant(grouped, [outChannels, inPerGroup, 1, 1])
  const output = known([x[0], groups * w[1], ...out])
  const layers: LayerDraft[] = [{ id: node.id, op, ...optionalWeights(node, constant) }]
  if (kernel.some((size, axis) => size > strides[axis]))
    layers.push({
      id: `${node.id}/scatter-add`,
      op: {
        kind: "vector",
        function: "add",
        inputElements: x[0] * outChannels * elementsIn(x.slice(2)),
        outputElements: elementsIn(output.shape),
        parameters: 0,
      },
    })
  return { outputs: [output], layers }
}

/** Deformable convolution multiplies as Conv does; sampling at the offsets is not modelled. */
export const deformConv: Rule = (node) => {
  node.warn("deformable convolution read as a plain one: sampling at offsets is not counted")
  return conv(node)
}
