/** Words that a compressed filter takes in SCALE-Sim's three formats. */
import type { NmPattern } from "../../dataflows/sparsity/nm-pattern.ts"

export type SparseStorage = "csr" | "csc" | "ellpack_block"

export interface FilterStorage {
  readonly original: number
  readonly metadata: number
  readonly total: number
}

/**
 * Words of 32 bits of a k × n filter of which `keptK` rows are kept: as it is, its metadata, and values with metadata.
 * CSR and CSC keep one index a non-zero and one pointer a row or column; blocked ELLPACK keeps ⌈log2 M⌉ bits a non-zero.
 * Source: SCALE-Sim v3, README_Sparsity.
 */
export const filterStorage = (
  k: number,
  n: number,
  keptK: number,
  { m }: NmPattern,
  storage: SparseStorage,
): FilterStorage => {
  const nonZeros = keptK * n
  const metadata =
    storage === "csr"
      ? nonZeros + k + 1
      : storage === "csc"
        ? nonZeros + n + 1
        : (nonZeros * Math.ceil(Math.log2(m))) / 32
  return { original: k * n, metadata, total: nonZeros + metadata }
}
