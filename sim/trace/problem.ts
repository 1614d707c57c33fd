/** Something in a trace that cannot be, and where. */
import type { countersFile, manifestFile, spansFile } from "./internal/layout.ts"

export interface TraceProblem {
  readonly file: typeof manifestFile | typeof spansFile | typeof countersFile
  /** Row of the Parquet file, from 0; of `spans.parquet` it is the span's id. */
  readonly row?: number
  readonly column?: string
  /** One sentence: what was found and what must hold. */
  readonly message: string
}
