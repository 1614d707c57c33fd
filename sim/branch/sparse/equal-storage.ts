/** What the 2 KB of sparse models buy elsewhere: the same bits as one more bank of TAGE. */
import { tageScL64KB } from "../tage-sc-l/designs.ts"
import type { TageScLParameters } from "../tage-sc-l/parameters.ts"

/**
 * TAGE-SC-L 64 KB with 21 banks for the long histories where it has 20: 1,024 entries of 16 bits, 16,384 bits more.
 * Assumed: nobody published this size; it stands beside the sparse models so that storage is equal to within their window
 * of 512 outcomes.
 */
export const tageScL66KB: TageScLParameters = {
  ...tageScL64KB,
  tage: { ...tageScL64KB.tage, high: { ...tageScL64KB.tage.high, banks: tageScL64KB.tage.high.banks + 1 } },
}
