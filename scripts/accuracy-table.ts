/**
 * Writes the accuracy tables into README.md, between their markers. The tables of branch predictors need traces that do not
 * come with the package: their folder is the argument, and without one these two stay as they are.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { loadBranchMachine } from "../arch/machine-catalogue.ts"
import { besideSparse } from "../src/branch/beside-sparse.ts"
import { branchOutcome } from "../src/branch/branch-outcome.ts"
import { runBranches } from "../src/branch/branch-run.ts"
import { openBranchSource } from "../src/branch/branch-source.ts"
import {
  accuracyTable,
  type SparseRow,
  sparseTable,
  withReadmeTable,
} from "../src/validate/accuracy-table.ts"
import { measureBranchCases } from "../src/validate/branch-cases.ts"
import { builtinBranchCases, builtinCases } from "../src/validate/builtin-cases.ts"
import { validate } from "../src/validate/validate.ts"
import { sampleTraces } from "../src/workload/branch-trace/sample-traces.ts"

const readme = fileURLToPath(new URL("../README.md", import.meta.url))
const [folder] = process.argv.slice(2)

const withoutTraces = (text: string): string =>
  withReadmeTable(text, "accuracy", accuracyTable(validate([...builtinCases.values()])))

const sparseOf = async (trace: string): Promise<SparseRow> => {
  const machine = loadBranchMachine("tage-sc-l-64kb+sparse")
  const [run, ...beside] = await runBranches(
    await openBranchSource(trace),
    [machine, ...besideSparse(machine)],
    {
      warmUpInstructions: 0,
      worstBranches: 0,
      command: () => "",
      seed: 1,
    },
  )
  const { mispredictions, sparse } = branchOutcome(run, beside)
  if (sparse === undefined) throw new Error(`${machine.id} ran without its models`)
  return { trace: trace.replace(/^.*\//, "").replace(/\..*$/, ""), mispredictions, sparse }
}

const ofTraces = async (text: string, traces: string): Promise<string> => {
  const cases = [builtinBranchCases]
  const table = accuracyTable(validate(cases, await measureBranchCases(cases, traces)))
  const published = ["cbp5-bt9", "cbp2025", "cbp-ng", "ucsd-cse240a"].flatMap((kit) =>
    readdirSync(join(traces, kit))
      .toSorted()
      .map((name) => join(traces, kit, name)),
  )
  const rows: SparseRow[] = []
  for (const trace of [...published, ...sampleTraces.map(({ name }) => name)]) {
    rows.push(await sparseOf(trace))
  }
  return withReadmeTable(
    withReadmeTable(text, "branch predictors", table),
    "sparse models",
    sparseTable(rows, ["synthetic-sparse"]),
  )
}

const text = withoutTraces(readFileSync(readme, "utf8"))
writeFileSync(readme, folder === undefined ? text : await ofTraces(text, folder))
