/** The demo's branch predictors: several over one program, TAGE-SC-L with sparse models first. */
import { loadBranchMachine } from "../../../arch/machine-catalogue.ts"
import { branchCompareVerdict, branchVerdict } from "../../../reports/branch/branch-verdict.ts"
import { branchReport } from "../../../reports/branch/branch-report.ts"
import { labelledReports } from "../../../reports/pages/branch-compare-page.ts"
import type { IndexEntry } from "../../../reports/pages/index-page.ts"
import type { Trace } from "../../../sim/trace/trace.ts"
import { runBranches } from "../../branch/branch-run.ts"
import { openBranchSource } from "../../branch/branch-source.ts"
import { branchRunsPage } from "./branch-runs-page.ts"
import { keptBranches, passProgress } from "./branch-run.ts"

const program = "perl-4M"

/** The predictor alone comes behind it with models, and the one of equal storage next. */
const predictors = [
  "tage-sc-l-64kb+sparse",
  "tage-sc-l-64kb",
  "tage-sc-l-66kb",
  "tage-64kb",
  "gshare-64kb",
  "bimodal-64kb",
]

export interface DemoPage extends IndexEntry {
  readonly html: string
}

const pageOf = async (
  file: string,
  title: string,
  kind: IndexEntry["kind"],
  traces: readonly Trace[],
  verdict: string,
): Promise<DemoPage> => ({ file, title, kind, verdict, html: await branchRunsPage(traces) })

/** Pages of one pass over the program. @throws WorkloadError */
export const branchDemo = async (step: (what: string) => void): Promise<readonly DemoPage[]> => {
  const runs = await runBranches(
    await openBranchSource(program),
    predictors.map((id) => loadBranchMachine(id)),
    {
      warmUpInstructions: 0,
      worstBranches: keptBranches,
      command: (machine) => `sparsim run ${program} --on ${machine}`,
      seed: 1,
      progress: passProgress("branch predictors", step),
    },
  )
  const traces = runs.map(({ trace }) => trace)
  return Promise.all([
    pageOf(
      "perl-tage-sc-l-sparse.html",
      "Branches of perl: TAGE-SC-L with sparse models in 2 KB",
      "run",
      traces.slice(0, 1),
      branchVerdict(branchReport(traces[0])),
    ),
    pageOf(
      "perl-branch-predictors.html",
      "Branches of perl: six predictors side by side",
      "comparison",
      traces,
      branchCompareVerdict(labelledReports(traces)),
    ),
  ])
}
