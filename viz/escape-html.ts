/** Makes text safe inside HTML and SVG, in element content and in quoted attributes. */

const entities: ReadonlyMap<string, string> = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
])

// Control characters are errors in HTML and XML; so are half surrogate pairs. Overrides of the text direction could
// reorder what stands around a name.
const unprintable =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu

export const escapeHtml = (text: string): string =>
  text.replace(unprintable, "\ufffd").replace(/[&<>"']/g, (char) => entities.get(char) ?? char)
