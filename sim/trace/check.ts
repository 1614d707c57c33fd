/** Everything that must hold of a trace, whatever engine wrote it. */
import { accountProblems } from "./internal/account-problems.ts"
import { overlapProblems } from "./internal/overlap-problems.ts"
import { rowProblems } from "./internal/row-problems.ts"
import type { TraceProblem } from "./problem.ts"
import type { Trace } from "./trace.ts"

/**
 * What is wrong with a trace; nothing, if it is well formed:
 *
 * - cycles are whole and not negative; counts are finite and not negative; every reference resolves, to an earlier span
 *   where it is a parent; the manifest's totals are those of the rows;
 * - children lie inside their parents;
 * - spans of one kind do not overlap on an exclusive track;
 * - in every span, busy + stalls of each `time.TRACK` are the span's cycles, exactly;
 * - in every span, useful ≤ non-zero ≤ dense-equivalent and useful ≤ issued.
 */
export const checkTrace = (trace: Trace): TraceProblem[] => [
  ...rowProblems(trace),
  ...overlapProblems(trace),
  ...accountProblems(trace),
]
