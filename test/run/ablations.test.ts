/** Features switched off, schedules fixed by a file. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { loadArrayMachine } from "../../arch/machine-catalogue.ts"
import { ablationTable } from "../../src/run/ablations.ts"
import { checkSchedule, readSchedule, scheduleText } from "../../src/run/schedule-file.ts"
import { ablations, type RunSpec } from "../../src/run/run-spec.ts"
import { type ArrayRunInput } from "../../src/run/run-input.ts"
import { simulateOnArray as simulate } from "../../src/run/array-run.ts"
import { buildNetwork } from "../../src/workload/networks/build-network.ts"
import { emptyFolder } from "../cli/run-cli.ts"

const machine = loadArrayMachine("sat-vcu1525")
const input = (spec: Partial<RunSpec> = {}): ArrayRunInput => ({
  spec: {
    workload: "resnet18-cifar",
    machine: machine.id,
    overrides: [],
    training: "bdwp",
    pattern: { n: 2, m: 8 },
    ablate: [],
    objective: "time",
    seed: 1,
    detail: "stage",
    compat: "none",
    ...spec,
  },
  network: buildNetwork("resnet18-cifar", { batch: 16 }),
  machine,
  warnings: [],
})

describe("the ablation table", () => {
  it("has a row for every feature, and none of them costs time to have", () => {
    const { each, all } = ablationTable(input())
    expect(each.map(({ feature }) => feature)).toEqual([...ablations])
    // Mappings are estimates within a hundredth, so a feature may seem to cost that much.
    for (const { buys } of each) expect(buys).toBeGreaterThan(0.985)
    expect(each.find(({ feature }) => feature === "interleave")?.buys).toBeGreaterThan(1.05)
    expect(all).toBeGreaterThan(Math.max(...each.map(({ buys }) => buys)))
  })
})

describe("an objective of energy", () => {
  it("moves fewer bytes than one of time, and takes no more than a quarter more cycles", () => {
    const bytes = (objective: RunSpec["objective"]): readonly [number, number] => {
      const { stages, cycles } = simulate(input({ objective }))
      const moved = stages.reduce(
        (sum, { cost }) => sum + (cost.counts["dram/read"] ?? 0) + (cost.counts["dram/write"] ?? 0),
        0,
      )
      return [moved, cycles]
    }
    const [fast, fastCycles] = bytes("time")
    const [lean, leanCycles] = bytes("energy")
    expect(lean).toBeLessThanOrEqual(fast)
    expect(leanCycles).toBeLessThan(1.27 * fastCycles)
  })
})

describe("a schedule file", () => {
  const save = (text: string): string => {
    const file = join(emptyFolder(), "schedule.json")
    writeFileSync(file, text)
    return file
  }

  it("gives the run it was saved from again, to the cycle", async () => {
    const first = simulate(input())
    const schedule = await readSchedule(save(scheduleText({ machine: "m", workload: "w" }, first.stages)))
    const again = simulate(input({ schedule }))
    expect(again.cycles).toBe(first.cycles)
    expect(again.stages.map(({ gemms }) => gemms.map(({ mapping }) => mapping))).toEqual(
      first.stages.map(({ gemms }) => gemms.map(({ mapping }) => mapping)),
    )
  })

  it("is followed where it differs from what would be chosen", async () => {
    const { stages, cycles } = simulate(input())
    const text = scheduleText({ machine: "m", workload: "w" }, stages).replaceAll('"ws"', '"os"')
    const schedule = await readSchedule(save(text))
    const fixed = simulate(input({ schedule }))
    expect(fixed.cycles).not.toBe(cycles)
    const used = new Set(fixed.stages.flatMap(({ gemms }) => gemms.map(({ mapping }) => mapping.dataflow)))
    expect([...used]).toEqual(["os"])
  })

  it("is refused where it names a product that is not there or a dataflow the machine has not", async () => {
    const { stages } = simulate(input())
    const text = scheduleText({ machine: "m", workload: "w" }, stages)
    const check = async (changed: string): Promise<void> =>
      checkSchedule(await readSchedule(save(changed)), stages, machine.array.dataflows)
    await expect(check(text)).resolves.toBeUndefined()
    await expect(check(text.replace("layer1.0.conv1", "layer1.0.conx1"))).rejects.toThrow(/conx1/)
    await expect(check(text.replace('"dataflow":"ws"', '"dataflow":"is"'))).rejects.toThrow(/dataflow is/)
    await expect(check(text.replace('"m":', '"m":-'))).rejects.toThrow(/tile/)
  })
})
