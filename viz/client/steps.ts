/** Arrow keys step through the marks of a focused chart or the rows of a focused table. */
import type { Tooltip } from "./tooltip.ts"

const stepOf = (key: string): number =>
  key === "ArrowRight" || key === "ArrowDown" ? 1 : key === "ArrowLeft" || key === "ArrowUp" ? -1 : 0

const isShown = (element: Element): boolean => element.getClientRects().length > 0

export const enableSteps = (tooltip: Tooltip): void => {
  for (const group of document.querySelectorAll<HTMLElement>("[data-steps]")) {
    let current: Element | undefined
    group.addEventListener("keydown", (event) => {
      const step = stepOf(event.key)
      if (step === 0 || event.target !== group) return
      const marks = [...group.querySelectorAll("[data-tip]")].filter(isShown)
      if (marks.length === 0) return
      event.preventDefault()
      const at = current === undefined ? -1 : marks.indexOf(current)
      const next = at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length
      current = marks[next]
      current.scrollIntoView({ block: "nearest", inline: "nearest" })
      tooltip.show(current)
    })
    group.addEventListener("blur", () => {
      current = undefined
      tooltip.hide()
    })
  }
}
