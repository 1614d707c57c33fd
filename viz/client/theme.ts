/** Light and dark: the system's choice until the reader makes another. */

type Theme = "light" | "dark"
const storageKey = "sparsim-theme"

const systemTheme = (): Theme => (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")

// Storage is closed to files in some browsers; then the choice lasts as long as the page.
const stored = (): Theme | undefined => {
  try {
    const theme = localStorage.getItem(storageKey)
    return theme === "light" || theme === "dark" ? theme : undefined
  } catch {
    return undefined
  }
}

const store = (theme: Theme): void => {
  try {
    localStorage.setItem(storageKey, theme)
  } catch {
    return
  }
}

export const enableTheme = (): void => {
  const root = document.documentElement
  const button = document.querySelector<HTMLButtonElement>("#theme")
  const show = (theme: Theme): void => {
    root.dataset["theme"] = theme
    button?.setAttribute("aria-pressed", String(theme === "dark"))
  }
  const chosen = stored()
  if (chosen !== undefined) show(chosen)
  button?.setAttribute("aria-pressed", String((chosen ?? systemTheme()) === "dark"))
  button?.addEventListener("click", () => {
    const now = root.dataset["theme"] ?? systemTheme()
    const next = now === "dark" ? "light" : "dark"
    show(next)
    store(next)
  })
}
