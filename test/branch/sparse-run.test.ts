/** Predictors with sparse models over the traces of the package: what is promised of them, kept. */
import { describe, expect, it } from "vitest"
import { loadBranchMachine } from "../../arch/machine-catalogue.ts"
import { asBranchMachine } from "../../arch/machine.ts"
import { branchOutcome } from "../../src/branch/branch-outcome.ts"
import { runBranches } from "../../src/branch/branch-run.ts"
import { openBranchSource } from "../../src/branch/branch-source.ts"
import { besideSparse } from "../../src/branch/beside-sparse.ts"
import { resolveAnyMachine } from "../../src/run/resolve-machine.ts"
import { checkTrace } from "../../sim/trace/check.ts"

const runOf = async (trace: string, on: string) => {
  const machine = asBranchMachine(await resolveAnyMachine(on, []))
  const [run, ...beside] = await runBranches(
    await openBranchSource(trace),
    [machine, ...besideSparse(machine)],
    { warmUpInstructions: 0, worstBranches: 1000, command: () => "test", seed: 1 },
  )
  return { run, beside, outcome: branchOutcome(run, beside) }
}

const targets = ["0x9000", "0x9010", "0x9020", "0x9030"]

describe("TAGE-SC-L with sparse models, on the trace with planted correlations", () => {
  it("misses at most 1 % of the copy, the majority, the conjunction and the exclusive or", async () => {
    const { run, beside, outcome } = await runOf("synthetic-sparse", "tage-sc-l-64kb+sparse")
    for (const target of targets) {
      const { executions, misses } = outcome.worst.find(({ address }) => address === target)!
      expect(executions).toBeGreaterThan(9000)
      expect(misses / executions).toBeLessThanOrEqual(0.01)
    }
    // Alone it misses most of them often, with the same storage in a bank of TAGE too.
    expect(beside.map(({ machine }) => machine.id)).toEqual(["kit_tagescl_64KB", "tage-sc-l-66kb"])
    for (const one of beside) {
      const misses = branchOutcome(one)
        .worst.filter(({ address }) => targets.includes(address))
        .reduce((sum, branch) => sum + branch.misses, 0)
      expect(misses).toBeGreaterThan(10_000)
    }
    expect(run.storageBits - beside[0].storageBits).toBe(16_384 + 512)
    expect(checkTrace(run.trace)).toEqual([])
    expect(outcome.sparse!.models.map(({ address }) => address).toSorted()).toEqual(targets)
    expect(outcome.sparse!.beside[0].saved).toBeGreaterThan(0.05)
  })
})

describe("sparse models beside a predictor", () => {
  it("cost next to nothing where there is little to gain, and leave the warm-up as it is", async () => {
    const { run, beside, outcome } = await runOf("ns-selfcheck", "gshare-13+sparse")
    const [alone] = outcome.sparse!.beside
    expect(outcome.mispredictions).toBeLessThanOrEqual(1.001 * alone.mispredictions)
    expect(run.measurement.warmUp.total).toEqual(beside[0].measurement.warmUp.total)
    const halves = [run.measurement.warmUp, run.measurement.measured].map(({ total }) => total.branches)
    expect(Math.abs(halves[0] - halves[1])).toBeLessThan(0.002 * (halves[0] + halves[1]))
  })

  it("that learn while it runs have no training, and the predictor alone beside them", async () => {
    const { run, beside, outcome } = await runOf("ns-selfcheck", "gshare-13+online-sparse")
    expect(run.measurement.warmUp.total.branches).toBe(0)
    expect(beside.map(({ machine }) => machine.id)).toEqual(["ucsd_gshare13"])
    expect(outcome.sparse).toMatchObject({ trainedInstructions: null, bits: null, models: [] })
    expect(outcome.mispredictions).toBeLessThan(beside[0].measurement.measured.total.mispredictions)
  })
})

describe("the name of a predictor with sparse models", () => {
  it("is that of any predictor, an alias included", () => {
    expect(loadBranchMachine("tage-sc-l-64kb+sparse").id).toBe("kit_tagescl_64KB+sparse")
    expect(loadBranchMachine("gag+online-sparse").sparse?.learning).toBe("online")
  })

  it("takes overrides of the models' numbers", () => {
    const [override] = [{ path: "sparse.gate.threshold", value: 4 }]
    expect(loadBranchMachine("gag+sparse", [override]).sparse?.gate.threshold.value).toBe(4)
    expect(() => loadBranchMachine("gag", [override])).toThrow("no number of that name")
  })

  it("is told from a folder with a plus in its name", async () => {
    await expect(resolveAnyMachine("a+b/none.yaml", [])).rejects.toMatchObject({
      place: { file: "a+b/none.yaml" },
    })
    await expect(resolveAnyMachine("none.yaml+sparse", [])).rejects.toMatchObject({
      place: { file: "none.yaml" },
    })
  })

  it.each([
    ["gag+sprase", "no sparse models called"],
    ["resnet+sparse", 'no machine "resnet"'],
    ["sat-vcu1525+sparse", "only branch predictors"],
    ["systolic-8x8+sparse", "only branch predictors"],
  ])("%s is refused", (name, message) => {
    expect(() => loadBranchMachine(name)).toThrow(message)
  })
})
