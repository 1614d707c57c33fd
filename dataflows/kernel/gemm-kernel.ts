/**
 * Dense weights × NHWC activations: for each tile of pixels, for each panel of 8 output channels, for each input channel; every
 * activation is loaded into all lanes ("load splat", XNNPACK's choice for Wasm on x86).
 */
import type { Instruction, Kernel } from "./kernel-ir.ts"

export interface GemmVariant {
  /** Pixels of a tile. */
  readonly pixels: 4 | 5 | 6
  /** Input channels of one turn of the loop. */
  readonly unroll: 1 | 2 | 4
  /** Input channels: a constant of the kernel, so that one pointer and fixed offsets reach every pixel of a tile. */
  readonly cin: number
}

/** 4x8-c512, 5x8-k4-c32. */
export const gemmName = ({ pixels, unroll, cin }: GemmVariant): string =>
  `${pixels}x8${unroll === 1 ? "" : `-k${unroll}`}-c${cin}`

export const gemmParameters = [
  /** At least as many as a tile has. */
  "pixels",
  "panels",
  "input",
  "weights",
  "output",
  /** Bytes between pixels of the output: 32 × panels. */
  "outputStride",
  /** Two fp32: least and greatest output. */
  "limits",
] as const

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
const acc = (pixel: number, half: number): string => `acc${pixel}h${half}`

const addConstant = (register: string, value: number): Instruction => ({
  op: "add-constant",
  to: register,
  a: register,
  value,
})

/** One input channel, `step` channels after the pointers. */
const channel = ({ pixels, cin }: GemmVariant, step: number): readonly Instruction[] => [
  { op: "load", to: "b0", at: "w", offset: 32 * step, lanes: 4 },
  { op: "load", to: "b1", at: "w", offset: 32 * step + 16, lanes: 4 },
  ...range(pixels).flatMap((p): readonly Instruction[] => [
    { op: "splat", to: "a", at: "x", offset: 4 * (cin * p + step) },
    { op: "multiply-add", to: acc(p, 0), a: "a", b: "b0" },
    { op: "multiply-add", to: acc(p, 1), a: "a", b: "b1" },
  ]),
]

/** The loop over input channels of one tile and panel. */
export const channelLoop = (variant: GemmVariant): readonly Instruction[] => {
  const turn = (steps: number): Instruction => ({
    op: "repeat",
    count: "k",
    step: steps,
    body: [
      ...range(steps).flatMap((step) => channel(variant, step)),
      addConstant("w", 32 * steps),
      addConstant("x", 4 * steps),
    ],
  })
  return variant.unroll === 1 ? [turn(1)] : [turn(variant.unroll), turn(1)]
}

const panel = (variant: GemmVariant): readonly Instruction[] => [
  { op: "copy", to: "x", from: "in" },
  { op: "load", to: acc(0, 0), at: "w", offset: 0, lanes: 4 },
  { op: "load", to: acc(0, 1), at: "w", offset: 16, lanes: 4 },
  ...range(variant.pixels - 1).flatMap((p): readonly Instruction[] => [
    { op: "copy-vector", to: acc(p + 1, 0), from: acc(0, 0) },
    { op: "copy-vector", to: acc(p + 1, 1), from: acc(0, 1) },
  ]),
  addConstant("w", 32),
  { op: "constant", to: "k", value: variant.cin },
  ...channelLoop(variant),
  { op: "splat", to: "least", at: "limits", offset: 0 },
  { op: "splat", to: "greatest", at: "limits", offset: 4 },
  { op: "copy", to: "c", from: "out" },
  ...range(variant.pixels).flatMap((p): readonly Instruction[] => [
    ...[0, 1].flatMap((h): readonly Instruction[] => [
      { op: "max", to: acc(p, h), a: acc(p, h), b: "least" },
      { op: "min", to: acc(p, h), a: acc(p, h), b: "greatest" },
      { op: "store", from: acc(p, h), at: "c", offset: 16 * h, lanes: 4 },
    ]),
    { op: "add", to: "c", a: "c", b: "outputStride" },
  ]),
  addConstant("out", 32),
]

/** All panels of one tile of pixels; `in` and `out` then stand at the next tile. */
const tile = (variant: GemmVariant): readonly Instruction[] => [
  { op: "copy", to: "w", from: "weights" },
  { op: "copy", to: "left", from: "panels" },
  { op: "repeat", count: "left", step: 1, body: panel(variant) },
  addConstant("in", 4 * variant.cin * variant.pixels),
  ...range(variant.pixels - 1).map((): Instruction => ({
    op: "add",
    to: "out",
    a: "out",
    b: "outputStride",
  })),
]

/** The kernel. A last tile that is not full begins earlier, so that it overlaps the one before and computes pixels again. */
export const gemmKernel = (variant: GemmVariant): Kernel => ({
  name: `gemm-${gemmName(variant)}`,
  parameters: gemmParameters,
  body: [
    { op: "copy", to: "in", from: "input" },
    { op: "copy", to: "out", from: "output" },
    { op: "copy", to: "m", from: "pixels" },
    { op: "repeat", count: "m", step: variant.pixels, body: tile(variant) },
    {
      op: "when",
      value: "m",
      atLeast: 1,
      body: [
        addConstant("m", -variant.pixels),
        { op: "constant", to: "back", value: 4 * variant.cin },
        { op: "multiply", to: "back", a: "m", b: "back" },
        { op: "add", to: "in", a: "in", b: "back" },
        { op: "multiply", to: "back", a: "m", b: "outputStride" },
        { op: "add", to: "out", a: "out", b: "back" },
        ...tile(variant),
      ],
    },
  ],
})
