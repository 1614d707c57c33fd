/** `action_counts.yaml` of Accelergy 0.4, to estimate the same run with another energy model. */
import { stringify } from "yaml"
import type { Trace } from "../trace.ts"
import { isAccounting } from "../vocabulary.ts"

/**
 * The sums of all counters by component and action, in the order in which they first occur. Accounts of time and of
 * operations are left out: they are no actions of a component.
 */
export const accelergyActionCounts = (trace: Trace): Iterable<string> => {
  const local = [...actionsOf(trace)].map(([name, actions]) => ({
    name,
    action_counts: [...actions].map(([action, counts]) => ({ name: action, counts })),
  }))
  return [stringify({ action_counts: { version: "0.4", local } }, { lineWidth: 0 })]
}

const actionsOf = ({ strings, counters }: Trace): Map<string, Map<string, number>> => {
  const components = new Map<string, Map<string, number>>()
  for (let row = 0; row < counters.length; row++) {
    const component = strings[counters.component[row]]
    if (isAccounting(component)) continue
    let actions = components.get(component)
    if (actions === undefined) {
      actions = new Map()
      components.set(component, actions)
    }
    const action = strings[counters.action[row]]
    actions.set(action, (actions.get(action) ?? 0) + counters.count[row])
  }
  return components
}
