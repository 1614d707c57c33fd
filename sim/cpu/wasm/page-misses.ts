/** How often a tile of a sparse pointwise layer touches a page that the first level of a TLB no longer holds. */
import { beyondCapacity } from "../cache/beyond-capacity.ts"
import { type ColumnGroup, missShare } from "../cache/column-reuse.ts"

/** What operating systems map unless they are asked for more. Assumed. */
const pageBytes = 4096
const floatBytes = 4

export interface PageWalk {
  readonly pixels: number
  readonly cin: number
  readonly cout: number
  /** Rows of the weights as packed. */
  readonly rows: number
  /** How many rows keep a column. */
  readonly groups: readonly ColumnGroup[]
  readonly weightBytes: number
}

/**
 * Channels lie a plane apart, so a large plane puts every kept column on a page of its own. A page is in use when any of its
 * columns is; each row also moves on through the weights and to its output channel.
 */
export const pageMisses = (
  { pixels, cin, cout, rows, groups, weightBytes }: PageWalk,
  tlbPages: number,
): number => {
  if (rows === 0) return 0
  const columnsOfPage = Math.max(1, pageBytes / (floatBytes * pixels))
  const pages = Math.ceil(cin / columnsOfPage)
  const outputs = Math.ceil(cout / columnsOfPage)
  const weights = weightBytes / pageBytes
  const ofPages = groups.map(({ share, density }) => ({
    share,
    density: 1 - (1 - Math.min(density, 1 - 1e-9)) ** columnsOfPage,
  }))
  const used = ofPages.reduce((sum, { share, density }) => sum + share * density, 0)
  const lost = missShare(pages, tlbPages, ofPages, (weights + outputs) / rows)
  return pages * used * rows * lost + outputs * beyondCapacity(pages + outputs + weights, tlbPages)
}
