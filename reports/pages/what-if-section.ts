/** Sliders that plan the run anew in the reader's browser, and the command that repeats the point. */
import type { Manifest } from "../../sim/trace/manifest.ts"
import { escapeHtml } from "../../viz/escape-html.ts"
import { secondsText, shortNumber } from "../../viz/number-format.ts"
import { printable } from "../../viz/printable.ts"
import { commandAt, type Slider, type WhatIfData } from "../../viz/what-if-data.ts"
import type { BranchReport } from "../branch/branch-report.ts"
import { arrayWhatIf } from "../what-if/array-sliders.ts"
import { cpuWhatIf } from "../what-if/cpu-sliders.ts"
import { gpuWhatIf } from "../what-if/gpu-sliders.ts"
import { branchWhatIf } from "../what-if/branch-sliders.ts"
import { section, type WhatIfModel } from "./page.ts"

export interface WhatIf {
  readonly markup: string
  readonly model: WhatIfModel
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

/** A section whose heading and lede say what is asked; `figure` is the run itself, `label` its name. */
const sliderSection = (
  data: WhatIfData,
  { claim, lede, label, figure }: Readonly<Record<"claim" | "lede" | "label" | "figure", string>>,
): string =>
  section(
    "what-if",
    claim,
    lede,
    `<div class="what-if js-only" data-label="${escapeHtml(label)}">
<div class="sliders" role="group" aria-label="Numbers of the machine">
${data.sliders.map(sliderMarkup).join("\n")}
</div>
<div class="estimate">
<div id="what-if-result" role="status"><p class="figure">${escapeHtml(figure)}</p><p class="note">The run as it is. Move a slider for an estimate.</p></div>
<p class="note">The command of this point</p>
<pre tabindex="0" role="region" aria-label="The command of this point"><code id="what-if-command">${commandMarkup(
      commandAt(
        data,
        data.sliders.map(({ own }) => own),
      ),
    )}</code></pre>
<p class="buttons"><button type="button" class="button" id="what-if-copy">Copy command</button><button type="button" class="button" id="what-if-reset">Back to the run</button></p>
</div>
</div>
<noscript><p class="lede">The sliders need the page's script.</p></noscript>`,
  )

const printableCommand = (data: WhatIfData): WhatIfData => {
  const [before, pattern, after] = data.command.map(printable)
  return { ...data, command: [before, pattern, after] }
}

/** Of a run on an array machine, called `label`; undefined where its trace does not say how to plan it anew. */
const arraySliders = (manifest: Manifest, label: string): WhatIf | undefined => {
  const found = arrayWhatIf(manifest)
  if (found === undefined) return undefined
  const data = printableCommand(found)
  const markup = sliderSection(data, {
    claim: `What another machine would make of the ${label} run`,
    lede: "An estimate, made in this page: every product is mapped and timed anew by the closed form that made the run. All other numbers stay as they were. Energy, area and whether a clock can be reached are not estimated.",
    label,
    figure: secondsText(data.seconds),
  })
  return { markup, model: "array", data }
}

/** Of a run on one core of a CPU, called `label`; undefined where its trace does not say how to plan it anew. */
const cpuSliders = (manifest: Manifest, label: string): WhatIf | undefined => {
  const found = cpuWhatIf(manifest)
  if (found === undefined) return undefined
  const data = printableCommand(found)
  const markup = sliderSection(data, {
    claim: `What another clock and memory would make of the ${label} run`,
    lede: "An estimate, made in this page: every operator is planned anew by the model that made the run. The kind of core, its caches and the library stay as they were. Energy is not estimated.",
    label,
    figure: secondsText(data.seconds),
  })
  return { markup, model: "cpu", data }
}

/** Of a run on a board, called `label`; undefined where its trace does not say how to plan it anew. */
const gpuSliders = (manifest: Manifest, label: string): WhatIf | undefined => {
  const found = gpuWhatIf(manifest)
  if (found === undefined) return undefined
  const data = printableCommand(found)
  const markup = sliderSection(data, {
    claim: `What another board would make of the ${label} run`,
    lede: "An estimate, made in this page: the best kernel of every product is chosen and timed anew by the model that made the run. The kind of SM, its tensor cores and the library stay as they were, and so does what was fitted on measurements of the board. Energy is not estimated.",
    label,
    figure: secondsText(data.seconds),
  })
  return { markup, model: "gpu", data }
}

/** Of a run on a machine whose model can plan it anew. */
export const networkSliders = (manifest: Manifest, label: string): WhatIf | undefined =>
  arraySliders(manifest, label) ?? cpuSliders(manifest, label) ?? gpuSliders(manifest, label)

/** Of a predictor's run, called `label`; undefined where its trace does not hold the miss events. */
export const branchSliders = (report: BranchReport, label: string): WhatIf | undefined => {
  const { manifest, measured, windows, total } = report
  const count = windows.filter(({ phase }) => phase === "measured").length
  const found = branchWhatIf(manifest, { cycles: measured.cycles, windows: count })
  if (found === undefined) return undefined
  const data = printableCommand(found)
  const markup = sliderSection(data, {
    claim: "What these misses would cost another core",
    lede: "An estimate, made in this page: the run's own misses, priced anew by the interval model that made the run. The predictor, the target buffers and the clock stay as they were, and so does the program's parallelism. Caches are not modelled. The trace rounds every window to a whole cycle; the estimate does not.",
    label,
    figure: `${shortNumber(measured.cycles / total.instructions)} CPI`,
  })
  return { markup, model: "branch", data }
}
