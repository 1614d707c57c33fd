/** How a sparse kernel walks the pixels of a channel: whole tiles, then ever smaller ones for the rest. */

/**
 * Tiles of `pixels`, each with how many pixels it holds: whole tiles of `tile`, and for the rest one of every power of two
 * below it that is needed. Every tile walks all weights. 49 pixels in tiles of 16 are 16, 16, 16 and 1.
 */
export const pixelTiles = (
  pixels: number,
  tile: number,
): readonly { readonly pixels: number; readonly count: number }[] => {
  const whole = Math.floor(pixels / tile)
  const tiles = whole > 0 ? [{ pixels: tile, count: whole }] : []
  let rest = pixels - whole * tile
  for (let size = 2 ** Math.floor(Math.log2(tile)); rest > 0; size /= 2) {
    const count = Math.floor(rest / size)
    if (count > 0) tiles.push({ pixels: size, count })
    rest -= count * size
  }
  return tiles
}
