/** Cases of whole networks on CPU cores: how near, and what is refused and why. */
import { describe, expect, it } from "vitest"
import { builtinCases } from "../../src/validate/builtin-cases.ts"
import type { ValidationCase } from "../../src/validate/case-file.ts"
import { validate } from "../../src/validate/validate.ts"

const cases = builtinCases.get("cpu-networks")
const result = validate(cases === undefined ? [] : [cases])
const mape = (group: RegExp): number => {
  const errors = result.cases.filter((c) => group.test(c.group)).map(({ error }) => Math.abs(error))
  return errors.reduce((sum, error) => sum + error, 0) / errors.length
}

describe("the built-in cases of networks on CPUs", () => {
  it("are all run", () => {
    expect(result.cases).toHaveLength(cases?.cases.length ?? 0)
    expect(result.unsupported).toEqual([])
  })

  it("are met within 12 % on average, dense and sparse apart", () => {
    expect(mape(/^network .*dense$/)).toBeLessThan(0.12)
    expect(mape(/^network .*sparse$/)).toBeLessThan(0.12)
    expect(mape(/^speed-up/)).toBeLessThan(0.12)
  })

  it("are met better than by FLOPs ÷ peak in every group", () => {
    const worse = result.groups.filter(
      ({ baselineMape, mape: ours }) =>
        baselineMape !== undefined && baselineMape !== null && !(ours < baselineMape),
    )
    expect(worse).toEqual([])
  })
})

describe("figures of one library that cannot both hold", () => {
  const predicted = (id: string): number => result.cases.find((c) => c.id === id)?.predicted ?? Number.NaN

  it("MNN: a gain of 1.05 at half of the weights puts break-even above the 0.3 that its makers state", () => {
    const [dense, half] = [
      predicted("cpu/mnn/kirin-970/mobilenet-v2/0"),
      predicted("cpu/mnn/kirin-970/mobilenet-v2/0.5-1x4"),
    ]
    // With time linear in the weights kept, break-even z and the gain g at 0.5 are tied: a gain of 1.058 = 62.2 ÷ 58.8 at 0.5
    // and none at 0.3 give at 0.9 no more than 1.20, where the same makers state 3.16 to 4.13.
    const kept = 58.8 / 62.2
    const at90 = 1 / (1 - ((1 - kept) * (0.9 - 0.3)) / (0.5 - 0.3))
    expect(at90).toBeLessThan(1.25)
    expect(dense / half).toBeLessThan(1.2)
    expect(predicted("cpu/mnn/break-even-1x4")).toBeGreaterThan(0.3)
  })
})

describe("a case of a network on a CPU", () => {
  const asked = (workload: Readonly<Record<string, unknown>>, changes: Partial<ValidationCase> = {}) =>
    validate([
      {
        schema: "sparsim-cases/1",
        about: "a test",
        cases: [
          {
            id: "a",
            model: "cpu",
            machine: "rpi4",
            workload: { kind: "network", network: "mobilenet-v1", library: "ncnn", ...workload },
            metric: "time",
            unit: "ms",
            value: 100,
            evidence: "published",
            source: "a test",
            ...changes,
          },
        ],
      },
    ])

  it.each([
    [{ threads: 4 }, {}, /one thread/],
    [{ dtype: "fp16" }, {}, /fp32/],
    [{ library: "tensorrt" }, {}, /tensorrt/],
    [{ sparsity: 1 }, {}, /below 1/],
    [{ network: "mobilenet-v9" }, {}, /mobilenet-v9/],
    [{ width: 0 }, {}, /above 0/],
    [{}, { machine: "rpi9" }, /rpi9/],
    [{}, { machine: "a100-pcie-80gb" }, /not a CPU/],
    [{}, { unit: "J", metric: "energy" }, /time in ms/],
  ])("is unsupported with a reason: %j %j", (workload, changes, says) => {
    const { cases: run, unsupported } = asked(workload, changes)
    expect(run).toEqual([])
    expect(unsupported[0].reason).toMatch(says)
  })
})
