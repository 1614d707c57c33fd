/** Where the time goes, in words: the three largest bounds. */
import { percentText } from "../number-format.ts"

export const boundText = (bounds: readonly (readonly [bound: string, share: number])[]): string =>
  bounds
    .slice(0, 3)
    .filter(([, share]) => share >= 0.005)
    .map(([bound, share]) => `${bound} ${percentText(share)}`)
    .join(", ")
