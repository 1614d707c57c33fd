/** A row of buttons that shows one of several versions of a chart, e.g. one for each memory level. */

export const enablePanels = (): void => {
  for (const switcher of document.querySelectorAll("[data-switch]")) {
    const buttons = [...switcher.querySelectorAll<HTMLButtonElement>("button[data-panel]")]
    for (const button of buttons) {
      button.addEventListener("click", () => {
        for (const other of buttons) {
          other.setAttribute("aria-pressed", String(other === button))
          const panel = document.getElementById(other.dataset["panel"] ?? "")
          if (panel !== null) panel.hidden = other !== button
        }
      })
    }
  }
}
