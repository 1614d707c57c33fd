/** Colour class of text inside a mark: strong fills take the inverse ink, quiet ones the page's own. */
export const onFill = (mark: string): string =>
  mark === "idle" || mark === "wait" ? `on-${mark}` : "on-fill"
