/** Where a kernel's result leaves the naive product. */
import type { PointwiseLayer } from "../../dataflows/kernel/random-layer.ts"
import {
  type OutputLimits,
  referenceProduct,
  summationErrorBound,
} from "../../dataflows/kernel/reference-product.ts"

/** The first output that is further from the naive product than summation in fp32 explains; undefined when none is. */
export const wrongOutput = (
  output: Float32Array,
  layer: PointwiseLayer,
  limits: OutputLimits,
): string | undefined => {
  const expected = referenceProduct(layer, limits)
  const bound = summationErrorBound(layer.shape.cin)
  if (output.length !== expected.length) return `${output.length} outputs, not ${expected.length}`
  const at = output.findIndex((value, i) => !(Math.abs(value - expected[i]) <= bound))
  return at < 0 ? undefined : `output ${at} is ${output[at]}, not ${expected[at]}`
}
