import * as api from "/work/wt-pages/sim/branch/branch-block.ts"
import { loadSbbt } from "/tmp/branch/load-sbbt.mts"
import { runBranches } from "/work/wt-pages/src/branch/branch-run.ts"
import { loadBranchMachine } from "/work/wt-pages/arch/machine-catalogue.ts"
import { checkTrace } from "/work/wt-pages/sim/trace/check.ts"
import { aggregate } from "/work/wt-pages/reports/aggregate.ts"
import { bottlenecks } from "/work/wt-pages/reports/bottleneck.ts"
import { energyReport } from "/work/wt-pages/reports/energy.ts"
import { openTraceStore } from "/work/wt-pages/sim/trace/parquet-store.ts"
const t = process.argv[2]
const { block, instructions } = loadSbbt(`/tmp/branch/${t}.sbbt`, api)
async function* blocks() {
  for (let i = 0; i < block.length; i += 16384) {
    const to = Math.min(block.length, i + 16384)
    yield {
      length: to - i,
      pc: block.pc.subarray(i, to),
      pcHigh: block.pcHigh.subarray(i, to),
      target: block.target.subarray(i, to),
      targetHigh: block.targetHigh.subarray(i, to),
      flags: block.flags.subarray(i, to),
      gap: block.gap.subarray(i, to),
    }
  }
}
const runs = await runBranches(
  { name: `${t}.sbbt`, format: "sbbt", blocks, instructions: () => instructions },
  process.argv.slice(3).map((m) => loadBranchMachine(m)),
  { warmUpInstructions: 500000, worstBranches: 16, command: () => "x", seed: 1 },
)
for (const r of runs) {
  if (0)
    console.log(
      r.machine.id,
      r.measurement.measured.total.mispredictions,
      (1000 * r.measurement.measured.total.mispredictions) / r.instructions,
      r.storageBits,
      checkTrace(r.trace).slice(0, 3),
      r.trace.manifest.totals,
    )

  const store = await openTraceStore(`/tmp/wp-traces/out-${r.machine.id}.trace`)
  await store.commit(r.trace)
}
