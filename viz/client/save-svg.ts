/** "Save SVG" buttons: the chart as one file that looks the same in a slide or an editor. */
import { download } from "./download.ts"

/** Properties that the stylesheet gives to marks, written out because a saved file has no stylesheet. */
const written = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "font-family",
  "font-size",
  "font-weight",
  "paint-order",
] as const

const withStylesWritten = (svg: SVGSVGElement): SVGSVGElement => {
  const copy = svg.cloneNode(true)
  if (!(copy instanceof SVGSVGElement)) return svg
  const originals = svg.querySelectorAll("*")
  copy.removeAttribute("class")
  for (const [index, element] of copy.querySelectorAll("*").entries()) {
    if (!["g", "title", "desc"].includes(element.localName)) {
      const style = getComputedStyle(originals[index])
      for (const property of written) element.setAttribute(property, style.getPropertyValue(property))
    }
    element.removeAttribute("data-tip")
    element.removeAttribute("class")
  }
  const { width, height } = svg.viewBox.baseVal
  copy.setAttribute("width", String(width))
  copy.setAttribute("height", String(height))
  const background = document.createElementNS("http://www.w3.org/2000/svg", "rect")
  background.setAttribute("width", String(width))
  background.setAttribute("height", String(height))
  background.setAttribute("fill", getComputedStyle(document.body).backgroundColor)
  copy.querySelector("desc")?.after(background)
  return copy
}

/** Downloads a chart that is in the document. */
export const saveSvg = (svg: SVGSVGElement, name: string): void => {
  const text = new XMLSerializer().serializeToString(withStylesWritten(svg))
  download(new Blob([text], { type: "image/svg+xml" }), `${name}.svg`)
}

export const enableSaveSvg = (): void => {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-save]")) {
    button.addEventListener("click", () => {
      const name = button.dataset["save"] ?? "chart"
      const shown = [...document.querySelectorAll<SVGSVGElement>(`#${CSS.escape(name)} svg`)].find(
        (svg) => svg.getClientRects().length > 0,
      )
      if (shown !== undefined) saveSvg(shown, name)
    })
  }
}
