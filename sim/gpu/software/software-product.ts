/** What the software kernels multiply. */
import type { ProductShape } from "./product-shape.ts"
import type { VnmTile } from "./vnm.ts"

export type SoftwareSparsity =
  | { readonly kind: "dense" }
  /** Kept weights along k. Whether rows, vectors of 32 columns or blocks of V rows share the choice is the kernel's. */
  | { readonly kind: "n:m"; readonly n: number; readonly m: number }
  /** A share of weights (or of blocks) kept anywhere. */
  | { readonly kind: "unstructured"; readonly density: number }

export interface SoftwareProduct extends ProductShape {
  readonly sparsity: SoftwareSparsity
  /** The kernel of Spatha's catalogue to run; the best of all where absent. Other libraries choose by themselves. */
  readonly tile?: VnmTile
}

/** Share of weights that are kept, from 0 (exclusive) to 1. */
export const keptShare = (sparsity: SoftwareSparsity): number => {
  switch (sparsity.kind) {
    case "dense":
      return 1
    case "n:m":
      return sparsity.n / sparsity.m
    case "unstructured":
      return sparsity.density
  }
}
