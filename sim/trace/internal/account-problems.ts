/** The accounts a span carries beside its energy counters: where its cycles went, and its four operation counts. */
import type { TraceProblem } from "../problem.ts"
import type { Trace } from "../trace.ts"
import { type OperationCount, operationCounts } from "../vocabulary.ts"
import { countersFile } from "./layout.ts"

/** One account of one span, with the sums of its actions. Sizes of stored tensors are accounts too, but of no sum. */
interface Account {
  readonly span: number
  readonly component: string
  /** First row of the account. */
  readonly row: number
  readonly actions: Map<string, number>
}

export function* accountProblems(trace: Trace): Generator<TraceProblem> {
  for (const account of accountsOf(trace)) {
    if (account.component === "ops") yield* operationProblems(account)
    else yield* timeProblems(account, trace.spans.duration[account.span])
  }
}

const isTime = (component: string): boolean => component.startsWith("time.")

const accountsOf = ({ strings, spans, counters }: Trace): Iterable<Account> => {
  const accounting = strings.map((text) => text === "ops" || isTime(text))
  const accounts = new Map<number, Account>()
  for (let row = 0; row < counters.length; row++) {
    const code = counters.component[row]
    const span = counters.span[row]
    if (!accounting[code] || !(span >= 0 && span < spans.length)) continue
    const key = span * strings.length + code
    let account = accounts.get(key)
    if (account === undefined) {
      account = { span, component: strings[code], row, actions: new Map() }
      accounts.set(key, account)
    }
    const action = strings[counters.action[row]]
    account.actions.set(action, (account.actions.get(action) ?? 0) + counters.count[row])
  }
  return accounts.values()
}

/** busy + Σ stalls = the span's cycles, exactly. */
function* timeProblems(
  { span, component, row, actions }: Account,
  duration: number,
): Generator<TraceProblem> {
  let sum = 0
  for (const [action, cycles] of actions) {
    sum += cycles
    if (action === "busy" || action.startsWith("stall.")) continue
    yield {
      file: countersFile,
      row,
      column: "action",
      message: `span ${span}: ${component} has "${action}"; only busy and stall.CAUSE account for time`,
    }
  }
  if (sum !== duration) {
    yield {
      file: countersFile,
      row,
      column: "count",
      message: `span ${span}: busy and stalls of ${component} sum to ${sum} cycles, the span has ${duration}`,
    }
  }
}

/** Pairs of operation counts of which the first is never the larger. */
const ordered: readonly (readonly [OperationCount, OperationCount])[] = [
  ["useful", "non-zero"],
  ["non-zero", "dense-equivalent"],
  ["useful", "issued"],
]

function* operationProblems({ span, row, actions }: Account): Generator<TraceProblem> {
  const known: ReadonlySet<string> = new Set(operationCounts)
  for (const action of actions.keys()) {
    if (known.has(action)) continue
    yield {
      file: countersFile,
      row,
      column: "action",
      message: `span ${span}: "${action}" is not one of the operation counts ${operationCounts.join(", ")}`,
    }
  }
  // A count of zero is not stored, so one that is absent is zero.
  for (const [less, more] of ordered) {
    const smaller = actions.get(less) ?? 0
    const larger = actions.get(more) ?? 0
    if (smaller <= larger) continue
    yield {
      file: countersFile,
      row,
      column: "count",
      message: `span ${span}: ${smaller} ${less} operations exceed the ${larger} that are ${more}`,
    }
  }
}
