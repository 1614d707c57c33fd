/** One figure of every predictor as bars. */
import { energyBars } from "../../viz/energy-bars.ts"
import { displayName } from "./display-name.ts"
import { type Figure, figureMarkup } from "./figure.ts"

export interface PredictorBar {
  readonly label: string
  readonly value: number
  readonly text: string
  readonly tip: string
}

/** A headed chart; the numbers stand in the page's table of predictors. */
export const predictorBars = (
  figure: Pick<Figure, "id" | "title" | "caption">,
  mark: string,
  bars: readonly PredictorBar[],
): string =>
  `<h3>${figure.title}</h3>${figureMarkup({
    ...figure,
    draw: (frame) =>
      energyBars(frame, {
        runs: [{ name: figure.title, mark }],
        groups: bars.map(({ label, value, text, tip }) => ({
          name: displayName(label),
          values: [{ value, text, tip }],
        })),
      }),
  })}`
