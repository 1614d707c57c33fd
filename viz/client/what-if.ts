/**
 * The sliders of a page. The engine itself is bundled into this script and plans the run anew at every point; nothing of it
 * is written down a second time.
 */
import { type ArrayReplay, type PointCost, replayCost } from "../../sim/sat/replay.ts"
import { cyclesText, percentText, secondsText, timesText } from "../number-format.ts"
import { commandAt, pointAt, type WhatIfData } from "../what-if-data.ts"
import { copyOnPress } from "./copy-text.ts"

const costAt = (data: WhatIfData, at: readonly number[]): PointCost =>
  replayCost(data.replay as ArrayReplay, pointAt(data, at))

const paragraph = (className: string, text: string): HTMLElement => {
  const made = document.createElement("p")
  made.className = className
  made.textContent = text
  return made
}

/** "1.62× as fast as", "takes 1.20× as long as". */
const against = (ratio: number, label: string): string =>
  ratio >= 1
    ? `${timesText(ratio)} as fast as the ${label} run`
    : `${timesText(1 / ratio)} as long as the ${label} run`

const boundText = (bounds: PointCost["bounds"]): string =>
  bounds
    .slice(0, 3)
    .filter(([, share]) => share >= 0.005)
    .map(([bound, share]) => `${bound} ${percentText(share)}`)
    .join(", ")

/** Words in elements of their own, as in the page's markup. */
const showCommand = (place: HTMLElement, command: string): void => {
  const words = command.split(" ").flatMap((word, i) => {
    const made = document.createElement("span")
    made.textContent = word
    return i === 0 ? [made] : [" ", made]
  })
  place.replaceChildren(...words)
}

const enable = (root: HTMLElement, data: WhatIfData): void => {
  const inputs = [...root.querySelectorAll<HTMLInputElement>("input[type=range]")]
  const result = root.querySelector<HTMLElement>("#what-if-result")
  const command = root.querySelector<HTMLElement>("#what-if-command")
  const copy = root.querySelector<HTMLButtonElement>("#what-if-copy")
  const reset = root.querySelector<HTMLButtonElement>("#what-if-reset")
  if (result === null || command === null || copy === null || reset === null) return
  const label = root.dataset["label"] ?? ""
  const own = data.sliders.map((slider) => slider.own)
  /** The run itself by this page's engine: a trace of another version may say otherwise, and then the page says so. */
  let itself: PointCost | undefined
  let waiting = false

  const show = (): void => {
    waiting = false
    try {
      itself ??= costAt(data, own)
      const cost = costAt(
        data,
        inputs.map((input) => Number(input.value)),
      )
      const lines = [
        paragraph("figure", secondsText(cost.seconds)),
        paragraph(
          "note",
          `Estimate: ${against(itself.seconds / cost.seconds, label)}; ${cyclesText(cost.cycles)}`,
        ),
        paragraph("note", `Time by bound: ${boundText(cost.bounds)}`),
      ]
      if (itself.cycles !== data.cycles) {
        lines.push(
          paragraph(
            "note",
            `The trace is of another model: this page's makes ${cyclesText(itself.cycles)} of the run itself, the trace has ${cyclesText(data.cycles)}.`,
          ),
        )
      }
      result.replaceChildren(...lines)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      result.replaceChildren(paragraph("figure", "No estimate"), paragraph("note", reason))
    }
  }

  const moved = (): void => {
    for (const [i, input] of inputs.entries()) {
      const text = data.sliders[i]?.stops[Number(input.value)]?.text ?? ""
      input.setAttribute("aria-valuetext", text)
      const output = input.parentElement?.querySelector("output")
      if (output) output.textContent = text
    }
    showCommand(
      command,
      commandAt(
        data,
        inputs.map((input) => Number(input.value)),
      ),
    )
    // A plan takes some tens of milliseconds: the sliders move first, and one plan follows several moves.
    if (!waiting) setTimeout(show, 0)
    waiting = true
  }

  for (const input of inputs) input.addEventListener("input", moved)
  copyOnPress(copy, () => command.textContent ?? undefined)
  reset.addEventListener("click", () => {
    for (const [i, input] of inputs.entries()) input.value = String(own[i])
    moved()
  })
}

const root = document.querySelector<HTMLElement>(".what-if")
const text = document.getElementById("what-if-data")?.textContent
if (root !== null && text !== undefined && text !== null) enable(root, JSON.parse(text) as WhatIfData)
