/**
 * Sparse weights × CHW activations: for each tile of pixels, for each block of output channels, for each kept column. The loop
 * nest of XNNPACK's f32 spmm: weights and deltas stream once through every tile of pixels.
 */
import type { Instruction, Kernel, Lanes } from "./kernel-ir.ts"
import type { BlockRows } from "./pack-sparse-weights.ts"

export interface SpmmVariant {
  /** Pixels of a tile. What is left of the image goes through tiles of half the size, and so on down to 1. */
  readonly pixels: 4 | 8 | 16 | 32 | 64
  readonly blockRows: BlockRows
  /** Kept columns of one turn of the loop; each has accumulators of its own, added up at the end of the row. */
  readonly unroll: 1 | 2 | 4
  /** `pipelined` loads what the next kept column needs while it multiplies this one. */
  readonly schedule: "plain" | "pipelined"
}

/** 16x1, 32x2-x2, 16x1-pipelined. */
export const spmmName = ({ pixels, blockRows, unroll, schedule }: SpmmVariant): string =>
  `${pixels}x${blockRows}${unroll === 1 ? "" : `-x${unroll}`}${schedule === "plain" ? "" : "-pipelined"}`

/** Sizes of tiles that a kernel walks: its own, then halves down to one pixel. */
export const tileSizes = (pixels: number): readonly number[] =>
  pixels < 1 ? [] : [pixels, ...tileSizes(Math.floor(pixels / 2))]

/** How many tiles of each size `pixels` need: as many whole ones as fit, then the binary digits of the rest. */
export const tileCounts = (
  pixels: number,
  tile: number,
): readonly { readonly size: number; readonly count: number }[] =>
  tileSizes(tile)
    .map((size) => ({
      size,
      count: size === tile ? Math.floor(pixels / size) : Math.floor(pixels / size) % 2,
    }))
    .filter(({ count }) => count > 0)

export const spmmParameters = [
  "pixels",
  /** Whole blocks of rows, then single rows. */
  "blocks",
  "rows",
  /** First kept column of the first row. */
  "input",
  "values",
  "deltas",
  "counts",
  "output",
  /** Bytes between output channels. */
  "outputStride",
  /** Bytes of the whole output: outputStride × channels. */
  "outputBytes",
  /** Two fp32: least and greatest output. */
  "limits",
] as const

interface Vector {
  readonly offset: number
  readonly lanes: Lanes
}

/** Vectors that cover a tile of pixels. */
const vectorsOf = (tile: number): readonly Vector[] =>
  tile < 4
    ? [{ offset: 0, lanes: tile as Lanes }]
    : Array.from({ length: tile / 4 }, (_, i) => ({ offset: 16 * i, lanes: 4 as const }))

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i)
const acc = (vector: number, row: number, slot: number): string => `acc${vector}r${row}s${slot}`

const addConstant = (register: string, value: number): Instruction => ({
  op: "add-constant",
  to: register,
  a: register,
  value,
})

/** The loads of one kept column, at the pointers' present place. */
const loadColumn = (vectors: readonly Vector[], rows: number): readonly Instruction[] => [
  { op: "load-int", to: "delta", at: "d", offset: 0 },
  ...range(rows).map((r): Instruction => ({ op: "splat", to: `weight${r}`, at: "w", offset: 4 * r })),
  ...vectors.map(({ offset, lanes }, i): Instruction => ({
    op: "load",
    to: `x${i}`,
    at: "in",
    offset,
    lanes,
  })),
]

const advance = (rows: number): readonly Instruction[] => [
  addConstant("d", 4),
  addConstant("w", 4 * rows),
  { op: "add", to: "in", a: "in", b: "delta" },
]

const multiplyColumn = (vectors: number, rows: number, slot: number): readonly Instruction[] =>
  range(vectors).flatMap((i) =>
    range(rows).map((r): Instruction => ({
      op: "multiply-add",
      to: acc(i, r, slot),
      a: `x${i}`,
      b: `weight${r}`,
    })),
  )

/** One kept column: loads then products, or products then the next one's loads. */
const column = (
  variant: SpmmVariant,
  vectors: readonly Vector[],
  rows: number,
  slot: number,
): readonly Instruction[] =>
  variant.schedule === "plain"
    ? [...loadColumn(vectors, rows), ...advance(rows), ...multiplyColumn(vectors.length, rows, slot)]
    : [...multiplyColumn(vectors.length, rows, slot), ...advance(rows), ...loadColumn(vectors, rows)]

