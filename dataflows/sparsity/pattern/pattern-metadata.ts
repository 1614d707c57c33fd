/** Bits that say where the kept values of a pattern were. */
import { type MetadataFormat, metadataBitsPerGroup } from "../compressed-size.ts"
import { type SparsityPattern, vectorColumns } from "./sparsity-pattern.ts"

/**
 * Bits of metadata of one row's group of `pattern.m` elements. V:N:M notes its 4 columns once for V rows, so a row's share
 * may be a fraction of a bit; a hierarchical pattern notes the kept blocks of every level. A row-wise pattern is counted at its
 * most, N = M; `rowWiseMetadataBits` counts real rows.
 */
export const patternMetadataBits = (pattern: SparsityPattern, format: MetadataFormat): number => {
  if (!("kind" in pattern)) return metadataBitsPerGroup(pattern, format)
  switch (pattern.kind) {
    case "vector": {
      const columns = metadataBitsPerGroup({ n: vectorColumns, m: pattern.m }, format)
      return columns / pattern.v + metadataBitsPerGroup({ n: pattern.n, m: vectorColumns }, format)
    }
    case "hierarchical": {
      // From the outermost level inwards: each level's groups are the blocks that the level above kept.
      let groups = 1
      let bits = 0
      for (const level of pattern.levels.toReversed()) {
        bits += groups * metadataBitsPerGroup(level, format)
        groups *= level.n
      }
      return bits
    }
    case "bounded":
    case "row-wise":
      return metadataBitsPerGroup(pattern, format)
  }
}

/** The same spread over the group's kept values: index 2:8 has 3 bits a value, bitmap 2:8 has 4. */
export const metadataBitsPerKept = (pattern: SparsityPattern, format: MetadataFormat): number =>
  patternMetadataBits(pattern, format) / pattern.n
