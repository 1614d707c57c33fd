/** Makes text safe inside HTML and SVG, in element content and in quoted attributes. */
import { printable } from "./printable.ts"

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
])

/** Escapes markup and replaces what cannot be printed. */
export const escapeHtml = (text: string): string =>
  printable(text).replace(/[&<>"']/g, (char) => entities.get(char) ?? char)