/** The loop over the kept columns of one row, or block of rows, of one tile. */
export const columnLoop = (variant: SpmmVariant, tile: number, rows: number): readonly Instruction[] => {
  const vectors = vectorsOf(tile)
  const turn = (slots: number): Instruction => ({
    op: "repeat",
    count: "kept",
    step: slots,
    body: range(slots).flatMap((slot) => column(variant, vectors, rows, slot)),
  })
  return variant.unroll === 1 ? [turn(1)] : [turn(variant.unroll), turn(1)]
}

/** Biases into the accumulators of the first slot, zero into the others. */
const begin = (variant: SpmmVariant, vectors: number, rows: number): readonly Instruction[] => {
  const first = range(rows).flatMap((r): readonly Instruction[] => [
    ...(variant.schedule === "plain"
      ? [{ op: "splat", to: `weight${r}`, at: "w", offset: 4 * r } as const]
      : []),
    ...range(vectors).map((i): Instruction => ({ op: "copy-vector", to: acc(i, r, 0), from: `weight${r}` })),
  ])
  const others = range(variant.unroll - 1).flatMap((slot) =>
    range(vectors).flatMap((i) =>
      range(rows).map((r): Instruction => ({ op: "clear", to: acc(i, r, slot + 1) })),
    ),
  )
  const next =
    variant.schedule === "plain"
      ? []
      : range(rows).map((r): Instruction => ({ op: "splat", to: `weight${r}`, at: "w", offset: 4 * r }))
  return [...first, ...others, addConstant("w", 4 * rows), ...next]
}

/** Adds the slots up, clamps, stores. */
const finish = (variant: SpmmVariant, vectors: readonly Vector[], rows: number): readonly Instruction[] =>
  range(rows).flatMap((r) => [
    ...vectors.flatMap(({ offset, lanes }, i): readonly Instruction[] => [
      ...range(variant.unroll - 1).map((slot): Instruction => ({
        op: "add-vector",
        to: acc(i, r, 0),
        a: acc(i, r, 0),
        b: acc(i, r, slot + 1),
      })),
      { op: "max", to: acc(i, r, 0), a: acc(i, r, 0), b: "least" },
      { op: "min", to: acc(i, r, 0), a: acc(i, r, 0), b: "greatest" },
      { op: "store", from: acc(i, r, 0), at: "out", offset, lanes },
    ]),
    { op: "add", to: "out", a: "out", b: "outputStride" } as const,
  ])

/** All rows of one kind (blocks of `height`, or single ones) of one tile. */
const rowLoop = (
  variant: SpmmVariant,
  tile: number,
  height: number,
  parameter: "blocks" | "rows",
): readonly Instruction[] => {
  const vectors = vectorsOf(tile)
  return [
    { op: "copy", to: "row", from: parameter },
    {
      op: "when",
      value: "row",
      atLeast: 1,
      body: [
        ...(variant.schedule === "plain" ? [] : loadColumn(vectors, height)),
        {
          op: "repeat",
          count: "row",
          step: 1,
          body: [
            { op: "load-int", to: "kept", at: "n", offset: 0 },
            addConstant("n", 4),
            ...begin(variant, vectors.length, height),
            ...columnLoop(variant, tile, height),
            ...finish(variant, vectors, height),
          ],
        },
      ],
    },
  ]
}

const tileBody = (variant: SpmmVariant, tile: number): readonly Instruction[] => [
  { op: "copy", to: "w", from: "values" },
  { op: "copy", to: "d", from: "deltas" },
  { op: "copy", to: "n", from: "counts" },
  ...(variant.blockRows === 1 ? [] : rowLoop(variant, tile, variant.blockRows, "blocks")),
  ...rowLoop(variant, tile, 1, "rows"),
  { op: "subtract", to: "out", a: "out", b: "outputBytes" },
  addConstant("out", 4 * tile),
  addConstant("in", 4 * tile),
]

/** The kernel: whole tiles first, then at most one of each smaller size. */
export const spmmKernel = (variant: SpmmVariant): Kernel => ({
  name: `spmm-${spmmName(variant)}`,
  parameters: spmmParameters,
  body: [
    { op: "splat", to: "least", at: "limits", offset: 0 },
    { op: "splat", to: "greatest", at: "limits", offset: 4 },
    { op: "copy", to: "in", from: "input" },
    { op: "copy", to: "out", from: "output" },
    { op: "copy", to: "left", from: "pixels" },
    ...tileSizes(variant.pixels).map((tile): Instruction => ({
      op: "repeat",
      count: "left",
      step: tile,
      body: tileBody(variant, tile),
    })),
  ],
})
