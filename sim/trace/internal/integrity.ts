/** Fingerprints of the files of a trace. Parquet as DuckDB writes it has no page checksums, so the manifest holds them. */
import { createHash } from "node:crypto"
import { closeSync, openSync, readSync } from "node:fs"
import type { StoredManifest } from "../manifest.ts"

export interface FileIntegrity {
  readonly bytes: number
  readonly sha256: string
}

const blockBytes = 1 << 20

/** Length and SHA-256 of a file, read in blocks. */
export const integrityOfFile = (file: string): FileIntegrity => {
  const hash = createHash("sha256")
  const block = new Uint8Array(blockBytes)
  const descriptor = openSync(file, "r")
  let bytes = 0
  try {
    for (;;) {
      const read = readSync(descriptor, block, 0, blockBytes, null)
      if (read === 0) return { bytes, sha256: hash.digest("hex") }
      hash.update(block.subarray(0, read))
      bytes += read
    }
  } finally {
    closeSync(descriptor)
  }
}

/**
 * SHA-256 of a manifest as parsed JSON: every field, known to this version or not, but for `integrity.manifest` (the result
 * itself) and `version` (judged before anything else is read).
 */
export const manifestDigest = (
  manifest: Readonly<Record<string, unknown>>,
  files: Pick<StoredManifest["integrity"], "spans" | "counters">,
): string => {
  const covered = {
    ...manifest,
    version: null,
    integrity: { spans: files.spans, counters: files.counters },
  }
  return createHash("sha256").update(JSON.stringify(covered)).digest("hex")
}
