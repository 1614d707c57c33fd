/** The tables of a page as its readers copy them: values where cells carry them, else texts. */

export interface PageTable {
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number)[])[]
}

const entities: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
}
const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (entity) => entities[entity])
    .trim()

/** NaN where a number's cell is empty. */
const cellOf = (markup: string): string | number => {
  const number = /^<td data-v(?:=([^ >]*))?>(.*)$/s.exec(markup)
  if (number === null) return textOf(markup)
  const [, value, text] = number
  if (value !== undefined) return Number(value)
  const said = textOf(text).replaceAll(",", "")
  return said === "–" ? Number.NaN : Number(said)
}

/** Tables of `html` by id. */
export const pageTables = (html: string): ReadonlyMap<string, PageTable> =>
  new Map(
    [...html.matchAll(/<table class="sortable" id="([^"]*)">(.*?)<\/table>/gs)].map(([, id, table]) => [
      id,
      {
        columns: [...table.matchAll(/<th scope=col.*?<\/button>/gs)].map(([head]) => textOf(head)),
        rows: table
          .split(/<tr[ >]/)
          .slice(2)
          .map((row) =>
            [...row.matchAll(/<t[hd](?: [^>]*)?>.*?(?=<t[hd][ >]|$)/gs)].map(([cell]) => cellOf(cell)),
          ),
      },
    ]),
  )
