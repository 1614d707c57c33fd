/** Width of text without a browser: good enough to place labels and to shorten names. */

// Digits are tabular, so 1 is as wide as 0.
const narrow = new Set("iIl|!.,:;'`()[]{}fjrt /\\-")
const wide = new Set("mwMW@%—…×÷→±")

const widthInEm = (char: string): number => {
  if (narrow.has(char)) return 0.36
  if (wide.has(char)) return 0.92
  const code = char.codePointAt(0) ?? 0
  if (code >= 0x1100) return code >= 0x2000 && code < 0x2e80 ? 0.62 : 1.05
  return char >= "A" && char <= "Z" ? 0.7 : 0.58
}

/** Estimated pixels of `text` at `size` pixels in a system sans-serif. */
export const textWidth = (text: string, size: number): number => {
  let em = 0
  for (const char of text) em += widthInEm(char)
  return em * size
}

/** The same for text that is set bold. */
export const boldWidth = (text: string, size: number): number => 1.1 * textWidth(text, size)

/** `text` cut in the middle so that it fits `pixels`; ends of layer names tell more than middles. */
export const shorten = (text: string, pixels: number, size: number): string => {
  // A name of many kilobytes is cut before it is measured.
  const chars = Array.from(text.slice(0, 600))
  const full = chars.length < text.length ? `${chars.join("")}…` : text
  if (textWidth(full, size) <= pixels) return full
  let kept = Math.min(chars.length, Math.floor(pixels / (size * 0.36)))
  while (kept > 1) {
    const head = Math.ceil(kept / 2)
    const cut = `${chars.slice(0, head).join("")}…${chars.slice(chars.length - (kept - head)).join("")}`
    if (textWidth(cut, size) <= pixels) return cut
    kept -= 1
  }
  return "…"
}
