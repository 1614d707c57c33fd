/** Energy from counts and prices, as `reports/energy.ts` finds it from a trace. */
import type { ActionEnergy } from "../../arch/resolve-energy.ts"
import { isAccounting } from "../../sim/trace/vocabulary.ts"

/** Picojoules of counts by "component/action", with `staticJoules` of static power. NaN where a price is missing. */
export const energyOf = (
  counts: readonly Readonly<Record<string, number>>[],
  actions: readonly ActionEnergy[],
  staticJoules: number,
): number => {
  const prices = new Map<string, number>(
    actions.map(({ component, action, picojoules }) => [`${component}/${action}`, picojoules]),
  )
  let sum = staticJoules * 1e12
  for (const stage of counts) {
    for (const key in stage) {
      if (isAccounting(key.slice(0, key.indexOf("/")))) continue
      sum += stage[key] * (prices.get(key) ?? Number.NaN)
    }
  }
  return sum
}
