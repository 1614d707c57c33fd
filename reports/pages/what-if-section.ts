/** Sliders that plan the run anew in the reader's browser, and the command that repeats the point. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import { escapeHtml } from "../../viz/escape-html.ts"
import { secondsText } from "../../viz/number-format.ts"
import { printable } from "../../viz/printable.ts"
import { commandAt, type Slider, type WhatIfData } from "../../viz/what-if-data.ts"
import { arrayWhatIf } from "../what-if/array-sliders.ts"
import { section } from "./page.ts"

export interface WhatIf {
  readonly markup: string
  /** For the script of the page. */
  readonly data: WhatIfData
}

const sliderMarkup = ({ id, name, stops, own }: Slider): string => {
  const field = escapeHtml(`what-if-${id.replaceAll(".", "-")}`)
  const text = escapeHtml(stops[own]?.text ?? "")
  return `<div class="slider"><label for="${field}">${escapeHtml(name)}</label><output for="${field}">${text}</output><input type="range" id="${field}" min="0" max="${stops.length - 1}" step="1" value="${own}" aria-valuetext="${text}" autocomplete="off"></div>`
}

/** Words in elements of their own, so that no line ends at the dashes of a flag. */
const commandMarkup = (command: string): string =>
  command
    .split(" ")
    .map((word) => `<span>${escapeHtml(word)}</span>`)
    .join(" ")

/** The section of a run, called `label` in it; undefined where its trace does not say how to plan it anew. */
export const whatIfSection = (manifest: Manifest, label: string): WhatIf | undefined => {
  const found = arrayWhatIf(manifest)
  if (found === undefined) return undefined
  const data = { ...found, command: found.command.map(printable) as unknown as WhatIfData["command"] }
  const own = data.sliders.map((slider) => slider.own)
  const markup = section(
    "what-if",
    `What another machine would make of the ${label} run`,
    "An estimate, made in this page: every product is mapped and timed anew by the closed form that made the run. All other numbers stay as they were. Energy, area and whether a clock can be reached are not estimated.",
    `<div class="what-if js-only" data-label="${escapeHtml(label)}">
<div class="sliders" role="group" aria-label="Numbers of the machine">
${data.sliders.map(sliderMarkup).join("\n")}
</div>
<div class="estimate">
<div id="what-if-result" role="status"><p class="figure">${escapeHtml(secondsText(data.seconds))}</p><p class="note">The run as it is. Move a slider for an estimate.</p></div>
<p class="note">The command of this point</p>
<pre tabindex="0" role="region" aria-label="The command of this point"><code id="what-if-command">${commandMarkup(commandAt(data, own))}</code></pre>
<p class="buttons"><button type="button" class="button" id="what-if-copy">Copy command</button><button type="button" class="button" id="what-if-reset">Back to the run</button></p>
</div>
</div>
<noscript><p class="lede">The sliders need the page's script.</p></noscript>`,
  )
  return { markup, data }
}
