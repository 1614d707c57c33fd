/** The product that every kernel here computes: C (m × n) = A (m × k) · B (k × n), k uncompressed. */
export interface ProductShape {
  readonly m: number
  readonly n: number
  readonly k: number
}
