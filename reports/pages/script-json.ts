/** JSON that is safe inside a script element. */
import { printable } from "../../viz/printable.ts"

export const scriptJson = (value: unknown): string =>
  printable(JSON.stringify(value))
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029")
