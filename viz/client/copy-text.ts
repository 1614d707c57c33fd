/** Puts a text on the clipboard; false where the browser does not let it. */
export const copyText = async (text: string): Promise<boolean> => {
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

/** A press of `button` copies what `text` gives, and the button says for a moment whether it did. */
export const copyOnPress = (button: HTMLButtonElement, text: () => string | undefined): void => {
  button.addEventListener("click", () => {
    const wanted = text()
    if (wanted === undefined) return
    const before = button.textContent
    void copyText(wanted).then((done) => {
      button.textContent = done ? "Copied" : "Could not copy"
      setTimeout(() => (button.textContent = before), 1600)
    })
  })
}
