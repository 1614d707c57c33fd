/** The layers that kernels are compared on, and the others that the engine's numbers are measured on. */
import type { PointwiseShape } from "../../dataflows/kernel/random-layer.ts"
import type { SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"

export interface CountedShape extends PointwiseShape {
  /** How often the network has it. */
  readonly times: number
}

const shape = (pixels: number, cin: number, cout: number, times = 1): CountedShape => ({
  pixels,
  cin,
  cout,
  times,
})

/** The 13 pointwise layers of MobileNet v1 at width 1.0 and 224 × 224 (Howard et al. 2017, table 1): nine shapes. */
export const mobilenetPointwise: readonly CountedShape[] = [
  shape(12_544, 32, 64),
  shape(3_136, 64, 128),
  shape(3_136, 128, 128),
  shape(784, 128, 256),
  shape(784, 256, 256),
  shape(196, 256, 512),
  shape(196, 512, 512, 5),
  shape(49, 512, 1_024),
  shape(49, 1_024, 1_024),
]

/** Shares of zeros that the comparison runs over. */
export const benchSparsities: readonly number[] = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

/**
 * Shapes of calibration, none of them among those above: MobileNet v1 at width 0.75 and 160 × 160, and other widths on the planes
 * of 224 × 224. Planes of a multiple of 4 KiB are left out: every channel then falls into one set, and no network here has any.
 */
export const calibrationShapes: readonly PointwiseShape[] = [
  shape(6_400, 24, 48),
  shape(1_600, 48, 96),
  shape(400, 96, 192),
  shape(400, 192, 192),
  shape(100, 192, 384),
  shape(100, 384, 384),
  shape(25, 384, 768),
  shape(49, 512, 768),
  shape(784, 192, 192),
  shape(784, 320, 256),
  shape(196, 384, 384),
  shape(196, 640, 512),
  shape(49, 768, 768),
  shape(49, 1_024, 640),
  shape(3_136, 96, 96),
  shape(3_136, 112, 144),
  shape(3_136, 128, 160),
  shape(12_544, 24, 48),
]

export const calibrationSparsities: readonly number[] = [0.5, 0.7, 0.85, 0.95]

/** 16x1 is the default sparse kernel in V8 on x86-64: 32x1, XNNPACK's, has more vectors alive than there are registers. */
export const benchVariants: readonly SpmmVariant[] = [
  { pixels: 16, blockRows: 1, unroll: 1, schedule: "plain" },
  { pixels: 32, blockRows: 1, unroll: 1, schedule: "plain" },
]
