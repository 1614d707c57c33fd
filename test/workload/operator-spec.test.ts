import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { WorkloadError } from "../../arch/errors.ts"
import { convOutHeight, forwardMacs } from "../../dataflows/operator.ts"
import { isOperatorSpec, readOperatorSpec } from "../../src/workload/operator-spec.ts"

const failure = (text: string): WorkloadError => {
  try {
    readOperatorSpec(text)
  } catch (error) {
    if (error instanceof WorkloadError) return error
    throw error
  }
  throw new Error(`${text} was read`)
}

describe("readOperatorSpec", () => {
  it("gemm:MxNxK is M rows by a K×N weight", () => {
    const { layers } = readOperatorSpec("gemm:64x128x256")
    expect(layers).toEqual([
      { id: "gemm", op: { kind: "linear", rows: 64, outFeatures: 128, inFeatures: 256 } },
    ])
  })

  it("batch multiplies the rows of a gemm and the images of a convolution", () => {
    expect(readOperatorSpec("gemm:64x128x256", 3).layers[0].op).toMatchObject({ rows: 192 })
    expect(readOperatorSpec("conv:8x8x4,k3,f2", 3).layers[0].op).toMatchObject({ batch: 3 })
  })

  it("conv has stride 1, no padding and one group unless told otherwise", () => {
    const [{ op }] = readOperatorSpec("conv:56x40x64,k3,f128").layers
    expect(op).toMatchObject({
      inHeight: 56,
      inWidth: 40,
      inChannels: 64,
      outChannels: 128,
      strideHeight: 1,
      padTop: 0,
      groups: 1,
    })
    expect(forwardMacs(op)).toBe(54 * 38 * 64 * 9 * 128)
  })

  it("conv takes its fields in any order, two numbers for unequal axes", () => {
    const [{ op }] = readOperatorSpec("conv:112x112x32,f32,g32,s2x1,k3x5,p1x2,d1").layers
    expect(op).toMatchObject({
      kernelHeight: 3,
      kernelWidth: 5,
      strideHeight: 2,
      strideWidth: 1,
      padBottom: 1,
      padRight: 2,
      groups: 32,
    })
    if (op.kind !== "conv2d") throw new Error("not a convolution")
    expect(convOutHeight(op)).toBe(56)
  })

  it("attention is two products a head and the softmax between them", () => {
    const { layers } = readOperatorSpec("attention:h12,s128,d64,kv256", 2)
    expect(layers.map((layer) => layer.op)).toEqual([
      { kind: "matmul", count: 24, m: 128, n: 256, k: 64 },
      {
        kind: "vector",
        function: "softmax",
        inputElements: 24 * 128 * 256,
        outputElements: 24 * 128 * 256,
        parameters: 0,
      },
      { kind: "matmul", count: 24, m: 128, n: 64, k: 256 },
    ])
  })

  it.each([
    ["gem:3x3x3", "Did you mean gemm?", "is not an operator"],
    ["gemm", "gemm:MxNxK", "3 whole numbers"],
    ["gemm:3x3", "gemm:MxNxK", 'the size is "3x3"'],
    ["gemm:3x0x3", "gemm:MxNxK", "from 1"],
    ["gemm:3x-1x3", "gemm:MxNxK", "from 1"],
    ["gemm:3x1.5x3", "gemm:MxNxK", "whole numbers"],
    ["gemm:3x3x3,k3", "gemm:MxNxK", 'unexpected ",k3"'],
    ["gemm:999999999x999999999x9", "smaller", "2^53"],
    ["conv:5x5x3,f3", "conv:HxWxC", "the kernel (k) is missing"],
    ["conv:5x5x3,k3", "conv:HxWxC", "the number of filters (f) is missing"],
    ["conv:5x5x3,k3,f3,q3", "conv:HxWxC", '"q3" is none of'],
    ["conv:5x5x3,k3,k3,f3", "conv:HxWxC", "k is given twice"],
    ["conv:5x5x3,k3,f3,s0", "conv:HxWxC", 's is "0"'],
    ["conv:5x5x3,k7,f3", "conv:HxWxC", "larger than the padded input"],
    ["conv:9x5x3,k3x7,f3", "conv:HxWxC", "larger than the padded input"],
    ["conv:5x5x4,k3,f6,g3", "conv:HxWxC", "3 groups do not divide"],
    ["conv:5x5x6,k3,f4,g3", "conv:HxWxC", "3 groups do not divide 6 channels and 4 filters"],
    ["attention:h3,s4", "attention:hHEADS", "features a head (d) is missing"],
  ])("%s is refused with its grammar", (text, remedy, message) => {
    const error = failure(text)
    expect(error.message).toContain(message)
    expect(error.remedy).toContain(remedy)
  })

  it("reads any text or refuses it as a WorkloadError", () => {
    const part = fc.constantFrom(
      "gemm:",
      "conv:",
      "attention:",
      "3",
      "x",
      ",",
      "k3",
      "f8",
      "h2",
      "s2",
      "d4",
      "p",
      "0",
      "g2",
    )
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ weight: 6, arbitrary: part }, fc.string()), { maxLength: 9 }),
        (parts) => {
          try {
            for (const { op } of readOperatorSpec(parts.join("")).layers) {
              expect(Number.isSafeInteger(forwardMacs(op))).toBe(true)
            }
          } catch (error) {
            if (!(error instanceof WorkloadError)) throw error
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})

it("isOperatorSpec tells operators from networks and files", () => {
  expect(["gemm:1x1x1", "conv:oops", "Attention:h1"].map(isOperatorSpec)).toEqual([true, true, true])
  expect(["resnet18", "c:/models/a.onnx", "gemm.csv", ""].map(isOperatorSpec)).toEqual([
    false,
    false,
    false,
    false,
  ])
})
