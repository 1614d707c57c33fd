/** What a predictor stores. */
import type { Manifest } from "../../sim/trace/manifest.ts"

/** Bits of a predictor's tables and registers, as its run wrote them down; undefined where it did not. */
export const storageBitsOf = ({ settings }: Manifest): number | undefined => {
  const written = /^(\d+) bits$/.exec(settings["storage"] ?? "")?.[1]
  return written === undefined ? undefined : Number(written)
}
