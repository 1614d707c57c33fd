/** A slider around the run's own value, from an eighth of it to eight times. */
import { toBase, type UnitName } from "../../arch/units.ts"
import { withUnit } from "../../viz/number-format.ts"
import type { Slider, SliderStop } from "../../viz/what-if-data.ts"

const factors = [0.125, 0.25, 0.375, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8]

/**
 * `value` is in base units, `base` is how those are shown, `unit` how the command line says them. Other stops than the
 * run's own are rounded to four digits as they are written.
 */
export const scaledSlider = (
  id: string,
  name: string,
  value: number,
  unit: UnitName,
  base: string,
): Slider => ({
  id,
  name,
  own: factors.indexOf(1),
  stops: factors.map((factor): SliderStop => {
    if (factor === 1) return { text: withUnit(value, base), value, words: "" }
    const written = Number(((value * factor) / toBase(1, unit)).toPrecision(4))
    const moved = toBase(written, unit)
    return { text: withUnit(moved, base), value: moved, words: `--set ${id}=${written}${unit}` }
  }),
})
