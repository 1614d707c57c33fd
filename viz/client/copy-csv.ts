/** "Copy CSV" buttons: the table as shown, numbers in full precision. */
import { cellValue } from "./cell-value.ts"

const csvCell = (cell: HTMLTableCellElement): string => {
  const value = cellValue(cell)
  if (value !== undefined) return value
  return csvText((cell.textContent ?? "").trim())
}

export const csvText = (text: string): string => {
  // A spreadsheet would run a text that starts like a formula.
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

const csvOf = (table: HTMLTableElement): string =>
  [...table.rows].map((row) => [...row.cells].map(csvCell).join(",")).join("\n")

const copy = async (text: string): Promise<boolean> => {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Pages opened from disk may not use the clipboard interface; a selected text field still can.
    const field = document.createElement("textarea")
    field.value = text
    document.body.append(field)
    field.select()
    const done = document.execCommand("copy")
    field.remove()
    return done
  }
}

/** Copies at the press of a button, which says whether it worked. */
export const copyFrom = (button: HTMLButtonElement, text: string): void => {
  const before = button.textContent
  void copy(text).then((done) => {
    button.textContent = done ? "Copied" : "Could not copy"
    setTimeout(() => (button.textContent = before), 1600)
  })
}

export const enableCopyCsv = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    button.addEventListener("click", () => {
      const table = document.getElementById(button.dataset["copy"] ?? "")
      if (!(table instanceof HTMLTableElement)) return
      copyFrom(button, csvOf(table))
    })
  }
}
