/** Inflates the data of the page (`reports/pages/packed-script.ts`), so that everything after reads plain JSON. */
import { inflateSync, strFromU8 } from "fflate"

export const unpackData = (): void => {
  for (const element of document.querySelectorAll('script[type="application/octet-stream"]')) {
    const bytes = Uint8Array.from(atob(element.textContent ?? ""), (character) => character.charCodeAt(0))
    element.textContent = strFromU8(inflateSync(bytes))
  }
}
