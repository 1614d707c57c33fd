/** Predictors in one sentence. */
import { ipcOf, lostShareOf, mpkiOf } from "./branch-counts.ts"
import type { BranchReport } from "./branch-report.ts"

/** Three digits where there are so many: "0.123", "4.32", "12.3". */
const digits = (value: number): string =>
  value === 0 ? "0" : value < 1 ? value.toPrecision(2) : value.toFixed(value < 9.995 ? 2 : 1)

const percent = (share: number): string =>
  share > 0 && share < 0.005 ? "less than 1 %" : `${Math.round(share * 100)} %`

/** Which branches the misses come from. */
const origin = ({ worst, total }: BranchReport): string => {
  if (total.mispredictions === 0 || worst.length === 0) return ""
  const hard = worst.filter(({ isHard }) => isHard)
  const share = hard.reduce((sum, { shareOfMisses }) => sum + shareOfMisses, 0)
  if (hard.length > 1) return `, and ${hard.length} hard-to-predict branches make ${percent(share)} of them`
  return `, and the worst branch makes ${percent(worst[0].shareOfMisses)} of them`
}

export const branchVerdict = (report: BranchReport, label = report.manifest.machine.name): string =>
  report.total.mispredictions === 0
    ? `${label}: nothing is mispredicted.`
    : `${label}: ${digits(mpkiOf(report.total))} mispredictions per 1,000 instructions; they cost ${percent(lostShareOf(report.total))} of the time${origin(report)}.`

export interface LabelledReport {
  readonly label: string
  readonly report: BranchReport
}

/** By rising MPKI; equal ones in the order given. */
export const byMpki = <T extends LabelledReport>(runs: readonly T[]): readonly T[] =>
  runs.toSorted((a, b) => mpkiOf(a.report.total) - mpkiOf(b.report.total))

const times = (ratio: number): string =>
  Number.isFinite(ratio) ? `${ratio.toFixed(2)}×` : "any number of times"

const fewer = (best: number, other: number): string =>
  other === 0 || best === other ? "as many as" : `${percent(1 - best / other)} fewer than`

const quoted = (label: string): string => `“${label}”`

/** The best predictor, against the first, or against the next where the first is the best. @param runs two or more */
export const branchCompareVerdict = (runs: readonly LabelledReport[]): string => {
  const [best, next] = byMpki(runs)
  const first = runs[0]
  const [mpki, ipc] = [mpkiOf(best.report.total), ipcOf(best.report.total)]
  const lead = `${quoted(best.label)} is the best of ${runs.length}: ${digits(mpki)} mispredictions per 1,000 instructions`
  const against = best === first ? next : first
  const role = best === first ? "the next" : "the first"
  const [otherMpki, otherIpc] = [mpkiOf(against.report.total), ipcOf(against.report.total)]
  return `${lead}, ${fewer(mpki, otherMpki)} ${role}, ${quoted(against.label)}, at ${times(otherIpc === 0 ? 1 : ipc / otherIpc)} its speed.`
}
