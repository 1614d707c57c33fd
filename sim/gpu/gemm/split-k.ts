/** Splitting the reduction over thread blocks, for shapes with too few tiles to fill the board. */
import type { KernelFamily } from "./kernel-catalogue.ts"

/** Least reduction of a split: below it a pipeline would not fill. */
const leastK = 256

/** Whether a library would consider it: enough k for each part, and fewer tiles than two for each SM. */
export const splitFits = (split: number, k: number, tiles: number, sms: number): boolean =>
  split === 1 || (k / split >= leastK && tiles <= 2 * sms)

/** Bytes of fp32 partial sums written and read back through L2. */
export const partialSumBytes = (
  split: number,
  m: number,
  n: number,
  { partialTraffic }: Pick<KernelFamily, "partialTraffic">,
): number => (split === 1 ? 0 : 2 * split * m * n * 4 * partialTraffic)

/** Seconds of the pass that adds the parts, its own launch included. */
export const reductionSeconds = (
  split: number,
  m: number,
  n: number,
  l2BytesPerSecond: number,
  family: KernelFamily,
): number =>
  split === 1 ? 0 : partialSumBytes(split, m, n, family) / l2BytesPerSecond + family.reductionLaunch
