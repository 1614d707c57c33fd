/** The page of one trace, by the kind of machine that wrote it. */
import { clientAssets } from "../../../reports/client-assets.ts"
import { runPage } from "../../../reports/pages/run-page.ts"
import type { Trace } from "../../../sim/trace/trace.ts"

export const tracesPage = async ([trace]: readonly Trace[]): Promise<string> =>
  runPage({ trace }, await clientAssets())
