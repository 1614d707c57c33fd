/** The file of an engine from measurements: what was read off loops, what was fitted, what the system says. */
import { readFileSync } from "node:fs"
import { cpus } from "node:os"
import type { WasmNumber, WasmNumbers } from "../../arch/wasm-machine.ts"
import { type Fit, fitMachine } from "./fit-machine.ts"
import type { MeasuredRun } from "./measure-in-processes.ts"
import type { SpmmVariant } from "../../dataflows/kernel/spmm-kernel.ts"

/** Sets, line and ways of the first data cache as Linux tells them; undefined elsewhere. */
const systemCache = ():
  | { readonly sets: number; readonly line: number; readonly ways: number }
  | undefined => {
  const read = (name: string): number =>
    Number(readFileSync(`/sys/devices/system/cpu/cpu0/cache/index0/${name}`, "utf8"))
  try {
    const sets = read("number_of_sets")
    const line = read("coherency_line_size")
    const ways = read("ways_of_associativity")
    return sets > 0 && line > 0 && ways > 0 ? { sets, line, ways } : undefined
  } catch {
    return undefined
  }
}

const rounded = (value: number): number => Number(value.toPrecision(4))

interface Entry {
  readonly value: number
  readonly unit: string
  readonly status: "measured" | "derived" | "assumed"
  readonly source: string
}

export interface Calibration {
  readonly fit: Fit
  /** The file's text (YAML). */
  readonly text: string
}

const units: Readonly<Record<WasmNumber, string>> = {
  clock: "GHz",
  peakFlops: "elements/cycle",
  vectorRegisters: "1",
  issueWidth: "elements/cycle",
  vectorWidth: "elements/cycle",
  addLatency: "cycles",
  spillLatency: "cycles",
  hiddenCycles: "cycles",
  rowCycles: "cycles",
  rowVectorCycles: "cycles",
  panelCycles: "cycles",
  lineBytes: "B",
  tlbPages: "1",
  pageCycles: "cycles",
  l1Sets: "1",
  l1Bytes: "KiB",
  l2Bytes: "KiB",
  crowdedOut: "ratio",
  l2LineCycles: "cycles",
  streamLineCycles: "cycles",
  touchLineCycles: "cycles",
  denseLineCycles: "cycles",
}

const inUnit = (value: number, unit: string): number =>
  unit === "GHz" ? value / 1e9 : unit === "KiB" ? value / 1024 : value

/** Fits from `start` what loops do not show, and writes everything down. */
export const calibratedMachine = (
  run: MeasuredRun,
  variants: readonly SpmmVariant[],
  start: WasmNumbers,
): Calibration => {
  const cache = systemCache()
  const known: WasmNumbers = {
    ...start,
    clock: run.peaks.clock,
    peakFlops: run.peaks.flops / run.peaks.clock,
    ...(cache === undefined
      ? {}
      : { l1Sets: cache.sets, lineBytes: cache.line, l1Bytes: cache.sets * cache.line * cache.ways }),
  }
  const fit = fitMachine(known, run.measurements, variants)
  const shapes = new Set(run.measurements.map(({ shape }) => Object.values(shape).join("x"))).size
  const fitted = `fitted together on ${run.measurements.length} layers measured here (${shapes} shapes, none of the 13 of MobileNet v1), mean error ${(fit.meanError * 100).toFixed(1)} %`
  const sources: Readonly<Partial<Record<WasmNumber, Omit<Entry, "value" | "unit">>>> = {
    clock: { status: "measured", source: "a chain of dependent integer additions in V8" },
    peakFlops: { status: "measured", source: "chains of f32x4 multiply and add in registers, in V8" },
    vectorRegisters: {
      status: "derived",
      source: "16 XMM registers of x86-64 less the one that V8's compiler keeps for itself",
    },
    addLatency: {
      status: "derived",
      source: "3 cycles, as chains of dependent f32 additions show on Zen 4 (0.82 ns at 3.68 GHz)",
    },
    tlbPages: {
      status: "assumed",
      source: "first data TLB of Zen 4, 72 entries; other x86-64 cores of its time have 64 to 96",
    },
    ...(cache === undefined
      ? {
          lineBytes: { status: "assumed", source: "the line of x86-64 processors" },
          l1Sets: { status: "assumed", source: "4 KiB a way, as x86-64 processors index L1" },
          l1Bytes: { status: "assumed", source: "the built-in machine's" },
        }
      : {
          lineBytes: { status: "measured", source: "the operating system" },
          l1Sets: { status: "measured", source: "the operating system" },
          l1Bytes: { status: "measured", source: "the operating system" },
        }),
  }
  const lines = (Object.keys(units) as readonly WasmNumber[]).map((name) => {
    const { status, source } = sources[name] ?? { status: "measured", source: fitted }
    const value = rounded(inUnit(fit.numbers[name], units[name]))
    return `  ${name}: { value: ${value}, unit: "${units[name]}", status: ${status}, source: ${JSON.stringify(source)} }`
  })
  const model = (cpus()[0]?.model ?? "unknown processor").replaceAll(/[^\w .@()-]/g, "")
  const text = [
    "schema: sparsim-wasm-machine/1",
    "id: v8-x64",
    "kind: v8-x64",
    `name: ${JSON.stringify(`V8 ${process.versions.v8} on ${model}`)}`,
    "numbers:",
    ...lines,
    "",
  ].join("\n")
  return { fit, text }
}
