/** Small networks of every kind of operator. */
import fc from "fast-check"
import type { Layer, Network } from "../../dataflows/network.ts"
import type { Operator } from "../../dataflows/operator.ts"

const channels = fc.integer({ min: 1, max: 24 })

const conv: fc.Arbitrary<Operator> = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    inPerGroup: channels,
    outPerGroup: channels,
    groups: fc.integer({ min: 1, max: 3 }),
    size: fc.integer({ min: 4, max: 14 }),
    kernel: fc.integer({ min: 1, max: 4 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    pad: fc.integer({ min: 0, max: 3 }),
  })
  .filter(({ size, pad, kernel, dilation }) => size + 2 * pad >= dilation * (kernel - 1) + 1)
  .map(({ batch, inPerGroup, outPerGroup, groups, size, kernel, stride, dilation, pad }) => ({
    kind: "conv2d",
    batch,
    inChannels: inPerGroup * groups,
    outChannels: outPerGroup * groups,
    inHeight: size,
    inWidth: size + 1,
    kernelHeight: kernel,
    kernelWidth: kernel,
    strideHeight: stride,
    strideWidth: stride,
    dilationHeight: dilation,
    dilationWidth: dilation,
    padTop: pad,
    padBottom: pad,
    padLeft: pad,
    padRight: pad,
    groups,
  }))

const linear: fc.Arbitrary<Operator> = fc.record({
  kind: fc.constant("linear" as const),
  rows: fc.integer({ min: 1, max: 40 }),
  inFeatures: fc.integer({ min: 1, max: 70 }),
  outFeatures: fc.integer({ min: 1, max: 70 }),
})

const matmul: fc.Arbitrary<Operator> = fc.record({
  kind: fc.constant("matmul" as const),
  count: fc.integer({ min: 1, max: 4 }),
  m: fc.integer({ min: 1, max: 20 }),
  n: fc.integer({ min: 1, max: 20 }),
  k: fc.integer({ min: 1, max: 20 }),
})

const vector: fc.Arbitrary<Operator> = fc
  .record({
    function: fc.constantFrom("relu", "add", "batchnorm", "softmax", "maxpool", "other" as const),
    elements: fc.integer({ min: 1, max: 2000 }),
  })
  .map(({ function: name, elements }) => ({
    kind: "vector",
    function: name,
    inputElements: name === "add" ? 2 * elements : elements,
    outputElements: elements,
    parameters: name === "batchnorm" ? 8 : 0,
  }))

export const convolution = conv
export const operator: fc.Arbitrary<Operator> = fc.oneof(conv, linear, matmul, vector)

/** One to five layers, at least one of them a product. */
export const smallNetwork: fc.Arbitrary<Network> = fc
  .array(operator, { minLength: 1, maxLength: 5 })
  .filter((operators) => operators.some(({ kind }) => kind !== "vector"))
  .map((operators) => ({
    id: "small",
    name: "small network",
    batch: 1,
    layers: operators.map((op, i): Layer => ({ id: `layer${i}`, op })),
    source: "made for a test",
  }))
