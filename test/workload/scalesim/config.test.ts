import { describe, expect, it } from "vitest"
import { ConfigError } from "../../../arch/errors.ts"
import { readScaleSimConfig } from "../../../src/workload/scalesim/config.ts"
import { completeConfig, shortestConfig } from "./sample-files.ts"

const failure = (text: string): ConfigError => {
  try {
    readScaleSimConfig(text, "x.cfg")
  } catch (error) {
    if (error instanceof ConfigError) return error
    throw error
  }
  throw new Error("the configuration was read")
}

describe("readScaleSimConfig", () => {
  it("reads every section", () => {
    expect(readScaleSimConfig(completeConfig, "a/x.cfg")).toEqual({
      file: "a/x.cfg",
      runName: "a128_os_user60",
      array: { height: 128, width: 64 },
      sram: { ifmap: 256, filter: 512, ofmap: 128 },
      offsets: { ifmap: 1, filter: 2, ofmap: 3 },
      dataflow: "os",
      bandwidth: [60, 50],
      requestBuffers: { read: 128, write: 32 },
      memoryBanks: 2,
      layout: {
        ifmap: { custom: false, bandwidth: 60, banks: 10, ports: 2 },
        filter: { custom: true, bandwidth: 20, banks: 5, ports: 1 },
      },
      sparsity: {
        enabled: true,
        representation: "csr",
        optimizedMapping: true,
        blockSize: 8,
        seed: 7,
      },
      interfaceBandwidth: "user",
      useRamulatorTrace: false,
      warnings: [],
    })
  })

  // SCALE-Sim v3, scale_config.py: 9 of the 13 files it ships lack [layout] and [sparsity] and stop its own reader.
  it("gives SCALE-Sim's defaults to what is missing", () => {
    expect(readScaleSimConfig(shortestConfig, "x.cfg")).toEqual({
      file: "x.cfg",
      runName: "scale_run",
      array: { height: 32, width: 32 },
      sram: { ifmap: 64, filter: 64, ofmap: 64 },
      offsets: { ifmap: 0, filter: 10_000_000, ofmap: 20_000_000 },
      dataflow: "ws",
      bandwidth: [10],
      requestBuffers: { read: 60, write: 60 },
      memoryBanks: 1,
      layout: {
        ifmap: { custom: false, bandwidth: 10, banks: 10, ports: 2 },
        filter: { custom: false, bandwidth: 10, banks: 10, ports: 2 },
      },
      sparsity: { enabled: false, optimizedMapping: false, blockSize: 4, seed: 40 },
      interfaceBandwidth: "calc",
      useRamulatorTrace: false,
      warnings: [],
    })
  })

  it("keys and sections may have any case, either separator, CRLF ends and a byte-order mark", () => {
    const odd = `\uFEFF${shortestConfig.toUpperCase().replace(/:/g, "=").replace(/\n/g, "\r\n")}`
    expect(readScaleSimConfig(odd, "x.cfg")).toEqual(readScaleSimConfig(shortestConfig, "x.cfg"))
  })

  it("an older file names its topology, quotes or not", () => {
    const named = `${shortestConfig}[network_presets]\nTopologyCsvLoc : "./nets/a.csv"\n`
    expect(readScaleSimConfig(named, "x.cfg").topologyFile).toBe("./nets/a.csv")
  })
})

describe("what is odd but harmless is a warning with its place", () => {
  it.each([
    ["SRAM_row_size : 2", "SRAM_row_size in [run_presets] is not read"],
    ["UseRamulatorTrac : true", "did you mean UseRamulatorTrace?"],
    ["[memory]\nx : 1", "section [memory] is not read"],
    ["[sparsty]\nSparsitySupport : true", "did you mean sparsity?"],
    ["UseRamulatorTrace : True", "Ramulator traces are not read"],
    ["[layout]\nIfmapSRAMBankBandwidth : 7", "not a multiple of IfmapSRAMBankNum"],
    [
      "[sparsity]\nSparsitySupport : true\nSparseRep : csc\nOptimizedMapping : true\nBlockSize : 64",
      "larger than ArrayHeight",
    ],
  ])("%j", (lines, message) => {
    const { warnings } = readScaleSimConfig(`${shortestConfig}[run_presets]\n${lines}\n`, "x.cfg")
    expect(warnings).toHaveLength(1)
    expect(warnings[0].message).toContain(message)
    expect(warnings[0].place.line).toBeGreaterThanOrEqual(9)
  })
})

describe("what is wrong is a ConfigError at its line and column", () => {
  it.each([
    ["ArrayHeight : 32", "ArrayHeight : many", 2, 15, 'ArrayHeight is "many"'],
    ["ArrayHeight : 32", "ArrayHeight : 0", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight : -4", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight : 3.5", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight : NaN", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight : 1e3", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight : 9999999999999999", 2, 15, "whole number from 1"],
    ["ArrayHeight : 32", "ArrayHeight :", 2, 14, "has no value"],
    ["ArrayHeight : 32", "ArrayHeight 32", 2, 1, "Key : value"],
    ["ArrayHeight : 32\n", "", 1, 1, "ArrayHeight is missing"],
    ["Dataflow : ws", "Dataflow : rs", 7, 12, "expected one of os, ws, is"],
    ["Dataflow : ws\n", "", 1, 1, "Dataflow is missing"],
    ["Dataflow : ws", "Dataflow : ws\ndataflow : os", 8, 1, "a second time, first in line 7"],
    ["Dataflow : ws", "Dataflow : ws\nBandwidth : 10, 0", 8, 13, 'Bandwidth is "0"'],
    ["Dataflow : ws", "Dataflow : ws\nInterfaceBandwidth : CALC", 8, 1, "stands in [architecture_presets]"],
    ["Dataflow : ws", "Dataflow : ws\n[run_presets]\nInterfaceBandwidth : AUTO", 9, 22, "calc, user"],
    ["Dataflow : ws", "Dataflow : ws\n[sparsity]\nSparsitySupport : maybe", 9, 19, "SparsitySupport"],
    ["Dataflow : ws", "Dataflow : ws\n[sparsity]\nSparsitySupport : true", 8, 1, "SparseRep is missing"],
    ["Dataflow : ws", "Dataflow : ws\n[sparsity]\nSparseRep : coo", 9, 13, "csr, csc, ellpack_block"],
    ["Dataflow : ws", "Dataflow : ws\n[ARCHITECTURE_presets]", 8, 1, "a second time"],
    ["[architecture_presets]", "[architecture]", 1, 1, "no section"],
    ["Dataflow : ws", "Dataflow : w\u0000s", 7, 13, "not a text file"],
  ])("%j replaced by %j: line %d, column %d, %s", (before, after, line, column, message) => {
    const error = failure(shortestConfig.replace(before, after))
    expect(error.message).toContain(message)
    expect(error.place).toEqual({ file: "x.cfg", line, column })
  })

  it("an empty file has no section", () => {
    expect(failure("").message).toContain("no section")
  })
})
