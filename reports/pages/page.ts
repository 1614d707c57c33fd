/** The shell of every page: one self-contained file that asks the network for nothing. */
import { createHash } from "node:crypto"
import { escapeHtml } from "../../viz/escape-html.ts"
import type { WhatIfData } from "../../viz/what-if-data.ts"
import { displayName } from "./display-name.ts"
import { packedScript } from "./packed-script.ts"
import { TipBook } from "./tip-book.ts"

/** Models that a page can ask again. */
export type WhatIfModel = "array" | "cpu" | "gpu" | "branch"

/** The compiled client scripts (`viz/client/main.ts`, alone and with the sliders of each model) and the stylesheet (`viz/client/style.css`). */
export interface ClientAssets {
  readonly script: string
  /** For pages with sliders: each also holds the model that its runs were made by. */
  readonly whatIf: Readonly<Record<WhatIfModel, string>>
  readonly style: string
}

export interface Page {
  readonly title: string
  /** Small line above the verdict: what was run on what. */
  readonly eyebrow: string
  /** The heading: one sentence that answers the question. */
  readonly verdict: string
  /** Markup below the heading, in order. */
  readonly content: readonly string[]
  /** Markup of the footer. */
  readonly footer: string
  readonly tips: TipBook
  /** What the sliders of the page read; a page without them leaves it out. */
  readonly whatIf?: { readonly model: WhatIfModel; readonly data: WhatIfData }
}

const hash = (text: string): string =>
  `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`

/** The policy allows this very script and style, and images inside the file; everything else is refused. */
const policy = (style: string, script: string): string =>
  `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; img-src data:; base-uri 'none'; form-action 'none'`

export const renderPage = (page: Page, assets: ClientAssets): string => {
  const script = page.whatIf === undefined ? assets.script : assets.whatIf[page.whatIf.model]
  const data = [
    packedScript("tips", page.tips.json()),
    ...(page.whatIf === undefined ? [] : [packedScript("what-if-data", JSON.stringify(page.whatIf.data))]),
  ]
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(assets.style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(displayName(page.title))}</title>
<link rel="icon" href="data:,">
<style>${assets.style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the result</a>
<header class="top"><span class="brand">sparsim</span><button type="button" class="button js-only" id="theme" aria-pressed="false">Dark</button></header>
<main id="main">
<p class="eyebrow"><bdi>${escapeHtml(page.eyebrow)}</bdi></p>
<h1>${escapeHtml(page.verdict)}</h1>
${page.content.join("\n")}
</main>
<footer>
${page.footer}
</footer>
<div id="tip" role="status" hidden></div>
${data.join("\n")}
<script>${script}</script>
</body>
</html>
`
}

/** A section: a claim as its heading, a lede, and content. */
export const section = (id: string, claim: string, lede: string, ...content: readonly string[]): string =>
  `<section aria-labelledby="${escapeHtml(id)}-heading">
<h2 id="${escapeHtml(id)}-heading">${escapeHtml(claim)}</h2>
<p class="lede">${escapeHtml(lede)}</p>
${content.join("\n")}
</section>`

/** Warnings of the run; nothing when there are none. */
export const warningsMarkup = (warnings: readonly string[]): string =>
  warnings.length === 0
    ? ""
    : `<div class="warnings" role="note"><ul>${warnings.map((w) => `<li><bdi>${escapeHtml(displayName(w))}</bdi></li>`).join("")}</ul></div>`
