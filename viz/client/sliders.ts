/** Sliders of a page: the estimate of every point, in words, and the command that repeats it. */
import { timesText } from "../number-format.ts"
import { commandAt, type WhatIfData } from "../what-if-data.ts"
import { copyFrom } from "./copy-csv.ts"

/** What a model makes of a point. */
export interface Estimate {
  readonly seconds: number
  readonly cycles: number
  /** The number in large type. */
  readonly figure: string
  /** After "… as fast as the run". */
  readonly size: string
  /** A line on where the time goes. */
  readonly where: string
}

const paragraph = (className: string, text: string): HTMLElement => {
  const made = document.createElement("p")
  made.className = className
  made.textContent = text
  return made
}

/** "1.62× as fast as", "1.20× as long as". */
const against = (ratio: number, label: string): string =>
  ratio >= 1
    ? `${timesText(ratio)} as fast as the ${label} run`
    : `${timesText(1 / ratio)} as long as the ${label} run`

/** Words in elements of their own, as in the page's markup. */
const showCommand = (place: HTMLElement, command: string): void => {
  const words = command.split(" ").flatMap((word, i) => {
    const made = document.createElement("span")
    made.textContent = word
    return i === 0 ? [made] : [" ", made]
  })
  place.replaceChildren(...words)
}

type EstimateAt = (data: WhatIfData, at: readonly number[]) => Estimate

const enable = (root: HTMLElement, data: WhatIfData, estimateAt: EstimateAt): void => {
  const inputs = [...root.querySelectorAll<HTMLInputElement>("input[type=range]")]
  const result = root.querySelector<HTMLElement>("#what-if-result")
  const command = root.querySelector<HTMLElement>("#what-if-command")
  const copy = root.querySelector<HTMLButtonElement>("#what-if-copy")
  const reset = root.querySelector<HTMLButtonElement>("#what-if-reset")
  if (result === null || command === null || copy === null || reset === null) return
  const label = root.dataset["label"] ?? ""
  const own = data.sliders.map((slider) => slider.own)
  const places = (): readonly number[] => inputs.map((input) => Number(input.value))
  /** The run itself by this page's engine: a trace of another version may say otherwise, and then the page says so. */
  let itself: Estimate | undefined
  let waiting = false

  const show = (): void => {
    waiting = false
    try {
      itself ??= estimateAt(data, own)
      const { seconds, figure, size, where } = estimateAt(data, places())
      const lines = [
        paragraph("figure", figure),
        paragraph("note", `Estimate: ${against(itself.seconds / seconds, label)}; ${size}`),
        paragraph("note", where),
      ]
      if (Math.abs(itself.cycles - data.cycles) > data.rounding) {
        const [here, there] = [Math.round(itself.cycles), data.cycles]
        const note = `The trace is of another model: this page's makes ${here} cycles of the run itself, the trace has ${there}.`
        lines.push(paragraph("note", note))
      }
      result.replaceChildren(...lines)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      result.replaceChildren(paragraph("figure", "No estimate"), paragraph("note", reason))
    }
    result.setAttribute("aria-busy", "false")
  }

  const moved = (): void => {
    for (const [i, input] of inputs.entries()) {
      const text = data.sliders[i]?.stops[Number(input.value)]?.text ?? ""
      input.setAttribute("aria-valuetext", text)
      const output = input.parentElement?.querySelector("output")
      if (output) output.textContent = text
    }
    showCommand(command, commandAt(data, places()))
    // A plan takes some tens of milliseconds: the sliders move first, and one plan follows several moves.
    if (!waiting) setTimeout(show, 0)
    waiting = true
    result.setAttribute("aria-busy", "true")
  }

  for (const input of inputs) input.addEventListener("input", moved)
  copy.addEventListener("click", () => copyFrom(copy, command.textContent ?? ""))
  reset.addEventListener("click", () => {
    for (const [i, input] of inputs.entries()) input.value = String(own[i])
    moved()
  })
}

/** The page's sliders, with the model that its run was made by. */
export const enableSliders = (estimateAt: EstimateAt): void => {
  const root = document.querySelector<HTMLElement>(".what-if")
  const text = document.getElementById("what-if-data")?.textContent
  if (root === null || text === undefined || text === null) return
  enable(root, JSON.parse(text) as WhatIfData, estimateAt)
}
