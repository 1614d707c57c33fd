/** Channel counts after a width multiplier. */

/**
 * `channels` to the nearest multiple of 8 but at least 8, and one multiple more where rounding down would lose over
 * 10 %. Source: Sandler et al. 2018 (MobileNet v2), reference implementation.
 */
export const roundedChannels = (channels: number): number => {
  const nearest = Math.max(8, Math.floor((channels + 4) / 8) * 8)
  return nearest < 0.9 * channels ? nearest + 8 : nearest
}
