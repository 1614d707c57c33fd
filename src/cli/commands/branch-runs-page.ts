/** The page of branch runs: of one, or of several beside each other. */
import { clientAssets } from "../../../reports/client-assets.ts"
import { branchComparePage } from "../../../reports/pages/branch-compare-page.ts"
import { branchPage } from "../../../reports/pages/branch-page.ts"
import type { Trace } from "../../../sim/trace/trace.ts"

/** @throws ConfigError where the traces are not of one branch trace */
export const branchRunsPage = async (traces: readonly Trace[]): Promise<string> => {
  const assets = await clientAssets()
  return traces.length === 1 ? branchPage(traces[0], assets) : branchComparePage(traces, assets)
}
