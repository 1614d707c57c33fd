/** The front page of a folder of reports: one line a page. */
import { escapeHtml } from "../../viz/escape-html.ts"
import { displayName } from "./display-name.ts"
import { type ClientAssets, renderPage } from "./page.ts"
import { TipBook } from "./tip-book.ts"

export interface IndexEntry {
  /** Name of a file in the same folder as the index. */
  readonly file: string
  readonly title: string
  /** One sentence: what the page says. */
  readonly verdict: string
  /** What kind of page it is, e.g. "comparison", "run", "validation". */
  readonly kind: string
}

export interface IndexPageInput {
  readonly title: string
  /** What the pages are about, in a sentence; the heading. */
  readonly about: string
  readonly entries: readonly IndexEntry[]
  /** The command that made the pages. */
  readonly command: string
}

/** A list of pages. Links are to plain file names, so that the folder can be moved or zipped. */
export const entriesMarkup = (entries: readonly IndexEntry[]): string => {
  const items = entries.map(
    ({ file, title, verdict, kind }) => `<li><span class="kind">${escapeHtml(displayName(kind))}</span>
<div><a href="./${escapeHtml(encodeURIComponent(file.replace(/\p{Surrogate}/gu, "\ufffd")))}"><bdi>${escapeHtml(displayName(title))}</bdi></a></div>
<p><bdi>${escapeHtml(verdict)}</bdi></p></li>`,
  )
  return items.length === 0 ? "<p>There are no pages.</p>" : `<ul class="entries">${items.join("\n")}</ul>`
}

/** HTML of the index. */
export const indexPage = (input: IndexPageInput, assets: ClientAssets): string =>
  renderPage(
    {
      title: input.title,
      eyebrow: displayName(input.title),
      verdict: input.about,
      tips: new TipBook(),
      content: [entriesMarkup(input.entries)],
      footer: `<h2>Where this comes from</h2><p><code>${escapeHtml(input.command)}</code></p>`,
    },
    assets,
  )
