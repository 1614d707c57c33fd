/** Data that only the page's script reads: deflated, a tenth of its size, and the same bytes on any machine. */
import { deflateSync, strToU8 } from "fflate"
import { escapeHtml } from "../../viz/escape-html.ts"
import { printable } from "../../viz/printable.ts"

/** A script element that `viz/client/unpack.ts` turns into one of JSON. */
export const packedScript = (id: string, json: string): string => {
  const packed = Buffer.from(deflateSync(strToU8(printable(json)), { level: 9 })).toString("base64")
  return `<script type="application/octet-stream" id="${escapeHtml(id)}">${packed}</script>`
}
